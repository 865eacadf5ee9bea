// What the chart draws in addition to its lines: where mining is profitable and where data are missing, difficulty
// adjustments and halvings, and labels.

import type uPlot from "uplot";

import type { Mark } from "../model/difficulty";
import type { Gap } from "../model/series";
import { DAY_MS, type UnixMs } from "../model/units";
import { gapName, halvingName, NO_DATA, POWER_LINE, shortHalvingName } from "../words/chart";
import type { Values } from "./columns";
import { nameBox, placeFlags } from "./label-places";

const MAX_SPAN_OF_LINES_MS = 91 * DAY_MS; // Adjustments are ticks in longer ranges.
const MAX_TICKS_PER_PX = 1 / 5;
const TICK_PX = 6;
const HATCH_PX = 7; // Distance of the lines that fill a gap.
const FLAG_ROWS = 2;
const ROW_PX = 16;
const LABEL_PLACES = 12; // Places along the line of the power price that its label may have.

/** How layers are drawn: colours, the font of labels, and canvas pixels in a CSS pixel. */
export type Ink = {
  readonly muted: string;
  readonly power: string;
  readonly profit: string;
  readonly surface: string;
  readonly font: string;
  readonly px: number;
};

/** Something that a chart has besides its columns: up to a time, and between two values. */
export type Layer = {
  readonly to: UnixMs;
  readonly low: number;
  readonly high: number;
  readonly draw: (plot: uPlot, ink: Ink) => void;
};

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

/** Hatches the times whose blocks are missing. */
export function hatchGaps(plot: uPlot, gaps: readonly Gap[], { muted, px }: Ink): void {
  if (gaps.length === 0) return;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  for (const { left, width } of gaps.flatMap((gap) => visiblePart(plot, gap) ?? []))
    ctx.rect(left, bbox.top, width, bbox.height);
  ctx.clip();
  ctx.beginPath();
  for (let x = bbox.left - bbox.height; x < bbox.left + bbox.width; x += HATCH_PX * px) {
    ctx.moveTo(x, bbox.top + bbox.height);
    ctx.lineTo(x + bbox.height, bbox.top);
  }
  ctx.strokeStyle = muted;
  ctx.globalAlpha = 0.35;
  ctx.lineWidth = px;
  ctx.stroke();
  ctx.restore();
}

function visiblePart({ scales, valToPos }: uPlot, { from, to }: Gap): { left: number; width: number } | null {
  const [start, end] = [Math.max(from, scales.x?.min ?? from), Math.min(to, scales.x?.max ?? to)];
  if (end <= start) return null;
  const left = valToPos(start, "x", true);
  return { left, width: valToPos(end, "x", true) - left };
}

/**
 * Draws a line at each halving, and at each adjustment a dotted line, a tick in a long range, or
 * nothing where ticks would be too close.
 */
export function drawMarks(plot: uPlot, marks: readonly Mark[], { muted, px }: Ink): void {
  const { ctx, bbox } = plot;
  const visible = visibleMarks(plot, marks);
  const bottom = bbox.top + bbox.height;
  const isLong = MAX_SPAN_OF_LINES_MS < (plot.scales.x?.max ?? 0) - (plot.scales.x?.min ?? 0);
  const areTooClose = MAX_TICKS_PER_PX < (visible.length / bbox.width) * px;
  ctx.save();
  ctx.strokeStyle = muted;
  ctx.lineWidth = px;
  for (const { kind, time } of visible) {
    const isTick = kind === "retarget" && isLong;
    if (isTick && areTooClose) continue;
    // Whole pixels make the line sharp.
    const x = Math.round(plot.valToPos(time, "x", true)) + (ctx.lineWidth % 2) / 2;
    ctx.setLineDash(kind === "halving" || isTick ? [] : [2 * px, 4 * px]);
    ctx.beginPath();
    ctx.moveTo(x, isTick ? bottom - TICK_PX * px : bbox.top);
    ctx.lineTo(x, bottom);
    ctx.stroke();
  }
  ctx.restore();
}

function visibleMarks({ scales }: uPlot, marks: readonly Mark[]): readonly Mark[] {
  const [from, to] = [scales.x?.min ?? 0, scales.x?.max ?? 0];
  return marks.filter((mark) => from <= mark.time && mark.time <= to);
}

/** Names the halvings and the gaps, above their lower ends. */
export function labelMarks(plot: uPlot, marks: readonly Mark[], gaps: readonly Gap[], ink: Ink): void {
  const { ctx, bbox } = plot;
  const { px } = ink;
  const write = writer(ctx, ink);
  const halvings = visibleMarks(plot, marks).filter(({ kind }) => kind === "halving");
  const placed = (nameOf: (height: number, at: number) => string) => {
    const names = halvings.map(({ height }, at) => nameOf(height, at));
    const flags = names.map((name, at) => ({
      x: plot.valToPos(halvings[at]?.time ?? NaN, "x", true),
      width: ctx.measureText(name).width,
    }));
    const places = placeFlags(flags, bbox.left + bbox.width, 4 * px, FLAG_ROWS);
    return { names, places };
  };
  const whole = placed(halvingName);
  const { names, places } = whole.places.includes(null) ? placed(shortHalvingName) : whole;
  const bottom = bbox.top + bbox.height - (TICK_PX + 2) * px;
  places.forEach((place, at) => {
    if (place !== null) write(names[at] ?? "", place.left, bottom - place.row * ROW_PX * px, ink.muted);
  });
  for (const gap of gaps) {
    const part = visiblePart(plot, gap);
    if (part === null) continue;
    const width = (name: string) => ctx.measureText(name).width;
    const name = [gapName(gap.blocks), NO_DATA].find((name) => width(name) + 8 * px < part.width);
    if (name !== undefined)
      write(name, part.left + (part.width - width(name)) / 2, bbox.top + bbox.height / 2, ink.muted);
  }
  ctx.restore();
}

/** Labels the line of the power price, beside the lines of the machines if that is possible. */
export function labelPower(plot: uPlot, power: Values, lines: readonly Values[], ink: Ink): void {
  const { ctx, bbox } = plot;
  const { px } = ink;
  const write = writer(ctx, ink);
  const [width, height, gap] = [ctx.measureText(POWER_LINE).width, 14 * px, 3 * px];
  const [first, last] = plot.series[0]?.idxs ?? [0, -1];
  const time = plot.data[0] as readonly number[];
  const places = Array.from({ length: LABEL_PLACES }, (_, place) => {
    const left = bbox.left + 6 * px + (place / LABEL_PLACES) * (bbox.width - width);
    const at = Math.min(first + Math.round((place / LABEL_PLACES) * (last - first)), last);
    const y = plot.valToPos(power[at] ?? NaN, "y", true);
    return [y - gap, y + gap + height].map((bottom) => ({ left, bottom }));
  }).flat();
  const inside = places.filter(({ bottom }) => bbox.top + 2 * height <= bottom && bottom <= bbox.top + bbox.height);
  const boxes = inside.map(({ left, bottom }) => ({
    left,
    bottom,
    from: plot.posToVal(left, "x", true),
    to: plot.posToVal(left + width, "x", true),
    low: plot.posToVal(bottom + 1, "y", true),
    high: plot.posToVal(bottom - height, "y", true),
  }));
  const chosen = nameBox(boxes, time, power, lines);
  if (chosen !== null) write(POWER_LINE, chosen.left, chosen.bottom, ink.power);
  ctx.restore();
}

/** Labels both axes at their upper ends. */
export function labelAxes(plot: uPlot, left: string, right: string, ink: Ink): void {
  const { ctx, bbox } = plot;
  const [gap, bottom] = [6 * ink.px, bbox.top + 16 * ink.px];
  const write = writer(ctx, ink);
  write(left, bbox.left + gap, bottom, ink.muted);
  write(right, bbox.left + bbox.width - gap - ctx.measureText(right).width, bottom, ink.muted);
  ctx.restore();
}

/**
 * Saves the context, and returns a function that writes a text with a halo that keeps it readable over lines. The
 * caller restores the context.
 */
function writer(ctx: CanvasRenderingContext2D, { font, surface, px }: Ink) {
  ctx.save();
  ctx.font = font;
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  ctx.lineJoin = "round";
  return (words: string, left: number, bottom: number, colour: string) => {
    ctx.strokeStyle = surface;
    ctx.lineWidth = 4 * px;
    ctx.strokeText(words, left, bottom);
    ctx.fillStyle = colour;
    ctx.fillText(words, left, bottom);
  };
}
