// The next difficulty, in the chart of difficulty.

import type uPlot from "uplot";

import type { DifficultyJson } from "../model/api-types";
import type { UnixMs } from "../model/units";
import type { View } from "../model/view";
import type { Ink, Layer } from "./layers";

/** The next difficulty: expected, and the ends of the interval that it is in two times of three. */
export type Forecast = {
  /** Time of the newest block, and its difficulty. */
  readonly from: UnixMs;
  readonly difficulty: number;
  readonly to: UnixMs;
  readonly low: number;
  readonly expected: number;
  readonly high: number;
};

/** Null where the API has no forecast, or one whose time is not after the newest block. */
export function forecastOf({ block, difficulty, retarget }: DifficultyJson): Forecast | null {
  const { time = null, change = null, change_low = null, change_high = null } = retarget ?? {};
  if (time === null || change === null || change_low === null || change_high === null) return null;
  const [from, to] = [Date.parse(block.time) as UnixMs, Date.parse(time) as UnixMs];
  const after = (change: number) => difficulty * (1 + change);
  return from < to
    ? { from, difficulty, to, low: after(change_low), expected: after(change), high: after(change_high) }
    : null;
}

/** The forecast as a part of the chart of difficulty; null in other charts, and where the range ends earlier. */
export function forecastLayer(json: DifficultyJson, { chart, range }: Pick<View, "chart" | "range">): Layer | null {
  const forecast = chart === "difficulty" && typeof range === "string" ? forecastOf(json) : null;
  return forecast && { ...forecast, draw: (plot, ink) => drawForecast(plot, forecast, ink) };
}

/** Draws where the next difficulty is expected: a dotted line within its interval. */
function drawForecast(plot: uPlot, forecast: Forecast, { muted, profit, px }: Ink): void {
  const { ctx } = plot;
  const [x, end] = [plot.valToPos(forecast.from, "x", true), plot.valToPos(forecast.to, "x", true)];
  const y = (difficulty: number) => plot.valToPos(difficulty, "y", true);
  ctx.save();
  ctx.beginPath();
  ctx.moveTo(x, y(forecast.difficulty));
  ctx.lineTo(end, y(forecast.low));
  ctx.lineTo(end, y(forecast.high));
  ctx.fillStyle = profit;
  ctx.fill();
  ctx.beginPath();
  ctx.moveTo(x, y(forecast.difficulty));
  ctx.lineTo(end, y(forecast.expected));
  ctx.strokeStyle = muted;
  ctx.lineWidth = 1.5 * px;
  ctx.setLineDash([2 * px, 3 * px]);
  ctx.stroke();
  ctx.restore();
}
