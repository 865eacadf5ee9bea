// Hashprice over time: all lines of the chart are computed from it.

import type { SeriesWith } from "../lib/api";
import type { IntervalJson, SeriesColumnsJson } from "./api-types";
import { DAY_MS, HOUR_MS, type SatPerPhDay, type Share, type UnixMs, type UsdPerBtc, type UsdPerPhDay } from "./units";
import type { TimeRange } from "./view";

export type Interval = Extract<IntervalJson, "block" | "hour" | "day">;

/** Columns that only some charts need. */
export type NetworkField = Extract<
  keyof SeriesColumnsJson,
  "usd_per_ph_day_144" | "sat_per_ph_day_144" | "network_hashrate_hs" | "difficulty" | "fees_sat"
>;

/** The response with the columns that the page requests. */
export type ChartSeriesJson = SeriesWith<"usd_per_ph_day" | "sat_per_ph_day" | "price_usd" | "height" | "blocks"> & {
  readonly interval: Interval;
  readonly columns: Pick<SeriesColumnsJson, "fee_share" | NetworkField>;
};

/** Points in order of time, one array per column. */
export type Series = {
  readonly interval: Interval;
  /** Start of each point's interval; for single blocks, the median time. */
  readonly time: readonly UnixMs[];
  readonly usdPerPhDay: readonly (UsdPerPhDay | null)[];
  readonly satPerPhDay: readonly SatPerPhDay[];
  readonly priceUsd: readonly (UsdPerBtc | null)[];
  /** Height of each point's last block, and its number of blocks. */
  readonly height: readonly number[];
  readonly blocks: readonly number[];
  /** Fees as a share of the rewards; null if they were not requested. */
  readonly feeShare: readonly (Share | null)[] | null;
  /** Further columns that were requested, by their name in the API. */
  readonly network: NetworkColumns;
};

/** Columns of the network's charts, as the API has them. */
export type NetworkColumns = Readonly<Partial<Record<NetworkField, readonly (number | null)[]>>>;

const MAX_RANGE_BY_BLOCK_MS = 8 * DAY_MS;
const MAX_RANGE_BY_HOUR_MS = 62 * DAY_MS;

/**
 * Interval of the chart's points for a range of this length: enough points, but not too many (at
 * most 1,500 blocks or hours).
 */
export function chooseInterval(spanMs: number): Interval {
  if (spanMs <= MAX_RANGE_BY_BLOCK_MS) return "block";
  return spanMs <= MAX_RANGE_BY_HOUR_MS ? "hour" : "day";
}

export function toSeries({ interval, time, columns }: ChartSeriesJson): Series {
  const { usd_per_ph_day, sat_per_ph_day, price_usd, height, blocks, fee_share, ...network } = columns;
  return {
    interval,
    time: time.map((text) => Date.parse(text) as UnixMs),
    usdPerPhDay: usd_per_ph_day as readonly (UsdPerPhDay | null)[],
    satPerPhDay: sat_per_ph_day as readonly SatPerPhDay[],
    priceUsd: price_usd as readonly (UsdPerBtc | null)[],
    height,
    blocks,
    feeShare: (fee_share ?? null) as readonly (Share | null)[] | null,
    network,
  };
}

/**
 * A series with an empty point wherever blocks are missing, so that the chart's lines break there.
 */
export type SeriesWithGaps = Omit<Series, "satPerPhDay" | "height"> & {
  readonly satPerPhDay: readonly (SatPerPhDay | null)[];
  readonly height: readonly (number | null)[];
};

/** Blocks that are missing between two neighbouring points. */
export type Gap = TimeRange & { readonly blocks: number };

/** Whether blocks are missing between this point and the one before it. */
function isGapBefore({ height, blocks }: Pick<Series, "height" | "blocks">, at: number): boolean {
  return 0 < at && (height[at] ?? 0) - (blocks[at] ?? 0) !== height[at - 1];
}

/** Where blocks are missing, in order of time. */
export function gapsOf(series: Pick<Series, "time" | "height" | "blocks">): readonly Gap[] {
  const { time, height, blocks } = series;
  return time.flatMap((to, at) =>
    isGapBefore(series, at)
      ? [{ from: time[at - 1] ?? to, to, blocks: (height[at] ?? 0) - (blocks[at] ?? 0) - (height[at - 1] ?? 0) }]
      : [],
  );
}

/** Inserts an empty point between points that are not neighbours in the chain. */
export function withGaps(series: Series): SeriesWithGaps {
  const { time, height, blocks } = series;
  const isAfterGap = (at: number) => isGapBefore(series, at);
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
    network: Object.fromEntries(
      Object.entries(series.network).map(([field, values]) => [field, insert(values, none)]),
    ) as NetworkColumns,
  };
}

const MAX_POINT_MS = { block: 2 * HOUR_MS, hour: 2 * HOUR_MS, day: DAY_MS } as const;

/**
 * Mean at each point over the blocks of the last `days` days; points without a value are left out.
 * Null if the point itself has no value, or if the series does not reach back far enough.
 */
export function trailingMean<Value extends number>(
  { interval, time, blocks }: Pick<Series, "interval" | "time" | "blocks">,
  values: readonly (Value | null)[],
  days: number,
): (Value | null)[] {
  const reach = days * DAY_MS;
  const isWholeFrom = (time[0] ?? Infinity) + reach - MAX_POINT_MS[interval];
  // Neumaier summation keeps what rounding loses: hashprice fell from 1e20 to 1e5 sat, so that
  // rounding errors of early values would exceed later values.
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
