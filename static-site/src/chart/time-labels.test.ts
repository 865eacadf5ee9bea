import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DAY_MS, HOUR_MS, MINUTE_MS, type UnixMs } from "../model/units";
import { readAs } from "../testing";
import { timeLabels } from "./time-labels";

const ticks = (...texts: readonly string[]) => texts.map((text) => Date.parse(text) as UnixMs);

beforeEach(() => readAs("en-GB", "Asia/Kolkata")); // UTC+5:30
afterEach(() => void vi.unstubAllGlobals());

test("times have their day below the first tick, and wherever it changes", () => {
  const hours = ticks("2024-04-19T12:00:00Z", "2024-04-19T18:00:00Z", "2024-04-20T00:00:00Z", "2024-04-20T06:00:00Z");

  expect(timeLabels(hours, 6 * HOUR_MS, "UTC")).toEqual(["12:00\n19 Apr", "18:00", "00:00\n20 Apr", "06:00"]);
});

test("without a zone, times and days are local", () => {
  const hours = ticks("2024-04-19T18:00:00Z", "2024-04-19T18:15:00Z", "2024-04-19T18:30:00Z", "2024-04-19T18:45:00Z");

  expect(timeLabels(hours, 15 * MINUTE_MS, undefined)).toEqual(["23:30\n19 Apr", "23:45", "00:00\n20 Apr", "00:15"]);
});

test("UTC is on a 24-hour clock, also where local times are not", () => {
  readAs("en-US", "America/New_York");
  const hours = ticks("2025-11-22T00:00:00Z", "2025-11-22T14:00:00Z");

  expect(timeLabels(hours, 14 * HOUR_MS, "UTC")).toEqual(["00:00\nNov 22", "14:00"]);
  expect(timeLabels(hours, 14 * HOUR_MS, undefined)[1]?.replace("\u202f", " ")).toBe("09:00 AM\nNov 22");
});

test("days have their year below the first tick, and wherever it changes", () => {
  const days = ticks("2023-12-18T00:00:00Z", "2023-12-25T00:00:00Z", "2024-01-01T00:00:00Z", "2024-01-08T00:00:00Z");

  expect(timeLabels(days, 7 * DAY_MS, "UTC")).toEqual(["18 Dec\n2023", "25 Dec", "1 Jan\n2024", "8 Jan"]);
});

test("ticks of days and months have a year", () => {
  expect(timeLabels(ticks("2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"), DAY_MS, "UTC")).toEqual([
    "29 Feb\n2024",
    "1 Mar",
  ]);
  expect(timeLabels(ticks("2024-01-01T00:00:00Z", "2024-07-01T00:00:00Z"), 182 * DAY_MS, "UTC")).toEqual([
    "1 Jan\n2024",
    "1 Jul",
  ]);
});

test("ticks of years have no second line", () => {
  const years = ticks("2009-01-01T00:00:00Z", "2010-01-01T00:00:00Z", "2024-01-01T00:00:00Z");

  expect(timeLabels(years, 365 * DAY_MS, "UTC")).toEqual(["2009", "2010", "2024"]);
});

test("no ticks have no labels", () => {
  expect(timeLabels([], HOUR_MS, "UTC")).toEqual([]);
});

test("labels in a script that is written from right to left have Latin digits, and keep their order", () => {
  readAs("ar-EG", "Africa/Cairo");
  const days = ticks("2025-11-21T00:00:00Z", "2025-11-22T00:00:00Z");

  // Between "first strong isolate" and "pop directional isolate".
  expect(timeLabels(days, DAY_MS, "UTC")).toEqual(["\u206821 نوفمبر\u2069\n2025", "\u206822 نوفمبر\u2069"]);
});
