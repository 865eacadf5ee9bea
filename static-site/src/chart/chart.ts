// The only file that uses uPlot's chart: it draws columns, and reports what the user points at and
// drags over.

import uPlot from "uplot";

import type { Mark } from "../difficulty";
import { percent, upToCents } from "../format";
import type { UnixMs } from "../units";
import type { TimeRange, View } from "../view";
import type { ChartColumns, Values } from "./columns";
import { drawMarks, labelAxes, labelPower, shadeProfit } from "./layers";
import { RIGHT_AXIS_LABELS, unitName } from "./shown-chart";
import { timeLabels } from "./time-labels";

/** Everything that is drawn. */
export type Picture = {
  readonly columns: ChartColumns;
  readonly marks: readonly Mark[];
  readonly visible: TimeRange;
  readonly view: Pick<View, "unit" | "scale" | "second" | "mean" | "time">;
};

/** Called when the user does something with the chart. */
export type Gestures = {
  readonly zoom: (span: TimeRange) => void;
  readonly back: () => void;
  /** The cursor moved to the point with this index, or left the chart. */
  readonly point: (at: number | null) => void;
};

export type Chart = {
  readonly draw: (picture: Picture) => void;
  /** Moves the cursor to the point with this index. */
  readonly pointAt: (at: number) => void;
  /** The canvas as it is drawn now; null before the first draw. */
  readonly canvas: () => HTMLCanvasElement | null;
};

/** Lines after the fourth are dashed too, so that they differ not only by colour. */
export const DASHES: readonly (readonly number[])[] = [[], [], [], [], [10, 4], [10, 4], [10, 4], [10, 4]];
const COLOURS: readonly string[] = ["muted", "line", "power", "profit", ...DASHES.map((_, at) => `series-${at + 1}`)];
const FONT_PX = 12; // Size of the texts at the axes and in the chart.
const DRAG_PX = 6; // A shorter drag counts as a click.

/** Creates a chart that fills `container`. */
export function makeChart(container: HTMLElement, gestures: Gestures): Chart {
  let plot: uPlot | null = null;
  let picture: Picture | null = null;
  let structure = "";

  function draw(next: Picture): void {
    picture = next;
    const now = structureKey(next);
    const data = plotData(next);
    if (plot !== null && now === structure) {
      plot.setData(data);
      return;
    }
    plot?.destroy();
    structure = now;
    plot = new uPlot(plotOptions(next), data, container);
    followTouch(plot);
  }

  function plotOptions({ columns, view }: Picture): uPlot.Options {
    const colour = themeColours(container);
    const font = getComputedStyle(container).fontFamily;
    const canvasFont = `${FONT_PX * devicePixelRatio}px ${font}`;
    const [profit, muted, powerColour] = [colour("profit"), colour("muted"), colour("power")];
    const current = () => picture as Picture; // Hooks run only while there is a picture.
    const line = (at: number, values: Partial<uPlot.Series>): uPlot.Series => ({
      stroke: colour(`series-${at + 1}`),
      width: 1.75,
      dash: [...(DASHES[at] ?? [])],
      points: { show: false },
      spanGaps: false,
      ...values,
    });
    const lines = columns.lines.map((_, at) => line(at, {}));
    const faint = view.mean === 0 ? [] : columns.lines.map((_, at) => line(at, { width: 0.75, alpha: 0.35 }));
    const power: uPlot.Series = { stroke: powerColour, width: 1.5, dash: [4, 4], points: { show: false } };
    const second: uPlot.Series = {
      scale: "second",
      stroke: colour("muted"),
      width: 1.25,
      dash: [1, 3],
      points: { show: false },
    };
    const axis = (options: uPlot.Axis): uPlot.Axis => ({
      stroke: colour("muted"),
      font: `${FONT_PX}px ${font}`,
      grid: { stroke: colour("line"), width: 1 },
      ticks: { show: false },
      ...options,
    });
    const numbers = (format: (value: number) => string) => (_: uPlot, ticks: (number | null)[]) =>
      ticks.map((tick) => (tick === null ? "" : format(tick)));
    const rightAxis = axis({
      scale: "second",
      side: 1,
      size: 70,
      grid: { show: false },
      values: numbers(view.second === "fees" ? percent : upToCents),
    });
    const timeZone = view.time === "utc" ? "UTC" : undefined;
    return {
      ...sizeOf(container),
      ms: 1,
      legend: { show: false },
      padding: [8, view.second === "none" ? 16 : 4, 0, 0],
      ...(timeZone && { tzDate: (time: number) => uPlot.tzDate(new Date(time), timeZone) }),
      cursor: {
        drag: { x: true, y: false, setScale: false, dist: DRAG_PX },
        points: { size: 7 },
        bind: {
          dblclick: () => () => {
            gestures.back();
            return null;
          },
        },
      },
      scales: {
        x: { range: () => [current().visible.from, current().visible.to] },
        y:
          view.scale === "log"
            ? {
                distr: 3,
                range: (_, least, most) => [roundToOneDigit(least, Math.floor), roundToOneDigit(most, Math.ceil)],
              }
            : {},
      },
      axes: [
        axis({
          values: (_, ticks, __, ___, step) => [...timeLabels(ticks as UnixMs[], step, timeZone)],
          space: 70,
          size: 44,
        }),
        axis({ size: 64, values: numbers(upToCents) }),
        ...(columns.second ? [rightAxis] : []),
      ],
      series: [{}, ...faint, ...lines, power, ...(columns.second ? [second] : [])],
      hooks: {
        drawClear: [
          (plot) => {
            const { columns, marks } = current();
            const lead = columns.lines[0];
            if (lead) shadeProfit(plot, lead.values, columns.power, profit);
            drawMarks(plot, marks, muted, canvasFont);
          },
        ],
        draw: [
          (plot) => {
            const { columns, view } = current();
            labelPower(plot, columns.power, powerColour, canvasFont);
            labelAxes(plot, unitName(view), RIGHT_AXIS_LABELS[view.second], muted, canvasFont);
            performance.mark("hashlake:drawn");
          },
        ],
        setCursor: [(plot) => gestures.point(plot.cursor.idx ?? null)],
        setSelect: [
          (plot) => {
            const { left, width } = plot.select;
            if (width < DRAG_PX) return;
            const time = (px: number) => Math.round(plot.posToVal(px, "x")) as UnixMs;
            plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
            gestures.zoom({ from: time(left), to: time(left + width) });
          },
        ],
      },
    };
  }

  function pointAt(at: number): void {
    const time = picture?.columns.time[at];
    if (plot === null || time === undefined) return;
    const value = picture?.columns.lines[0]?.values[at];
    plot.setCursor({
      left: plot.valToPos(time, "x"),
      top: value ? plot.valToPos(value, "y") : plot.over.clientHeight / 2,
    });
  }

  function redraw(): void {
    structure = "";
    if (picture !== null) draw(picture);
  }

  function resize(): void {
    const size = sizeOf(container);
    if (plot !== null && (plot.width !== size.width || plot.height !== size.height)) plot.setSize(size);
  }

  new ResizeObserver(resize).observe(container);
  for (const query of ["(prefers-color-scheme: dark)", "print"]) matchMedia(query).addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return { draw, pointAt, canvas: () => plot?.ctx.canvas ?? null };
}

/** Rounds down or up to a number with a single digit other than 0. */
function roundToOneDigit(value: number, round: (value: number) => number): number {
  const magnitude = 10 ** Math.floor(Math.log10(value));
  return round(value / magnitude) * magnitude;
}

/** A key of everything that can change only by creating a new plot. */
function structureKey({ columns, view }: Picture): string {
  return [columns.lines.length, view.scale, view.second, view.mean, view.time].join();
}

function plotData({ columns, view }: Picture): uPlot.AlignedData {
  const onLog = (values: Values) =>
    view.scale === "log" ? values.map((value) => (value !== null && 0 < value ? value : null)) : values;
  const { lines } = columns;
  const faint = view.mean === 0 ? [] : lines.map((line) => line.values);
  const drawn = [...faint, ...lines.map((line) => line.mean ?? line.values), columns.power].map(onLog);
  return [columns.time, ...drawn, ...(columns.second ? [columns.second] : [])] as unknown as uPlot.AlignedData;
}

function sizeOf(container: HTMLElement): { width: number; height: number } {
  return { width: container.clientWidth, height: container.clientHeight };
}

/**
 * The theme's colours by name. All are read at once, because reading a style may cause a layout.
 */
function themeColours(container: HTMLElement): (name: string) => string {
  const probes = COLOURS.map((name) => {
    const probe = document.createElement("span");
    probe.style.color = `var(--${name})`;
    return probe;
  });
  container.append(...probes);
  const found = new Map(probes.map((probe, at) => [COLOURS[at], getComputedStyle(probe).color]));
  for (const probe of probes) probe.remove();
  return (name) => found.get(name) ?? "";
}

/** Touch moves the cursor, and still scrolls the page vertically. */
function followTouch(plot: uPlot): void {
  const follow = (event: TouchEvent) => {
    const touch = event.touches[0];
    const { left, top } = plot.over.getBoundingClientRect();
    if (touch) plot.setCursor({ left: touch.clientX - left, top: touch.clientY - top });
  };
  plot.over.addEventListener("touchstart", follow, { passive: true });
  plot.over.addEventListener("touchmove", follow, { passive: true });
}
