// What the chart shows, and its values as text.

import {
  cents,
  day,
  minute,
  orDash,
  percent,
  signedCents,
  signedWhole,
  tenths,
  thousandths,
  whole,
  zoneName,
} from "../lib/format";
import { assignColours, type Colours } from "../model/colours";
import type { Gap, Series } from "../model/series";
import { isLastSoFar } from "../model/time-range";
import type { UnixMs } from "../model/units";
import type { TimeRange, View } from "../model/view";
import { INTERVAL_NAMES, RIGHT_AXIS_NAMES, SO_FAR, UNITS } from "../words/chart";
import { compact } from "./axes";
import { type ChartColumns, type Line, type Profitability, profitability } from "./columns";

export type ShownChart = {
  readonly view: View;
  readonly columns: ChartColumns;
  readonly visible: TimeRange;
  readonly colours: Colours;
  /** Indices of the visible points, in order. */
  readonly points: readonly number[];
  /** Within the visible range. */
  readonly gaps: readonly Gap[];
  /** Whether the last point's hour or day is not over. */
  readonly isLastSoFar: boolean;
  /**
   * Profitability of each line over the visible range; null for lines that are no revenue. Computed once, because
   * every move of the cursor reads it.
   */
  readonly profits: readonly (Profitability | null)[];
};

export function shownChart(
  view: View,
  columns: ChartColumns,
  visible: TimeRange,
  gaps: readonly Gap[],
  series: Series,
): ShownChart {
  const isRevenue = columns.power !== null;
  return {
    view,
    columns,
    visible,
    colours: isRevenue
      ? view.colours
      : assignColours(
          new Map(),
          columns.lines.map(({ id }) => id),
        ),
    points: visiblePoints(columns, visible),
    gaps: gaps.filter(({ from, to }) => visible.from < to && from < visible.to),
    isLastSoFar: isLastSoFar(view.range, series),
    profits: columns.lines.map((line) => (isRevenue ? profitability(columns, line, visible) : null)),
  };
}

/** Indices of the points in the range, with both of its ends. */
export function visiblePoints(columns: Pick<ChartColumns, "time" | "height">, range: TimeRange): number[] {
  return pointsAndGaps(columns, range).filter((at) => columns.height[at] !== null);
}

/** The same with gaps, for a file: a gap is a row with 0 blocks and without values. */
export function pointsAndGaps({ time }: Pick<ChartColumns, "time">, { from, to }: TimeRange): number[] {
  return time.flatMap((ms, at) => (from <= ms && ms <= to ? [at] : []));
}

/** The unit of the left axis. */
export function unitName({ chart, unit }: Pick<View, "chart" | "unit">): string {
  return UNITS[chart][unit];
}

export function rightAxisName(view: Pick<View, "chart" | "second">): string {
  return RIGHT_AXIS_NAMES[view.second];
}

/** The value of a line at a point: of its moving average, if it has one. */
export function valueText(line: Line, at: number, view: Pick<View, "unit" | "chart">): string {
  return orDash((line.mean ?? line.values)[at], (value) => numberText(value, view));
}

/** A value of the left axis. */
export function numberText(value: number, { unit, chart }: Pick<View, "unit" | "chart">): string {
  const money = unit === "usd" ? cents : whole;
  const texts = {
    revenue: money,
    hashprice: money,
    hashrate: (value: number) => withUnit(compact(value), { chart }),
    difficulty: compact,
    fees: thousandths,
    blocktime: tenths,
  };
  return texts[chart](value);
}

/** Hash rates are read with their unit: 1,052 EH/s, or 900 H/s. */
export function withUnit(text: string, { chart }: Pick<View, "chart">): string {
  if (chart !== "hashrate") return text;
  return /\p{L}$/u.test(text) ? `${text}H/s` : `${text}\u00a0H/s`;
}

export function marginText(margin: number, { unit }: Pick<View, "unit">): string {
  return (unit === "usd" ? signedCents : signedWhole)(margin);
}

/** The value on the right axis at a point. */
export function rightAxisText(
  { view, columns }: { readonly view: Pick<View, "unit" | "chart" | "second">; readonly columns: ChartColumns },
  at: number,
): string {
  const texts = {
    none: () => "",
    fees: percent,
    price: (usd: number) => `${whole(usd)} USD`,
    hashprice: (value: number) => (view.unit === "usd" ? `${cents(value)} USD/PH/day` : `${whole(value)} sat/PH/day`),
  };
  return orDash(columns.second?.[at], texts[view.second]);
}

/** The time of a point with the name of its zone: of a block, or of the hour or day that starts then. */
export function timeText({ view, columns, points, isLastSoFar }: ShownChart, at: number): string {
  const { interval, time } = columns;
  return orDash(time[at], (time: UnixMs) => {
    // Days are those of UTC on either clock.
    const name =
      interval === "day"
        ? `${day(time, "utc")}${view.time === "utc" ? "" : " (UTC)"}`
        : `${minute(time, view.time)} ${zoneName(time, view.time)}`;
    return `${INTERVAL_NAMES[interval]}${name}${isLastSoFar && at === points.at(-1) ? SO_FAR : ""}`;
  });
}
