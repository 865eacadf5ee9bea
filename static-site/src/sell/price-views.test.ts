import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Timeline } from "../model/backtest-timeline";
import { HOUR_MS, type Share, type ThPerSecond, type UnixMs, type UsdPerMwh, type Watts } from "../model/units";
import { zoneClock } from "../power-prices/zone-clock";
import { type Run, runRules } from "./decision";
import { byPrice, hoursOfDay, localWall, priceDuration, utcWall } from "./price-views";

beforeEach(() => vi.stubEnv("TZ", "Asia/Kolkata")); // UTC+5:30
afterEach(() => vi.unstubAllEnvs());

const START = Date.UTC(2025, 10, 1);
const hour = (from: number, to: number, price: number) => ({
  start: (START + from * HOUR_MS) as UnixMs,
  end: (START + to * HOUR_MS) as UnixMs,
  price,
});
// Two hours at 30, the next at 90, and the first hour of the next day at 50, when nothing is known.
const POWER = [hour(0, 2, 30), hour(2, 3, 90), hour(24, 25, 50)];
const TIMELINE: Timeline = {
  hours: [0.5, 1.5, 1, 1],
  interval: [0, 0, 1, 2],
  powerPrice: [30, 30, 90, 50],
  height: [1, 2, 2, 2],
  strike: [60, 80, 80, Number.NaN],
  newestBlock: [60, 80, 80, Number.NaN],
  revenue: [60, 80, 80, Number.NaN],
  months: [{ month: "2025-11", firstStep: 0 }],
};
// 1,000 / 24 J/TH: a hashprice of h is h USD/MWh.
const machine = { id: "m", name: "M", hashrate: 24 as ThPerSecond, power: 1_000 as Watts };
const run = runRules(TIMELINE, machine, {
  terms: { poolFee: 0 as Share, overhead: 0 as Share, adder: 0 as UsdPerMwh },
  constant: null,
  band: 0 as Share,
  holdBlocks: 0,
}) as Run;

test("hours of the day have the means of the time that counts, also of intervals of several hours", () => {
  const hours = hoursOfDay(run, POWER, { first: 0, end: 4 }, utcWall);

  expect(hours).toHaveLength(24);
  expect(hours[0]).toEqual({ hour: 0, meanPrice: 30, meanStrike: 70, minedShare: 1 });
  expect(hours[1]).toEqual({ hour: 1, meanPrice: 30, meanStrike: 80, minedShare: 1 });
  expect(hours[2]).toEqual({ hour: 2, meanPrice: 90, meanStrike: 80, minedShare: 0 });
  expect(hours[3]).toEqual({ hour: 3, meanPrice: null, meanStrike: null, minedShare: null });
});

test("hours of local time begin at its full hours", () => {
  const hours = hoursOfDay(run, POWER, { first: 0, end: 4 }, localWall);

  // 00:00 to 00:30 UTC is 5:30 to 6:00; 01:30 to 02:30 UTC is 7:00 to 8:00, half of it at 90.
  expect(hours[5]).toEqual({ hour: 5, meanPrice: 30, meanStrike: 60, minedShare: 1 });
  expect(hours[7]).toEqual({ hour: 7, meanPrice: 60, meanStrike: 80, minedShare: 0.5 });
  expect(hours[8]).toEqual({ hour: 8, meanPrice: 90, meanStrike: 80, minedShare: 0 });
  expect(hours[4]?.meanPrice).toBeNull();
});

test("hours of a time zone are those of its clock", () => {
  const hours = hoursOfDay(run, POWER, { first: 0, end: 4 }, zoneClock("Europe/Berlin").wall);

  // UTC+1 in November.
  expect(hours[3]).toEqual({ hour: 3, meanPrice: 90, meanStrike: 80, minedShare: 0 });
  expect(hours[0]?.meanPrice).toBeNull();
});

test("price duration goes from the highest price to the lowest, and counts hours", () => {
  const sorted = byPrice(POWER);

  expect(priceDuration(sorted, { first: 0, end: 3 }, 60)).toEqual({
    points: [
      { share: 0, price: 90 },
      { share: 0.25, price: 50 },
      { share: 0.5, price: 30 },
      { share: 1, price: 30 },
    ],
    shareBelow: 0.75,
  });
  expect(priceDuration(sorted, { first: 1, end: 3 }, 50)).toMatchObject({ shareBelow: 0 });
  expect(priceDuration(sorted, { first: 3, end: 3 }, 50)).toBeNull();
});
