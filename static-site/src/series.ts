// Hashprice over time: all lines of the chart follow from it.

import type { Interval, SeriesJson } from "./api";
import { DAY_MS, HOUR_MS, type SatPerPhDay, type Share, type UnixMs, type UsdPerBtc, type UsdPerPhDay } from "./units";

/** Points in order of time, column by column. */
export type Series = {
  readonly interval: Interval;
  /** Where a point's interval starts; the median time of a block. */
  readonly time: readonly UnixMs[];
  readonly usdPerPhDay: readonly (UsdPerPhDay | null)[];
  readonly satPerPhDay: readonly SatPerPhDay[];
  readonly priceUsd: readonly (UsdPerBtc | null)[];
  /** Height of a point's last block, and how many blocks it stands for. */
  readonly height: readonly number[];
  readonly blocks: readonly number[];
  /** Part of the rewards that is fees; null where it was not asked for. */
  readonly feeShare: readonly (Share | null)[] | null;
};

const MAX_RANGE_BY_BLOCK_MS = 8 * DAY_MS;
const MAX_RANGE_BY_HOUR_MS = 62 * DAY_MS;

/** What a point of a chart should stand for, so that there are enough of them and not too many (1,500 short of days). */
export function chooseInterval(spanMs: number): Interval {
  if (spanMs <= MAX_RANGE_BY_BLOCK_MS) return "block";
  return spanMs <= MAX_RANGE_BY_HOUR_MS ? "hour" : "day";
}

/** The series of an answer. */
export function toSeries({ interval, time, columns }: SeriesJson): Series {
  return {
    interval,
    time: time.map((text) => Date.parse(text) as UnixMs),
    usdPerPhDay: columns.usd_per_ph_day as readonly (UsdPerPhDay | null)[],
    satPerPhDay: columns.sat_per_ph_day as readonly SatPerPhDay[],
    priceUsd: columns.price_usd as readonly (UsdPerBtc | null)[],
    height: columns.height,
    blocks: columns.blocks,
    feeShare: (columns.fee_share ?? null) as readonly (Share | null)[] | null,
  };
}

/** As `Series`, with a point that has no value between points that are not neighbours in the chain: the chart's lines break there. */
export type SeriesWithGaps = Omit<Series, "satPerPhDay" | "height"> & {
  readonly satPerPhDay: readonly (SatPerPhDay | null)[];
  readonly height: readonly (number | null)[];
};

/** The series with its gaps. */
export function withGaps(series: Series): SeriesWithGaps {
  const { time, height, blocks } = series;
  const isAfterGap = (at: number) => 0 < at && (height[at] ?? 0) - (blocks[at] ?? 0) !== height[at - 1];
  if (!time.some((_, at) => isAfterGap(at))) return series;
  const insert = <Value, Missing>(values: readonly Value[], missing: (at: number) => Missing): (Value | Missing)[] =>
    values.flatMap((value, at) => (isAfterGap(at) ? [missing(at), value] : [value]));
  const none = () => null;
  return {
    interval: series.interval,
    time: insert(time, (at) => (time[at] ?? 0) - 1) as UnixMs[],
    usdPerPhDay: insert(series.usdPerPhDay, none),
    satPerPhDay: insert(series.satPerPhDay, none),
    priceUsd: insert(series.priceUsd, none),
    height: insert(height, none),
    blocks: insert(blocks, () => 0),
    feeShare: series.feeShare && insert(series.feeShare, none),
  };
}

const MAX_POINT_MS = { block: 2 * HOUR_MS, hour: 2 * HOUR_MS, day: DAY_MS } as const;

/**
 * At each point, the mean over the blocks of the `days` up to it; points without a value are left out.
 * Null where the point itself has no value, and where the series does not reach so far back.
 */
export function trailingMean<Value extends number>(
  { interval, time, blocks }: Pick<Series, "interval" | "time" | "blocks">,
  values: readonly (Value | null)[],
  days: number,
): (Value | null)[] {
  const reach = days * DAY_MS;
  const isWholeFrom = (time[0] ?? Infinity) + reach - MAX_POINT_MS[interval];
  // What rounding takes from the sum is kept (Neumaier): hashprice fell from 1e20 to 1e5 sat, so early sums would drown later ones.
  let [first, sum, compensation, weight] = [0, 0, 0, 0];
  const add = (at: number, sign: 1 | -1) => {
    const value = values[at] ?? null;
    if (value === null) return;
    const term = sign * value * (blocks[at] ?? 0);
    const next = sum + term;
    compensation += Math.abs(sum) < Math.abs(term) ? term - next + sum : sum - next + term;
    sum = next;
    weight += sign * (blocks[at] ?? 0);
  };
  return time.map((now, at) => {
    add(at, 1);
    while ((time[first] ?? Infinity) <= now - reach) add(first++, -1);
    return now < isWholeFrom || (values[at] ?? null) === null || weight === 0
      ? null
      : (((sum + compensation) / weight) as Value);
  });
}
