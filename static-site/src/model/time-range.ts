// Which time range the chart shows, and which series to request for it.

import { chooseInterval, type Series } from "./series";
import { DAY_MS, HOUR_MS, type UnixMs } from "./units";
import { RANGES, type TimeRange, toIso, type View } from "./view";

// Share of the range to load beyond each end, so that lines reach the chart's edges.
const PAD = 0.05;
const FIELDS = "usd_per_ph_day,sat_per_ph_day,price_usd,height,blocks";
const CHART_FIELDS: Readonly<Record<View["chart"], readonly string[]>> = {
  revenue: [],
  hashprice: ["usd_per_ph_day_144", "sat_per_ph_day_144"],
  hashrate: ["network_hashrate_hs"],
  difficulty: ["difficulty"],
  fees: ["fees_sat"],
  blocktime: [],
};

/**
 * Path and query of the series that the view needs; null without a chart. `tip` is the time of the newest block;
 * null is returned while it is needed but not known.
 */
export function seriesPath(
  { range, mean, second, chart, embed }: Pick<View, "range" | "mean" | "second" | "chart" | "embed">,
  tip: UnixMs | null,
): string | null {
  if (embed === "tiles") return null;
  const fields = [...new Set([FIELDS, ...CHART_FIELDS[chart], ...(second === "fees" ? ["fee_share"] : [])])];
  const query = (span: number, times: string) =>
    `/series?interval=${chooseInterval(span)}&fields=${fields.join()}${times}`;
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

/** When the series starts, if that is later than the start of the named range; otherwise null. */
export function lateStart(range: View["range"], { interval, time }: Pick<Series, "interval" | "time">): UnixMs | null {
  const [first, last] = [time[0], time.at(-1)];
  if (typeof range === "object" || first === undefined || last === undefined) return null;
  const slack = interval === "day" ? DAY_MS : 2 * HOUR_MS;
  return last - RANGES[range] + slack < first ? first : null;
}

/** Whether the last point of the series is still growing: its hour or day is not over. */
export function isLastSoFar(range: View["range"], { interval, time }: Pick<Series, "interval" | "time">): boolean {
  if (interval === "block") return false;
  if (typeof range === "string") return true;
  // A later point would have been loaded if there was one.
  const loadedTo = range.to + PAD * (range.to - range.from);
  return (time.at(-1) ?? Infinity) + { hour: HOUR_MS, day: DAY_MS }[interval] < loadedTo;
}
