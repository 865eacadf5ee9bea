// What the chart draws below its lines: where mining pays, and when difficulty and subsidy changed.

import type uPlot from "uplot";

import type { Mark } from "../difficulty";
import type { Values } from "./columns";

const MOST_LINES_PER_PX = 1 / 25;
const MOST_TICKS_PER_PX = 1 / 5;
const TICK_PX = 6;

/** Fills the area between a machine's line and the power price, where the machine earns more. */
export function shadeProfit(plot: uPlot, earned: Values, power: Values, fill: string): void {
  const { ctx, bbox, data } = plot;
  const [first, last] = plot.series[0]?.idxs ?? [0, -1];
  const path = new Path2D();
  const line: [number, number][] = []; // Of the area that is being outlined: the machine's side, and the power price's.
  const floor: [number, number][] = [];
  const close = () => {
    [...line, ...floor.toReversed()].forEach(([x, y], at) => (at === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
    line.length = floor.length = 0;
  };
  let before: Point | null = null;
  for (let at = first; at <= last; at++) {
    const [time, top, bottom] = [data[0][at], earned[at] ?? null, power[at] ?? null];
    const point: Point | null = time === undefined || top === null || bottom === null ? null : pointAt(plot, time, top, bottom);
    if (point !== null && before !== null && point.pays !== before.pays) {
      const crossing = crossingOf(before, point);
      line.push(crossing);
      floor.push(crossing);
    }
    if (point?.pays === true) {
      line.push([point.x, point.top]);
      floor.push([point.x, point.bottom]);
    } else close();
    before = point;
  }
  close();
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = fill;
  ctx.fill(path);
  ctx.restore();
}

/** Where a machine's line and the power price are, in pixels. */
type Point = { readonly x: number; readonly top: number; readonly bottom: number; readonly pays: boolean };

function pointAt(plot: uPlot, time: number, earned: number, power: number): Point {
  const y = (value: number) => plot.valToPos(value, "y", true);
  return { x: plot.valToPos(time, "x", true), top: y(earned), bottom: y(power), pays: power < earned };
}

/** Where two lines cross between points, of which one pays and the other does not. */
function crossingOf(a: Point, b: Point): [number, number] {
  const [above, below] = [a.bottom - a.top, b.bottom - b.top];
  const part = above === below ? 0 : above / (above - below);
  return [a.x + part * (b.x - a.x), a.top + part * (b.top - a.top)];
}

/** Draws a line at each halving; and at each retarget, or a tick for it where lines would be too close. */
export function drawMarks(plot: uPlot, marks: readonly Mark[], colour: string, font: string): void {
  const { ctx, bbox, scales } = plot;
  const [from, to] = [scales["x"]?.min ?? 0, scales["x"]?.max ?? 0];
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
    if (kind === "retarget" && MOST_TICKS_PER_PX < perPx) continue;
    const x = Math.round(plot.valToPos(time, "x", true)) + (ctx.lineWidth % 2) / 2; // Sharp: on whole pixels.
    const isTick = kind === "retarget" && MOST_LINES_PER_PX < perPx;
    ctx.setLineDash(kind === "halving" || isTick ? [] : [2 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, isTick ? bottom - TICK_PX * devicePixelRatio : bbox.top);
    ctx.lineTo(x, bottom);
    ctx.stroke();
    if (kind === "halving") ctx.fillText(`halving at ${height.toLocaleString()}`, x + 4 * devicePixelRatio, bottom - 16 * devicePixelRatio);
  }
  ctx.restore();
}

/** Writes what the dashed line is, at its beginning. */
export function namePower(plot: uPlot, power: Values, colour: string, font: string): void {
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

/** Writes what the axes are of at their upper ends. */
export function drawNames(plot: uPlot, left: string, right: string, colour: string, font: string): void {
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
