import { expect, test } from "vitest";
import { DAY_MS, HOUR_MS, type UnixMs } from "../model/units";
import type { TimeRange } from "../model/view";
import { randomFrom } from "../testing";
import { moved, zoomed } from "./range-moves";

const at = (text: string) => Date.parse(text) as UnixMs;
const span = (from: string, to: string): TimeRange => ({ from: at(from), to: at(to) });

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

test("a range moves by a part of its length, but not beyond the newest block", () => {
  const fourDays = span("2024-04-18T00:00:00Z", "2024-04-22T00:00:00Z");
  const newest = at("2024-04-23T00:00:00Z");

  expect(moved(fourDays, -0.5, newest)).toEqual(span("2024-04-16T00:00:00Z", "2024-04-20T00:00:00Z"));
  expect(moved(fourDays, 0.5, newest)).toEqual(span("2024-04-19T00:00:00Z", "2024-04-23T00:00:00Z"));
  expect(moved(fourDays, 0.5, at("2024-04-22T00:00:00Z"))).toBeNull();
  expect(moved(fourDays, 0.5, null)).toEqual(span("2024-04-20T00:00:00Z", "2024-04-24T00:00:00Z"));
  expect((moved(fourDays, 1, (newest + 6 * HOUR_MS) as UnixMs)?.to ?? 0) - newest).toBe(6 * HOUR_MS);
});
