import { expect, test } from "vitest";

import type { UnixMs } from "../model/units";
import {
  axisLimit,
  gapsBefore,
  intervalsIn,
  pointsToDraw,
  scaledRange,
  spikesIn,
  stepPoints,
  timesOf,
} from "./intervals";

const at = (time: number) => time as UnixMs;
/** Intervals of 10 ms, with prices. */
const power = (...prices: readonly number[]) =>
  prices.map((price, n) => ({ start: at(10 * n), end: at(10 * n + 10), price }));

test("a time range has all intervals that overlap with it", () => {
  const hours = power(1, 2, 3, 4);
  const inRange = (from: number, to: number) => intervalsIn(hours, { from: at(from), to: at(to) });

  expect(inRange(10, 30)).toEqual({ first: 1, end: 3 });
  expect(inRange(11, 31)).toEqual({ first: 1, end: 4 });
  expect(inRange(12, 13)).toEqual({ first: 1, end: 2 });
  expect(inRange(-5, 100)).toEqual({ first: 0, end: 4 });
  expect(inRange(50, 60)).toEqual({ first: 4, end: 4 });
  expect(timesOf(hours, { first: 1, end: 3 })).toEqual({ from: 10, to: 30 });
  expect(timesOf(hours, { first: 4, end: 4 })).toBeNull();
});

test("of many intervals the cheapest and the dearest of each part are drawn, in order of time", () => {
  const few = power(...Array.from({ length: 3_000 }, () => 1));
  const many = power(...Array.from({ length: 30_000 }, (_, n) => (n === 12_345 ? 5_000 : n === 12_349 ? -50 : 1)));

  const points = pointsToDraw(many, { first: 0, end: 30_000 });

  expect(pointsToDraw(few, { first: 5, end: 3_000 })).toHaveLength(2_995);
  expect(points.length).toBeLessThanOrEqual(3_000);
  expect(points).toEqual([...points].sort((a, b) => a - b));
  expect(points).toContain(12_345);
  expect(points).toContain(12_349);
});

test("times without a price are gaps", () => {
  const [a, b, c] = power(1, 2, 3);

  expect([...gapsBefore(power(1, 2, 3))]).toEqual([0, 0, 0]);
  expect([...gapsBefore([a, c, b].flatMap((one) => one ?? []))]).toEqual([0, 1, 2]);
  expect([...gapsBefore([])]).toEqual([]);
});

test("a price is drawn from the start of its interval to the end, also the last", () => {
  const [a, , c, d] = power(1, 2, 3, 4);
  const prices = [a, c, d].flatMap((one) => one ?? []);

  expect(stepPoints(prices, [0, 1, 2], gapsBefore(prices))).toEqual([
    { at: 0, time: 0 },
    { at: 0, time: 10 },
    { at: null, time: 20 },
    { at: 1, time: 20 },
    { at: 1, time: 30 },
    { at: 2, time: 30 },
    { at: 2, time: 40 },
  ]);
});

test("the axis ends at three times the strike, and above the other strikes; prices beyond it are counted", () => {
  const prices = power(30, 400, 301, -350, 300);

  expect(axisLimit(100, [100, 200])).toBe(300);
  expect(axisLimit(50, [50, 200])).toBe(240);
  expect(axisLimit(-5, [-5])).toBeNull();
  expect(axisLimit(null, [null])).toBeNull();
  expect(spikesIn(prices, { first: 0, end: 5 }, 300)).toEqual({
    prices: 5,
    above: 2,
    highest: 400,
    below: 1,
    lowest: -350,
  });
  expect(spikesIn(prices, { first: 0, end: 1 }, 300)).toMatchObject({ prices: 1, above: 0, below: 0 });
  expect(spikesIn(prices, { first: 0, end: 5 }, null)).toMatchObject({ above: 0, below: 0 });
});

test("zooming keeps the interval at the cursor in its place, and stays in the file", () => {
  const file = power(...Array.from({ length: 100 }, () => 1));
  const all = { first: 0, end: 100 };

  expect(scaledRange(file, all, 49.5, 0.5)).toEqual({ first: 25, end: 75 });
  expect(scaledRange(file, all, 0, 0.5)).toEqual({ first: 0, end: 50 });
  expect(scaledRange(file, { first: 80, end: 100 }, 99, 2)).toEqual({ first: 60, end: 100 });
  expect(scaledRange(file, { first: 10, end: 12 }, 11, 0.5)).toMatchObject({ first: 10, end: 12 });
  expect(scaledRange(file, { first: 0, end: 80 }, 40, 2)).toEqual(all);
});
