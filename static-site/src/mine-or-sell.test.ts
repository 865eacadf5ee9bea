import { describe, expect, test } from "vitest";

import type { Machine } from "./economics";
import { compareMineAndSell, type HourlyHashprice, toUsd } from "./mine-or-sell";
import type { PowerInterval } from "./power-prices/power-file";
import { HOUR_MS, MINUTE_MS, type Share, type ThPerSecond, type UnixMs, type UsdPerPhDay, type Watts } from "./units";

const T0 = Date.UTC(2024, 0, 1);
const NO_FEE = 0 as Share;

/** 20 J/TH: 1 MW is 50 PH/s, so a MWh is 50/24 PH-days, and 48 USD/PH/day are 100 USD/MWh. */
const machine: Machine = {
  id: "custom:100:2000",
  name: "20 J/TH",
  hashrate: 100 as ThPerSecond,
  power: 2_000 as Watts,
};

/** An interval that starts `hour` hours after T0. */
function interval(hour: number, price: number, lengthHours = 1): PowerInterval {
  return {
    start: (T0 + Math.round(hour * HOUR_MS)) as UnixMs,
    end: (T0 + Math.round((hour + lengthHours) * HOUR_MS)) as UnixMs,
    price,
  };
}

function hourly(values: Readonly<Record<number, number | null>>): HourlyHashprice {
  const hours = Object.keys(values).map(Number);
  return {
    start: hours.map((hour) => (T0 + hour * HOUR_MS) as UnixMs),
    usdPerPhDay: hours.map((hour) => (values[hour] ?? null) as UsdPerPhDay | null),
  };
}

describe("one interval", () => {
  test("mining earns hashprice x 1000 / (24 x J/TH) for a MWh", () => {
    const { rows } = compareMineAndSell([interval(0, 60)], hourly({ 0: 48 }), machine, NO_FEE);

    // 48 x 1000 / (24 x 20) = 100.
    expect(rows).toEqual([{ start: T0, end: T0 + HOUR_MS, sell: 60, mine: 100, better: "mine" }]);
  });

  test("the pool takes its fee before the comparison", () => {
    const { rows } = compareMineAndSell([interval(0, 99)], hourly({ 0: 48 }), machine, 0.02 as Share);

    // 100 less 2 % is 98, below 99.
    expect(rows[0]?.mine).toBeCloseTo(98, 9);
    expect(rows[0]?.better).toBe("sell");
  });

  test("a tie counts as selling", () => {
    expect(compareMineAndSell([interval(0, 100)], hourly({ 0: 48 }), machine, NO_FEE).rows[0]?.better).toBe("sell");
  });

  test("at a negative power price mining is better", () => {
    const result = compareMineAndSell([interval(0, -20)], hourly({ 0: 48 }), machine, NO_FEE);

    expect(result).toMatchObject({ mineUsd: 100, sellUsd: -20, bestUsd: 100, mineHours: 1 });
  });

  test("across two hours the hashprice is weighted by time", () => {
    const half = interval(0.75, 0, 1);
    const { rows } = compareMineAndSell([half], hourly({ 0: 48, 1: 96 }), machine, NO_FEE);

    // A quarter at 100, three quarters at 200: 175.
    expect(rows[0]?.mine).toBeCloseTo(175, 9);
  });

  test("a day takes the mean of its hours", () => {
    const hours = Object.fromEntries(Array.from({ length: 24 }, (_, hour) => [hour, hour < 12 ? 24 : 48]));
    const { rows, mineUsd } = compareMineAndSell([interval(0, 10, 24)], hourly(hours), machine, NO_FEE);

    // Half a day at 50, half at 100: 75; times 24 MWh: 1800.
    expect(rows[0]?.mine).toBeCloseTo(75, 9);
    expect(mineUsd).toBeCloseTo(1_800, 9);
  });
});

describe("hours without a hashprice", () => {
  test("the last known hashprice is used for six hours, then it is unknown", () => {
    const { rows } = compareMineAndSell(
      [0, 1, 6, 7].map((hour) => interval(hour, 60)),
      hourly({ 0: 48 }),
      machine,
      NO_FEE,
    );

    expect(rows.map(({ mine }) => mine)).toEqual([100, 100, 100, null]);
  });

  test("before the first hour the hashprice is unknown", () => {
    expect(compareMineAndSell([interval(-1, 60)], hourly({ 0: 48 }), machine, NO_FEE).rows[0]?.better).toBeNull();
  });

  test("without any hashprice everything is unknown", () => {
    const result = compareMineAndSell([interval(0, 60)], { start: [], usdPerPhDay: [] }, machine, NO_FEE);

    expect(result).toMatchObject({ mineUsd: 0, sellUsd: 0, bestUsd: 0, hours: 0, mineShare: null, unknownHours: 1 });
  });

  test("an hour without a bitcoin price is unknown, and does not use the hour before it", () => {
    const { rows } = compareMineAndSell(
      [0, 1, 2].map((hour) => interval(hour, 60)),
      hourly({ 0: 48, 1: null, 2: 96 }),
      machine,
      NO_FEE,
    );

    expect(rows.map(({ mine }) => mine)).toEqual([100, null, 200]);
  });

  test("an interval that is partly unknown is unknown, and the next one is not", () => {
    const { rows, unknownHours } = compareMineAndSell(
      [interval(0, 60, 2), interval(2, 60)],
      hourly({ 0: 48, 1: null, 2: 48 }),
      machine,
      NO_FEE,
    );

    expect(rows.map(({ mine }) => mine)).toEqual([null, 100]);
    expect(unknownHours).toBe(2);
  });

  test("unknown intervals keep their price, but are not part of any total", () => {
    const result = compareMineAndSell([interval(0, 60), interval(20, 500)], hourly({ 0: 48 }), machine, NO_FEE);

    expect(result.rows[1]?.sell).toBe(500);
    expect(result).toMatchObject({ sellUsd: 60, mineUsd: 100, hours: 1, unknownHours: 1 });
  });
});

describe("totals", () => {
  test("totals are for 1 MW: a quarter of an hour is a quarter of a MWh", () => {
    const quarters = [40, 80, 120, 160].map((price, at) => interval(at / 4, price, 0.25));
    const result = compareMineAndSell(quarters, hourly({ 0: 48 }), machine, NO_FEE);

    // Selling: (40 + 80 + 120 + 160) / 4 = 100. The better one each time: (100 + 100 + 120 + 160) /
    // 4 = 120.
    expect(result).toMatchObject({
      mineUsd: 100,
      sellUsd: 100,
      bestUsd: 120,
      hours: 1,
      mineHours: 0.5,
      mineShare: 0.5,
      unknownHours: 0,
    });
  });

  test("totals without intervals are zero", () => {
    expect(compareMineAndSell([], hourly({ 0: 48 }), machine, NO_FEE)).toMatchObject({
      rows: [],
      hours: 0,
      mineShare: null,
    });
  });
});

/**
 * A reproducible case of up to a year, with missing blocks, unknown prices and negative power
 * prices.
 */
function randomCase(seed: number): { intervals: PowerInterval[]; hashprice: HourlyHashprice } {
  let state = seed;
  const random = (): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32; // The generator of Numerical Recipes.
    return state / 2 ** 32;
  };
  const hours: Record<number, number | null> = {};
  for (let hour = 0; hour < 300; hour += random() < 0.1 ? Math.ceil(random() * 12) : 1)
    hours[hour] = random() < 0.05 ? null : 20 + random() * 60;
  const intervals: PowerInterval[] = [];
  for (let minute = Math.floor(random() * 100); minute < 310 * 60; ) {
    const length = [5, 15, 30, 60, 180][Math.floor(random() * 5)] ?? 60;
    if (random() < 0.9) intervals.push(interval(minute / 60, -50 + random() * 250, length / 60));
    minute += length;
  }
  return { intervals, hashprice: hourly(hours) };
}

describe.each([1, 2, 3, 4, 5, 6, 7, 8])("whatever the prices (%i)", (seed) => {
  const { intervals, hashprice } = randomCase(seed);
  const result = compareMineAndSell(intervals, hashprice, machine, 0.02 as Share);

  test("choosing the better one each time is never worse than either", () => {
    expect(result.bestUsd).toBeGreaterThanOrEqual(Math.max(result.mineUsd, result.sellUsd) - 1e-6);
  });

  test("totals are the sums of their rows, and all hours are counted", () => {
    const hoursOf = ({ start, end }: { start: number; end: number }): number => (end - start) / HOUR_MS;
    const known = result.rows.filter((row) => row.mine !== null);
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

    expect(known.length).toBeGreaterThan(0);
    expect(result.mineUsd).toBeCloseTo(sum(known.map((row) => (row.mine ?? 0) * hoursOf(row))), 6);
    expect(result.sellUsd).toBeCloseTo(sum(known.map((row) => row.sell * hoursOf(row))), 6);
    expect(result.bestUsd).toBeCloseTo(sum(known.map((row) => Math.max(row.mine ?? 0, row.sell) * hoursOf(row))), 6);
    expect(result.hours + result.unknownHours).toBeCloseTo(sum(intervals.map(hoursOf)), 6);
    expect(result.rows).toHaveLength(intervals.length);
  });

  test("each row agrees with a mean computed minute by minute", () => {
    const at = new Map(hashprice.start.map((start, index) => [start as number, hashprice.usdPerPhDay[index] ?? null]));
    const known = (minute: number): number | null => {
      const hour = Math.floor(minute / HOUR_MS) * HOUR_MS;
      for (let back = 0; back <= 6; back += 1)
        if (at.has(hour - back * HOUR_MS)) return at.get(hour - back * HOUR_MS) ?? null;
      return null;
    };
    for (const row of result.rows) {
      const minutes = Array.from({ length: (row.end - row.start) / MINUTE_MS }, (_, index) =>
        known(row.start + index * MINUTE_MS),
      );
      const mean = minutes.includes(null)
        ? null
        : minutes.reduce((total: number, value) => total + (value ?? 0), 0) / minutes.length;
      // After 2 %: mean x 1000 / (24 x 20) x 0.98.
      if (mean === null || row.mine === null) expect(row.mine).toBe(mean);
      else expect(row.mine).toBeCloseTo((mean / 0.48) * 0.98, 6);
    }
  });

  test("splitting an interval in two at the same price changes no total", () => {
    // Only intervals within an hour: across two hours, the better choice can differ between the
    // parts.
    const cut = intervals.flatMap((whole) => {
      const sameHour = Math.floor(whole.start / HOUR_MS) === Math.floor((whole.end - 1) / HOUR_MS);
      if (!sameHour) return [whole];
      const middle = ((whole.start + whole.end) / 2) as UnixMs;
      return [
        { ...whole, end: middle },
        { ...whole, start: middle },
      ];
    });
    const again = compareMineAndSell(cut, hashprice, machine, 0.02 as Share);

    expect(cut.length).toBeGreaterThan(intervals.length);
    for (const total of ["mineUsd", "sellUsd", "bestUsd", "hours", "mineHours", "unknownHours"] as const) {
      expect(again[total]).toBeCloseTo(result[total], 6);
    }
  });
});

test("a year of 5-minute prices has a row for each", () => {
  const intervals = Array.from({ length: 105_120 }, (_, at) => interval(at / 12, at % 200, 1 / 12));
  const hashprice = hourly(Object.fromEntries(Array.from({ length: 8_760 }, (_, hour) => [hour, 48])));

  const { rows } = compareMineAndSell(intervals, hashprice, machine, NO_FEE);

  expect(rows).toHaveLength(105_120);
});

test("prices in another currency are converted at the user's rate", () => {
  expect(toUsd([interval(0, 40), interval(1, -10)], 1.1)).toEqual([
    { ...interval(0, 40), price: expect.closeTo(44, 9) },
    { ...interval(1, -10), price: expect.closeTo(-11, 9) },
  ]);
});
