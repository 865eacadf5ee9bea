// Which time range the chart shows, and which series to request for it.

import { chooseInterval, type Series } from "./series";
import { DAY_MS, type UnixMs } from "./units";
import { clampTime, RANGES, type TimeRange, toIso, type View } from "./view";

// Share of the range to load beyond each end, so that lines reach the chart's edges.
const PAD = 0.05;
const FIELDS = "usd_per_ph_day,sat_per_ph_day,price_usd,height,blocks";

/**
 * Path and query of the series that the view needs. `tip` is the time of the newest block; null is
 * returned while it is needed but not known.
 */
export function seriesPath(
  { range, mean, second }: Pick<View, "range" | "mean" | "second">,
  tip: UnixMs | null,
): string | null {
  const query = (span: number, times: string) =>
    `/series?interval=${chooseInterval(span)}&fields=${FIELDS}${second === "fees" ? ",fee_share" : ""}${times}`;
  const from = (time: number) => `&from=${toIso((time - mean * DAY_MS) as UnixMs)}`;
  if (typeof range === "object") {
    const span = range.to - range.from;
    return query(span, `${from(range.from - PAD * span)}&to=${toIso((range.to + PAD * span) as UnixMs)}`);
  }
  if (range === "all") return query(Infinity, "&from=0");
  // The API's default range: no need to wait for the tip.
  if (range === "30d" && mean === 0) return query(RANGES[range], "");
  return tip === null ? null : query(RANGES[range], from(tip - RANGES[range]));
}

/**
 * The range of the chart's time axis. A named range ends with the series, and starts no earlier
 * than it.
 */
export function visibleRange(range: View["range"], { time }: Series): TimeRange {
  if (typeof range === "object") return range;
  const [first, last] = [time[0] ?? (0 as UnixMs), time.at(-1) ?? (0 as UnixMs)];
  return { from: Math.max(first, last - RANGES[range]) as UnixMs, to: last };
}

/** Scales a range by `factor` around a time that keeps its position. */
export function zoomed({ from, to }: TimeRange, around: UnixMs, factor: number): TimeRange {
  return {
    from: clampTime(Math.round(around - (around - from) * factor)),
    to: clampTime(Math.round(around + (to - around) * factor)),
  };
}
