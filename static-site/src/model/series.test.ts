import { describe, expect, test } from "vitest";
import { randomFrom } from "../testing";
import {
  type ChartSeriesJson,
  chooseInterval,
  gapsOf,
  type Interval,
  type Series,
  toSeries,
  trailingMean,
  withGaps,
} from "./series";
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  type SatPerPhDay,
  type Share,
  type UnixMs,
  type UsdPerBtc,
  type UsdPerPhDay,
} from "./units";

const START = Date.UTC(2024, 3, 20);

/**
 * A series of points up to these heights, with `blocks` blocks each; values depend on the index.
 */
function series(heights: readonly number[], blocks: readonly number[], more: Partial<Series> = {}): Series {
  return {
    interval: "hour",
    time: heights.map((_, at) => (START + at * HOUR_MS) as UnixMs),
    usdPerPhDay: heights.map((_, at) => (40 + at) as UsdPerPhDay),
    satPerPhDay: heights.map((_, at) => (60_000 + at) as SatPerPhDay),
    priceUsd: heights.map((_, at) => (64_000 + at) as UsdPerBtc),
    height: heights,
    blocks,
    feeShare: heights.map((_, at) => (at / 10) as Share),
    network: { difficulty: heights.map((_, at) => 1e14 + at) },
    ...more,
  };
}

test("a point is a block up to 8 days, an hour up to 62 days, and a day beyond", () => {
  expect([DAY_MS, 7 * DAY_MS, 8 * DAY_MS].map(chooseInterval)).toEqual(["block", "block", "block"]);
  expect([8 * DAY_MS + 1, 30 * DAY_MS, 62 * DAY_MS].map(chooseInterval)).toEqual(["hour", "hour", "hour"]);
  expect([62 * DAY_MS + 1, 90 * DAY_MS, Infinity].map(chooseInterval)).toEqual(["day", "day", "day"]);
});

test("there are at most 1,500 blocks or hours, and at least 24 points per day", () => {
  const perDay = { block: 144, hour: 24, day: 1 };

  for (let days = 1; days <= 62; days++) {
    const points = days * perDay[chooseInterval(days * DAY_MS)];
    expect(points, `${days} days`).toBeGreaterThanOrEqual(days * 24);
    expect(points, `${days} days`).toBeLessThanOrEqual(1_500);
  }
});

test("further columns keep their names", () => {
  const columns = {
    usd_per_ph_day: [1],
    sat_per_ph_day: [2],
    price_usd: [3],
    height: [4],
    blocks: [5],
    difficulty: [6],
  };

  expect(toSeries({ interval: "day", time: ["2024-04-20T00:00:00Z"], columns }).network).toEqual({ difficulty: [6] });
});

test("a response becomes a series with times in milliseconds", () => {
  const json: ChartSeriesJson = {
    interval: "block",
    time: ["2024-04-20T00:09:27Z", "2024-04-20T00:10:12Z"],
    columns: {
      usd_per_ph_day: [null, 48],
      sat_per_ph_day: [75_000, 74_000],
      price_usd: [null, 64_000],
      height: [840_000, 840_001],
      blocks: [1, 1],
      fee_share: [0.92, null],
    },
  };

  expect(toSeries(json)).toEqual({
    interval: "block",
    time: [1_713_571_767_000, 1_713_571_812_000], // `date -ud "2024-04-20 00:09:27" +%s`, and 45 s later
    usdPerPhDay: [null, 48],
    satPerPhDay: [75_000, 74_000],
    priceUsd: [null, 64_000],
    height: [840_000, 840_001],
    blocks: [1, 1],
    feeShare: [0.92, null],
    network: {},
  });
});

test("a response without fee shares becomes a series without them", () => {
  const columns = { usd_per_ph_day: [], sat_per_ph_day: [], price_usd: [], height: [], blocks: [] };

  expect(toSeries({ interval: "day", time: [], columns }).feeShare).toBeNull();
});

describe("gaps", () => {
  test("neighbours in the chain have no gap between them, however far apart in time", () => {
    const whole = series([105, 110, 111], [6, 5, 1], {
      time: [START, START + HOUR_MS, START + 9 * HOUR_MS] as UnixMs[],
    });

    expect(withGaps(whole)).toEqual(whole);
    expect(withGaps(series([], []))).toEqual(series([], []));
    expect(withGaps(series([7], [1]))).toEqual(series([7], [1]));
  });

  test("missing blocks give a point without a value, just before the next point", () => {
    // Block 111 is in no point: 117 - 6 = 111, but 110 was the last.
    const holed = withGaps(series([105, 110, 117], [6, 5, 6]));

    expect(holed).toEqual({
      interval: "hour",
      time: [START, START + HOUR_MS, START + 2 * HOUR_MS - 1, START + 2 * HOUR_MS],
      usdPerPhDay: [40, 41, null, 42],
      satPerPhDay: [60_000, 60_001, null, 60_002],
      priceUsd: [64_000, 64_001, null, 64_002],
      height: [105, 110, null, 117],
      blocks: [6, 5, 0, 6],
      feeShare: [0, 0.1, null, 0.2],
      network: { difficulty: [1e14, 1e14 + 1, null, 1e14 + 2] },
    });
  });

  test("a gap is between its neighbours, and knows how many blocks are missing", () => {
    const [first, , third] = [0, 1, 2].map((at) => START + at * HOUR_MS);

    // 117 - 6 - 110 = 1 block is missing.
    expect(gapsOf(series([105, 110, 117], [6, 5, 6]))).toEqual([{ from: START + HOUR_MS, to: third, blocks: 1 }]);
    expect(gapsOf(series([105, 9_000], [6, 5]))).toEqual([{ from: first, to: START + HOUR_MS, blocks: 8_890 }]);
    expect(gapsOf(series([105, 110, 111], [6, 5, 1]))).toEqual([]);
    expect(gapsOf(series([], []))).toEqual([]);
  });

  test("unknown values remain unknown, and fee shares that were not requested are not added", () => {
    const holed = withGaps(
      series([1, 3], [1, 1], { usdPerPhDay: [null, 48 as UsdPerPhDay], priceUsd: [null, null], feeShare: null }),
    );

    expect(holed.usdPerPhDay).toEqual([null, null, 48]);
    expect(holed.priceUsd).toEqual([null, null, null]);
    expect(holed.feeShare).toBeNull();
  });

  test.each([1, 2, 3, 4])(
    "a series without its gaps is unchanged, and each gap is where heights are missing (%i)",
    (seed) => {
      const random = randomFrom(seed);
      const blocks = Array.from({ length: 300 }, () => 1 + Math.floor(random() * 12));
      let height = 800_000;
      const missing = blocks.map(() => (random() < 0.1 ? Math.ceil(random() * 50) : 0));
      const heights = blocks.map((count, at) => (height += count + (missing[at] ?? 0)));
      const whole = series(heights, blocks);

      const holed = withGaps(whole);

      const kept = holed.height.flatMap((height, at) => (height === null ? [] : [at]));
      const without = <Value>(values: readonly Value[]) => kept.map((at) => values[at]);
      expect(without(holed.time)).toEqual(whole.time);
      expect(without(holed.height)).toEqual(whole.height);
      expect(without(holed.blocks)).toEqual(whole.blocks);
      expect(without(holed.satPerPhDay)).toEqual(whole.satPerPhDay);
      expect(holed.time).toHaveLength(300 + missing.slice(1).filter((count) => 0 < count).length);
      expect(holed.time.toSorted((a, b) => a - b)).toEqual(holed.time);
      expect(holed.blocks.reduce((sum, count) => sum + count)).toBe(blocks.reduce((sum, count) => sum + count));
    },
  );
});

type Timeline = Pick<Series, "interval" | "time" | "blocks">;

/** The mean as its doc comment defines it, point by point. */
function meanByForce(
  { interval, time, blocks }: Timeline,
  values: readonly (number | null)[],
  days: number,
): (number | null)[] {
  const slack = { block: 2 * HOUR_MS, hour: 2 * HOUR_MS, day: DAY_MS }[interval];
  return time.map((now, at) => {
    const reachesBack = (time[0] ?? Infinity) <= now - days * DAY_MS + slack;
    if (!reachesBack || values[at] === null) return null;
    let [sum, weight] = [0, 0];
    for (let place = at; 0 <= place && now - days * DAY_MS < (time[place] ?? 0); place--) {
      if (values[place] === null) continue;
      sum += (values[place] ?? 0) * (blocks[place] ?? 0);
      weight += blocks[place] ?? 0;
    }
    return sum / weight;
  });
}

/** The greatest relative error of the means; infinite if only one of two is null. */
function farthestOff(means: readonly (number | null)[], expected: readonly (number | null)[]): number {
  const off = means.map((mean, at) => {
    const truth = expected[at] ?? null;
    return mean === null || truth === null ? (mean === truth ? 0 : Infinity) : Math.abs(mean / truth - 1);
  });
  return Math.max(...off);
}

function randomTimeline(interval: Interval, length: number, random: () => number): Timeline {
  let now = START;
  const stepOf = {
    block: () => (random() < 0.05 ? 0 : -Math.log(1 - random()) * 10 * MINUTE_MS), // Median times can be equal.
    hour: () => (random() < 0.05 ? 2 * HOUR_MS : HOUR_MS), // Some hours have no block.
    day: () => (random() < 0.02 ? 3 * DAY_MS : DAY_MS),
  }[interval];
  const most = { block: 1, hour: 12, day: 170 }[interval];
  return {
    interval,
    time: Array.from({ length }, () => {
      now += Math.round(stepOf());
      return now as UnixMs;
    }),
    blocks: Array.from({ length }, () => Math.ceil(random() * most)),
  };
}

describe("trailing means", () => {
  const days = (...places: readonly number[]) => places.map((place) => (START + place * DAY_MS) as UnixMs);

  test("a day counts as many times as it has blocks", () => {
    const timeline: Timeline = { interval: "day", time: days(0, 1), blocks: [100, 300] };

    expect(trailingMean(timeline, [40, 80], 1)).toEqual([40, 80]);
    // (100 x 40 + 300 x 80) / 400
    expect(trailingMean({ ...timeline, time: days(0, 6) }, [40, 80], 7)).toEqual([null, 70]);
  });

  test("7 days start just after the same time a week before", () => {
    const timeline: Timeline = { interval: "day", time: days(0, 1, 2, 3, 4, 5, 6, 7), blocks: Array(8).fill(144) };

    const means = trailingMean(timeline, [1, 2, 3, 4, 5, 6, 7, 8], 7);

    expect(means).toEqual([null, null, null, null, null, null, 4, 5]); // (1 + ... + 7) / 7, then (2 + ... + 8) / 7
  });

  test("a point without a value has no mean, and is part of no mean", () => {
    const timeline: Timeline = { interval: "day", time: days(0, 1, 6, 7), blocks: [10, 1_000, 10, 10] };

    expect(trailingMean(timeline, [4, null, 6, 8], 7)).toEqual([null, null, 5, 7]); // (4 + 6) / 2; then (6 + 8) / 2
  });

  test("hours and blocks may start up to two hours late", () => {
    const time = [0, 21, 22, 23].map((hours) => (START + hours * HOUR_MS) as UnixMs);

    expect(trailingMean({ interval: "hour", time, blocks: [1, 1, 1, 1] }, [2, 4, 6, 8], 1)).toEqual([null, null, 4, 5]);
    expect(trailingMean({ interval: "block", time, blocks: [1, 1, 1, 1] }, [2, 4, 6, 8], 1)).toEqual([
      null,
      null,
      4,
      5,
    ]);
  });

  test("an empty series has no means", () => {
    expect(trailingMean({ interval: "hour", time: [], blocks: [] }, [], 7)).toEqual([]);
    expect(trailingMean({ interval: "day", time: days(0, 1), blocks: [1, 1] }, [null, null], 1)).toEqual([null, null]);
  });

  describe.each(["block", "hour", "day"] as const)("of each %s", (interval) => {
    test.each([1, 7, 30])("means of %i d are over all blocks in that time", (days) => {
      const random = randomFrom(days);
      const timeline = randomTimeline(interval, { block: 5_000, hour: 1_500, day: 500 }[interval], random);
      const values = timeline.time.map(() => (random() < 0.1 ? null : 30 + random() * 60));

      const means = trailingMean(timeline, values, days);

      const expected = meanByForce(timeline, values, days);
      expect(expected.filter((mean) => mean !== null).length).toBeGreaterThan(100);
      expect(farthestOff(means, expected)).toBeLessThan(1e-12);
    });
  });

  test("the early days, when a PH/s would have earned 1e20 sat, do not distort later means", () => {
    // At difficulty 1 and 50 BTC: 86 400 x 1e15 x 5e9 / 2^32 = 1.0e20 sat/PH/day;
    // at difficulty 1e14 and 3.125 BTC: 6.3e4.
    const random = randomFrom(2_009);
    const time = Array.from({ length: 6_000 }, (_, at) => (START + at * DAY_MS) as UnixMs);
    const timeline: Timeline = { interval: "day", time, blocks: time.map(() => 100 + Math.floor(random() * 90)) };
    const values = time.map((_, at) => 1e20 * (6.3e4 / 1e20) ** Math.min(1, at / 4_000) * (0.9 + random() / 5));

    const means = trailingMean(timeline, values, 30);

    expect(farthestOff(means, meanByForce(timeline, values, 30))).toBeLessThan(1e-9);
  });

  test("a gap has no mean, and leaves the means beside it unchanged", () => {
    const random = randomFrom(5);
    const blocks = Array.from({ length: 100 }, () => 1 + Math.floor(random() * 12));
    let height = 0;
    const whole = series(
      blocks.map((count, at) => (height += count + (at % 20 === 19 ? 7 : 0))),
      blocks,
    );
    const holed = withGaps(whole);

    const means = trailingMean(holed, holed.usdPerPhDay, 1);

    // At 19, 39, 59, 79 and 99.
    expect(means.filter((_, at) => holed.height[at] === null)).toEqual([null, null, null, null, null]);
    expect(means.filter((_, at) => holed.height[at] !== null)).toEqual(trailingMean(whole, whole.usdPerPhDay, 1));
  });
});
