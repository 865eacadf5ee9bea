// What the chart shows, and its values as text.

import { cents, clockName, minute, orDash, percent, signedCents, signedWhole, whole } from "../format";
import type { UnixMs } from "../units";
import type { TimeRange, View } from "../view";
import { type ChartColumns, type MachineLine, type Profitability, profitability } from "./columns";

export type ShownChart = {
  readonly view: View;
  readonly columns: ChartColumns;
  readonly visible: TimeRange;
  /**
   * Profitability of each line over the visible range. Computed once, because every move of the
   * cursor reads it.
   */
  readonly profits: readonly (Profitability | null)[];
};

export function shownChart(view: View, columns: ChartColumns, visible: TimeRange): ShownChart {
  return {
    view,
    columns,
    visible,
    profits: columns.lines.map((line) => profitability(columns, line, visible.from, visible.to)),
  };
}

export const RIGHT_AXIS_LABELS = { none: "", hashprice: "Hashprice", price: "BTC price", fees: "Fee share" } as const;

/** Indices of the visible points, in order. */
export function visiblePoints({ columns, visible }: Pick<ShownChart, "columns" | "visible">): readonly number[] {
  return columns.time.flatMap((time, at) =>
    visible.from <= time && time <= visible.to && columns.height[at] !== null ? [at] : [],
  );
}

/** The unit of the left axis. */
export function unitName({ unit }: Pick<View, "unit">): string {
  return unit === "usd" ? "USD/MWh" : "sat/MWh";
}

/** The value of a line at a point: of its moving average, if it has one. */
export function valueText(line: MachineLine, at: number, { unit }: Pick<View, "unit">): string {
  return orDash((line.mean ?? line.values)[at], unit === "usd" ? cents : whole);
}

export function marginText(margin: number, { unit }: Pick<View, "unit">): string {
  return (unit === "usd" ? signedCents : signedWhole)(margin);
}

/** The value on the right axis at a point. */
export function rightAxisText({ view, columns }: ShownChart, at: number): string {
  const texts = {
    none: () => "",
    fees: percent,
    price: (usd: number) => `${whole(usd)} USD`,
    hashprice: (value: number) => (view.unit === "usd" ? `${cents(value)} USD/PH/day` : `${whole(value)} sat/PH/day`),
  };
  return orDash(columns.second?.[at], texts[view.second]);
}

/** The time of a point, with the name of the clock. */
export function timeText({ view, columns }: ShownChart, at: number): string {
  return orDash(columns.time[at], (time: UnixMs) => `${minute(time, view.time)} ${clockName(view.time)}`);
}
