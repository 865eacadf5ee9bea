// What each key does in the chart.

import type { TimeRange } from "../model/view";
import { zoomed } from "./range-moves";
import type { ShownChart } from "./shown-chart";

const LONG_STEP = 10; // Points that the cursor moves by with Shift, or Page Up and Page Down.

/** `point` is the index of the point that the cursor moves to. */
export type Move = { readonly point: number | undefined } | { readonly zoom: TimeRange } | "undo zoom";

/** What a key of `CHART_KEYS` does while the cursor is at a point, or nowhere. */
export function moveOf(
  key: string,
  isLong: boolean,
  { points, columns, visible }: ShownChart,
  at: number | null,
): Move {
  const last = points.length - 1;
  const place = at === null ? last : points.indexOf(at);
  const step = isLong ? LONG_STEP : 1;
  const around = columns.time[points[place] ?? 0] ?? visible.to;
  if (key === "Escape") return "undo zoom";
  if (key === "+" || key === "=") return { zoom: zoomed(visible, around, 0.5) };
  if (key === "-") return { zoom: zoomed(visible, around, 2) };
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: place - step,
    ArrowDown: place - step,
    ArrowRight: place + step,
    ArrowUp: place + step,
    PageDown: place - LONG_STEP,
    PageUp: place + LONG_STEP,
    Home: 0,
    End: last,
  };
  return { point: points[Math.min(Math.max(moves[key] ?? place, 0), last)] };
}
