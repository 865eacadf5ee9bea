// What the chart draws in addition to its lines: where mining is profitable, retargets and halvings, and
// labels.

import type uPlot from "uplot";

import type { Mark } from "../difficulty";
import type { Values } from "./columns";

const MAX_LINES_PER_PX = 1 / 25;
const MAX_TICKS_PER_PX = 1 / 5;
const TICK_PX = 6;

/** Fills the area between a machine's line and the power price where the machine earns more. */
export function shadeProfit(plot: uPlot, earned: Values, power: Values, fill: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.clip(areaOf(plot, power, bbox.top));
  ctx.fillStyle = fill;
  ctx.fill(areaOf(plot, earned, bbox.top + bbox.height));
  ctx.restore();
}

/**
 * The area between a line and the horizontal `edge`, in pixels. Where the line has no value, there
 * is no area.
 */
function areaOf(plot: uPlot, values: Values, edge: number): Path2D {
  const [first, last] = plot.series[0]?.idxs ?? [0, -1];
  const path = new Path2D();
  // Position of the previous point; NaN if it has no value, so that no line is drawn from it.
  let x = NaN;
  for (let at = first; at <= last; at++) {
    const [time, value] = [plot.data[0][at], values[at] ?? null];
    if (time !== undefined && value !== null) {
      const isFirst = Number.isNaN(x);
      x = plot.valToPos(time, "x", true);
      if (isFirst) path.moveTo(x, edge);
      path.lineTo(x, plot.valToPos(value, "y", true));
    } else {
      path.lineTo(x, edge);
      x = NaN;
    }
  }
  path.lineTo(x, edge);
  return path;
}

/**
 * Draws a line at each halving, and at each retarget a line, a tick where lines would be too close,
 * or nothing where ticks would be too close too.
 */
export function drawMarks(plot: uPlot, marks: readonly Mark[], colour: string, font: string): void {
  const { ctx, bbox, scales } = plot;
  const [from, to] = [scales.x?.min ?? 0, scales.x?.max ?? 0];
  const visible = marks.filter((mark) => from <= mark.time && mark.time <= to);
  const bottom = bbox.top + bbox.height;
  const perPx = (visible.length / bbox.width) * devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.font = font;
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  ctx.lineWidth = devicePixelRatio;
  for (const { kind, height, time } of visible) {
    if (kind === "retarget" && MAX_TICKS_PER_PX < perPx) continue;
    // Whole pixels make the line sharp.
    const x = Math.round(plot.valToPos(time, "x", true)) + (ctx.lineWidth % 2) / 2;
    const isTick = kind === "retarget" && MAX_LINES_PER_PX < perPx;
    ctx.setLineDash(kind === "halving" || isTick ? [] : [2 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, isTick ? bottom - TICK_PX * devicePixelRatio : bbox.top);
    ctx.lineTo(x, bottom);
    ctx.stroke();
    if (kind === "halving")
      ctx.fillText(`halving at ${height.toLocaleString()}`, x + 4 * devicePixelRatio, bottom - 16 * devicePixelRatio);
  }
  ctx.restore();
}

/** Labels the line of the power price at its start. */
export function labelPower(plot: uPlot, power: Values, colour: string, font: string): void {
  const { ctx, bbox } = plot;
  const value = power[plot.series[0]?.idxs?.[0] ?? 0] ?? null;
  const y = value === null ? NaN : plot.valToPos(value, "y", true);
  if (!(bbox.top <= y && y <= bbox.top + bbox.height)) return;
  ctx.save();
  ctx.fillStyle = colour;
  ctx.font = font;
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  ctx.fillText("power price", bbox.left + 6 * devicePixelRatio, y - 2 * devicePixelRatio);
  ctx.restore();
}

/** Labels both axes at their upper ends. */
export function labelAxes(plot: uPlot, left: string, right: string, colour: string, font: string): void {
  const { ctx, bbox } = plot;
  const [gap, top] = [6 * devicePixelRatio, bbox.top + 2 * devicePixelRatio];
  ctx.save();
  ctx.fillStyle = colour;
  ctx.font = font;
  ctx.textBaseline = "top";
  ctx.textAlign = "left";
  ctx.fillText(left, bbox.left + gap, top);
  ctx.textAlign = "right";
  ctx.fillText(right, bbox.left + bbox.width - gap, top);
  ctx.restore();
}
