// Mine or sell: what each MWh earned mined and sold, over the reader's own power prices.

import { afterPool, efficiency, type Machine, usdPerMwh } from "./economics";
import type { PowerInterval } from "./power-prices/power-file";
import { HOUR_MS, type Share, type UnixMs, type UsdPerMwh, type UsdPerPhDay } from "./units";

/**
 * Hashprice as the mean over each UTC hour that has blocks, in order of time. Hours without a block are absent; null stands where
 * no price of bitcoin is known.
 */
export type HourlyHashprice = {
  readonly start: readonly UnixMs[];
  readonly usdPerPhDay: readonly (UsdPerPhDay | null)[];
};

/** What a MWh earned in an interval. `mine` and `better` are null where the hashprice is not known throughout. */
export type MineOrSellRow = {
  readonly start: UnixMs;
  readonly end: UnixMs;
  readonly sell: UsdPerMwh;
  readonly mine: UsdPerMwh | null;
  readonly better: "mine" | "sell" | null;
};

/** All intervals, and what 1 MW earned over those in which both are known. */
export type MineOrSell = {
  readonly rows: readonly MineOrSellRow[];
  /** USD where 1 MW always mines. */
  readonly mineUsd: number;
  /** USD where 1 MW always sells. */
  readonly sellUsd: number;
  /** USD where 1 MW does the better of both in each interval. */
  readonly bestUsd: number;
  /** Hours in which both are known. */
  readonly hours: number;
  /** Hours in which mining was better. */
  readonly mineHours: number;
  /** `mineHours` of `hours`. Null where nothing is known. */
  readonly mineShare: Share | null;
  /** Hours of the intervals that the totals leave out. */
  readonly unknownHours: number;
};

/** The hashprice of an hour also stands for the hours after it that have no block, up to this many. */
const MAX_CARRIED_HOURS = 6;

/**
 * What 1 MW earned mining and selling, interval by interval. `intervals` are in USD/MWh, sorted and without overlap.
 *
 * 1 MW consumes as many MWh as an interval has hours. A tie counts as selling. The miner does one or the other: to stand idle is
 * left out.
 */
export function compareMineAndSell(
  intervals: readonly PowerInterval[],
  hashprice: HourlyHashprice,
  machine: Machine,
  poolFee: Share,
): MineOrSell {
  const rows: MineOrSellRow[] = [];
  const meanHashprice = hashpriceMeans(hashprice);
  const joulesPerTh = efficiency(machine);
  let mineUsd = 0;
  let sellUsd = 0;
  let bestUsd = 0;
  let hours = 0;
  let mineHours = 0;
  let unknownHours = 0;
  for (const { start, end, price } of intervals) {
    const mwh = (end - start) / HOUR_MS;
    const sell = price as UsdPerMwh;
    const mean = meanHashprice(start, end);
    if (mean === null) {
      unknownHours += mwh;
      rows.push({ start, end, sell, mine: null, better: null });
      continue;
    }
    const mine = afterPool(usdPerMwh(mean, joulesPerTh), poolFee);
    const better = mine > sell ? "mine" : "sell";
    mineUsd += mine * mwh;
    sellUsd += sell * mwh;
    bestUsd += (better === "mine" ? mine : sell) * mwh;
    hours += mwh;
    if (better === "mine") mineHours += mwh;
    rows.push({ start, end, sell, mine, better });
  }
  const mineShare = hours === 0 ? null : ((mineHours / hours) as Share);
  return { rows, mineUsd, sellUsd, bestUsd, hours, mineHours, mineShare, unknownHours };
}

/** The same prices in USD, at a rate that the reader gives: USD for a unit of the file's currency. */
export function toUsd(intervals: readonly PowerInterval[], usdPerUnit: number): PowerInterval[] {
  return intervals.map(({ start, end, price }) => ({ start, end, price: price * usdPerUnit }));
}

/**
 * Means of the hashprice, weighted by time; null where any part is not known. Stretches have to be asked for in order of time: a
 * look-up continues where the one before ended, so that a year takes one walk.
 */
function hashpriceMeans({
  start: starts,
  usdPerPhDay,
}: HourlyHashprice): (start: UnixMs, end: UnixMs) => UsdPerPhDay | null {
  let hour = 0;
  return (start, end) => {
    while ((starts[hour + 1] ?? Infinity) <= start) hour += 1;
    let sum = 0;
    let from: number = start;
    for (let at = hour; from < end; at += 1) {
      const hourStart = starts[at];
      const value = usdPerPhDay[at] ?? null;
      if (hourStart === undefined || value === null || from < hourStart) return null;
      const until = Math.min(end, starts[at + 1] ?? Infinity, hourStart + (1 + MAX_CARRIED_HOURS) * HOUR_MS);
      if (until <= from) return null;
      sum += value * (until - from);
      from = until;
    }
    return (sum / (end - start)) as UsdPerPhDay;
  };
}
