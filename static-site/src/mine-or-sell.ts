// Mine or sell: what each MWh would have earned by mining and by selling it at the user's power
// prices.

import { afterPool, efficiency, type Machine, usdPerMwh } from "./economics";
import type { PowerInterval } from "./power-prices/power-file";
import { HOUR_MS, type Share, type UnixMs, type UsdPerMwh, type UsdPerPhDay } from "./units";

/**
 * Mean hashprice of each UTC hour that has blocks, in order of time. Hours without a block are
 * absent; null means that there is no bitcoin price.
 */
export type HourlyHashprice = {
  readonly start: readonly UnixMs[];
  readonly usdPerPhDay: readonly (UsdPerPhDay | null)[];
};

/**
 * What a MWh earned in an interval. `mine` and `better` are null if the hashprice is not known for
 * all of it.
 */
export type MineOrSellRow = {
  readonly start: UnixMs;
  readonly end: UnixMs;
  readonly sell: UsdPerMwh;
  readonly mine: UsdPerMwh | null;
  readonly better: "mine" | "sell" | null;
};

/** All intervals, and totals for 1 MW over those in which both revenues are known. */
export type MineOrSell = {
  readonly rows: readonly MineOrSellRow[];
  /** USD if 1 MW always mines. */
  readonly mineUsd: number;
  /** USD if 1 MW always sells. */
  readonly sellUsd: number;
  /** USD if 1 MW does the better of the two in each interval. */
  readonly bestUsd: number;
  /** Hours in which both revenues are known. */
  readonly hours: number;
  /** Hours in which mining was better. */
  readonly mineHours: number;
  /** `mineHours / hours`; null if `hours` is 0. */
  readonly mineShare: Share | null;
  /** Hours of the intervals that the totals leave out. */
  readonly unknownHours: number;
};

/** For at most this many hours without a block, the hashprice of the hour before them is used. */
const MAX_CARRIED_HOURS = 6;

/**
 * What 1 MW earned by mining and by selling, interval by interval. `intervals` are in USD/MWh,
 * sorted and without overlap.
 *
 * 1 MW consumes as many MWh as an interval has hours. A tie counts as selling. The miner either
 * mines or sells: standing idle is not considered.
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

/**
 * Converts prices to USD, at the rate that the user enters: USD per unit of the file's currency.
 */
export function toUsd(intervals: readonly PowerInterval[], usdPerUnit: number): PowerInterval[] {
  return intervals.map(({ start, end, price }) => ({ start, end, price: price * usdPerUnit }));
}

/**
 * Returns a function for the time-weighted mean of the hashprice from `start` to `end`; null if any
 * part is unknown. Call it in order of time: each call continues where the last one ended, so that
 * a year takes a single pass.
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
