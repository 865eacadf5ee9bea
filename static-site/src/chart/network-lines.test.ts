import { expect, test } from "vitest";
import type { SeriesWithGaps } from "../model/series";
import { HOUR_MS, MINUTE_MS, type SatPerPhDay, type UnixMs } from "../model/units";
import { minutesPerBlock, networkLines } from "./network-lines";

const series = (more: Partial<SeriesWithGaps>): SeriesWithGaps => ({
  interval: "hour",
  time: [0, HOUR_MS, 2 * HOUR_MS] as UnixMs[],
  usdPerPhDay: [null, null, null],
  satPerPhDay: [1, 2, 3] as SatPerPhDay[],
  priceUsd: [null, null, null],
  height: [10, 16, 20],
  blocks: [5, 6, 4],
  feeShare: null,
  network: {},
  ...more,
});

test("block time is the time to the next point, for each of its blocks; unknown at the ends", () => {
  expect(minutesPerBlock(series({}))).toEqual([null, 10, null]); // 60 min / 6
});

test("block time of single blocks is the time since the one before", () => {
  const time = [0, 9, 12].map((minutes) => (minutes * MINUTE_MS) as UnixMs);

  expect(minutesPerBlock(series({ interval: "block", time, height: [1, 2, 3], blocks: [1, 1, 1] }))).toEqual([
    null,
    9,
    3,
  ]);
});

test("block time is unknown beside a gap, where an hour may be only in part loaded", () => {
  const holed = series({
    time: [0, 1, 2, 3, 4, 5].map((hour) => (hour * HOUR_MS) as UnixMs),
    height: [10, 16, null, 40, 46, 52],
    blocks: [5, 6, 0, 6, 6, 6],
  });

  expect(minutesPerBlock(holed)).toEqual([null, null, null, null, 10, null]);
});

test("fees are in BTC a block, and unknown while they are loading", () => {
  const fees = (network: SeriesWithGaps["network"]) => networkLines(series({ network }), "fees", "usd")[0]?.values;

  expect(fees({ fees_sat: [1e8, 0, null] })).toEqual([0.2, 0, null]); // 1 BTC in 5 blocks
  expect(fees({})).toEqual([null, null, null]);
});

test("hashprice has its mean over 144 blocks first, in the unit of the view", () => {
  const network = { sat_per_ph_day_144: [4, 5, 6], usd_per_ph_day_144: [7, 8, 9] };

  expect(networkLines(series({ network }), "hashprice", "sat").map(({ values }) => values)).toEqual([
    [4, 5, 6],
    [1, 2, 3],
  ]);
  expect(networkLines(series({ network }), "hashprice", "usd")[0]?.values).toEqual([7, 8, 9]);
});
