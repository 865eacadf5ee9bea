import { expect, test } from "vitest";
import type { Series } from "./series";
import { randomFrom } from "./testing";
import { seriesPath, visibleRange, zoomed } from "./time-range";
import { DAY_MS, type UnixMs } from "./units";
import type { TimeRange, View } from "./view";

const at = (text: string) => Date.parse(text) as UnixMs;
const TIP = at("2025-11-22T00:00:00Z");
const FIELDS = "fields=usd_per_ph_day,sat_per_ph_day,price_usd,height,blocks";
const path = (range: View["range"], more: Partial<View> = {}, tip: UnixMs | null = TIP) =>
  seriesPath({ range, mean: 0, second: "none", ...more }, tip);
const span = (from: string, to: string): TimeRange => ({ from: at(from), to: at(to) });
const series = (...time: readonly string[]) => ({ time: time.map(at) }) as unknown as Series;

test("a named range ends with the newest block, with points of the right interval", () => {
  expect(path("1d")).toBe(`/series?interval=block&${FIELDS}&from=2025-11-21T00:00:00Z`);
  expect(path("7d")).toBe(`/series?interval=block&${FIELDS}&from=2025-11-15T00:00:00Z`);
  expect(path("90d")).toBe(`/series?interval=day&${FIELDS}&from=2025-08-24T00:00:00Z`); // 22 + 31 + 30 + 7 days before
  // 365 days without a 29 February
  expect(path("1y")).toBe(`/series?interval=day&${FIELDS}&from=2024-11-22T00:00:00Z`);
});

test("the API's default range, all history and a chosen range need no newest block, the others do", () => {
  expect(path("30d", {}, null)).toBe(`/series?interval=hour&${FIELDS}`);
  expect(path("30d", {}, TIP)).toBe(path("30d", {}, null));
  expect(path("all", { mean: 30 }, null)).toBe(`/series?interval=day&${FIELDS}&from=0`);
  expect(path(span("2024-04-15T00:00:00Z", "2024-04-25T00:00:00Z"), {}, null)).not.toBeNull();
  for (const range of ["1d", "7d", "90d", "1y"] as const) expect(path(range, {}, null), range).toBeNull();
  expect(path("30d", { mean: 1 }, null)).toBeNull();
});

test("a moving average loads as many days more, in the same interval", () => {
  expect(path("1d", { mean: 30 })).toBe(`/series?interval=block&${FIELDS}&from=2025-10-22T00:00:00Z`); // 31 days before
  expect(path("30d", { mean: 7 })).toBe(`/series?interval=hour&${FIELDS}&from=2025-10-16T00:00:00Z`); // 37 days before
});

test("a chosen range is requested with 5 % more on each side", () => {
  const tenDays = span("2024-04-15T00:00:00Z", "2024-04-25T00:00:00Z"); // 5 % are 12 hours.

  expect(path(tenDays)).toBe(`/series?interval=hour&${FIELDS}&from=2024-04-14T12:00:00Z&to=2024-04-25T12:00:00Z`);
  expect(path(tenDays, { mean: 7 })).toBe(
    `/series?interval=hour&${FIELDS}&from=2024-04-07T12:00:00Z&to=2024-04-25T12:00:00Z`,
  );
});

test("a range at the limits of time is requested within the years that the API accepts", () => {
  const years = span("0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z");

  expect(path(years, { mean: 30 })).toBe(
    `/series?interval=day&${FIELDS}&from=0000-01-01T00:00:00Z&to=9999-12-31T23:59:59Z`,
  );
});

test("fee shares are requested only if they are shown", () => {
  expect(path("30d", { second: "fees" })).toBe(`/series?interval=hour&${FIELDS},fee_share`);
  expect(path("30d", { second: "hashprice" })).toBe(path("30d"));
});

test("a chosen range is visible as it is", () => {
  const tenDays = span("2024-04-15T00:00:00Z", "2024-04-25T00:00:00Z");

  expect(visibleRange(tenDays, series("2024-04-20T00:00:00Z"))).toEqual(tenDays);
});

test("a named range ends with the series; points loaded only for means are not visible", () => {
  const year = series("2025-01-01T00:00:00Z", "2025-11-22T12:00:00Z");

  expect(visibleRange("1d", year)).toEqual(span("2025-11-21T12:00:00Z", "2025-11-22T12:00:00Z"));
  expect(visibleRange("30d", year)).toEqual(span("2025-10-23T12:00:00Z", "2025-11-22T12:00:00Z"));
});

test("a named range starts with the series if the lake has no earlier blocks", () => {
  const days = series("2025-11-20T00:00:00Z", "2025-11-21T00:00:00Z", "2025-11-22T00:00:00Z");

  expect(visibleRange("1y", days)).toEqual(span("2025-11-20T00:00:00Z", "2025-11-22T00:00:00Z"));
  expect(visibleRange("all", days)).toEqual(span("2025-11-20T00:00:00Z", "2025-11-22T00:00:00Z"));
});

test("a series without points has a range of zero length", () => {
  expect(visibleRange("30d", series())).toEqual({ from: 0, to: 0 });
});

test("zooming halves a range around its middle or its end", () => {
  const fourDays = span("2024-04-18T00:00:00Z", "2024-04-22T00:00:00Z");

  expect(zoomed(fourDays, at("2024-04-20T00:00:00Z"), 0.5)).toEqual(
    span("2024-04-19T00:00:00Z", "2024-04-21T00:00:00Z"),
  );
  expect(zoomed(fourDays, fourDays.to, 0.5)).toEqual(span("2024-04-20T00:00:00Z", "2024-04-22T00:00:00Z"));
  expect(zoomed(fourDays, fourDays.to, 2)).toEqual(span("2024-04-14T00:00:00Z", "2024-04-22T00:00:00Z"));
});

test("the time zoomed around keeps its position, and zooming back restores the range", () => {
  const random = randomFrom(3);
  for (let round = 0; round < 500; round++) {
    const from = Math.round(random() * 1.7e12);
    const before: TimeRange = {
      from: from as UnixMs,
      to: (from + Math.round((0.1 + random()) * 100 * DAY_MS)) as UnixMs,
    };
    const place = random();
    const around = (before.from + place * (before.to - before.from)) as UnixMs;

    const after = zoomed(before, around, 0.5);

    expect((around - after.from) / (after.to - after.from)).toBeCloseTo(place, 6);
    expect((after.to - after.from) / (before.to - before.from)).toBeCloseTo(0.5, 6);
    const back = zoomed(after, around, 2);
    // Each end is rounded to a millisecond, and zooming back doubles the first rounding error.
    expect(Math.abs(back.from - before.from)).toBeLessThanOrEqual(2);
    expect(Math.abs(back.to - before.to)).toBeLessThanOrEqual(2);
  }
});

test("zooming out repeatedly ends at the years that the API accepts", () => {
  let shown = span("2024-04-18T00:00:00Z", "2024-04-22T00:00:00Z");
  for (let press = 0; press < 100; press++) shown = zoomed(shown, at("2024-04-20T00:00:00Z"), 2);

  expect(shown).toEqual(span("0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"));
});
