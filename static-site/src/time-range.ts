// Which stretch of time is shown, and what to ask the API for to show it.

import { chooseInterval, type Series } from "./series";
import { DAY_MS, type UnixMs } from "./units";
import { clampTime, RANGES, type TimeRange, toIso, type View } from "./view";

const PAD = 0.05; // Of the span, on both sides: lines go on to the chart's edges.
const FIELDS = "usd_per_ph_day,sat_per_ph_day,price_usd,height,blocks";

/**
 * The path and query of the series that the view needs, where the newest block is of the time `tip`.
 * Null while that is not known but must be.
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
  if (range === "30d" && mean === 0) return query(RANGES[range], ""); // As the API has it: no need to wait for the tip.
  return tip === null ? null : query(RANGES[range], from(tip - RANGES[range]));
}

/** What the chart's time axis reaches over: a named range ends with the series, and begins with it where the lake has no more. */
export function visibleRange(range: View["range"], { time }: Series): TimeRange {
  if (typeof range === "object") return range;
  const [first, last] = [time[0] ?? (0 as UnixMs), time.at(-1) ?? (0 as UnixMs)];
  return { from: Math.max(first, last - RANGES[range]) as UnixMs, to: last };
}

/** A part of a span, `factor` times as long, around a time that keeps its place. */
export function zoomed({ from, to }: TimeRange, around: UnixMs, factor: number): TimeRange {
  return {
    from: clampTime(Math.round(around - (around - from) * factor)),
    to: clampTime(Math.round(around + (to - around) * factor)),
  };
}
