// The only file that uses uPlot's chart: it draws columns, and reports what the user points at and
// drags over.

import uPlot from "uplot";

import type { Colours } from "../model/colours";
import type { Mark } from "../model/difficulty";
import type { Gap } from "../model/series";
import type { UnixMs } from "../model/units";
import type { TimeRange, View } from "../model/view";
import { linearLabels, logLabels, logPercentLabels, logRange, logTicks, percentLabels, spansWidely } from "./axes";
import type { ChartColumns, Values } from "./columns";
import { indexAfter } from "./label-places";
import { drawMarks, hatchGaps, type Ink, type Layer, labelAxes, labelMarks, labelPower, shadeProfit } from "./layers";
import { rightAxisName, unitName, withUnit } from "./shown-chart";
import { lonelyPoints, type Stroke, strokesOf } from "./strokes";
import { timeLabels } from "./time-labels";

/** Everything that is drawn. */
export type Picture = {
  readonly columns: ChartColumns;
  readonly marks: readonly Mark[];
  readonly gaps: readonly Gap[];
  /** Of the chart of difficulty. */
  readonly forecast: Layer | null;
  readonly visible: TimeRange;
  readonly colours: Colours;
  readonly view: Pick<View, "unit" | "scale" | "second" | "mean" | "time" | "chart">;
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
  /** The part of the page between its axes; null before the first draw. */
  readonly area: () => HTMLElement | null;
  /** The time at a distance from the left axis. */
  readonly timeAt: (px: number) => number;
  /** Shows another range until the next draw. */
  readonly preview: (range: TimeRange) => void;
  /** Calls `use` with a canvas of what is drawn now, at `scale` canvas pixels in a CSS pixel. */
  readonly withCanvas: (scale: number, use: (canvas: HTMLCanvasElement) => void) => void;
};

const FONT_PX = 12; // Size of the texts at the axes and in the chart.
const DRAG_PX = 6; // A shorter drag counts as a click.
const LABEL_GAP_PX = 14; // Between an axis's longest label and its ends.

/** What a plot is made for: a change needs a new plot. */
type Plan = {
  readonly strokes: readonly Stroke[];
  /** Whether the left and the right axis are logarithmic. */
  readonly isLog: { readonly y: boolean; readonly second: boolean };
  readonly key: string;
};

/** Creates a chart that fills `container`. */
export function makeChart(container: HTMLElement, gestures: Gestures): Chart {
  const forced = matchMedia("(forced-colors: active)");
  let plot: uPlot | null = null;
  let picture: Picture | null = null;
  let previewed: TimeRange | null = null;
  let key = "";

  function draw(next: Picture): void {
    picture = next;
    previewed = null;
    const plan = planOf(next, forced.matches);
    if (plot !== null && plan.key === key) {
      plot.setData(plotData(next, plan));
      return;
    }
    plot?.destroy();
    key = plan.key;
    const current = () => ({ ...(picture ?? next), ...(previewed && { visible: previewed }) });
    plot = new uPlot(plotOptions(container, plan, current, gestures, 1), plotData(next, plan), container);
    followTouch(plot);
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
    key = "";
    if (picture !== null) draw(picture);
  }

  function resize(): void {
    const { width, height } = sizeOf(container);
    if (plot !== null && 0 < width && (plot.width !== width || plot.height !== height)) plot.setSize({ width, height });
  }

  function preview(range: TimeRange): void {
    previewed = range;
    plot?.setScale("x", { min: range.from, max: range.to });
  }

  function withCanvas(scale: number, use: (canvas: HTMLCanvasElement) => void): void {
    if (picture === null) return;
    const [now, plan] = [picture, planOf(picture, forced.matches)];
    const options = plotOptions(container, plan, () => now, null, Math.max(1, scale / devicePixelRatio));
    new uPlot(options, plotData(now, plan), (copy, start) => {
      start();
      // uPlot draws in a microtask too.
      queueMicrotask(() => {
        use(copy.ctx.canvas);
        copy.destroy();
      });
    });
  }

  new ResizeObserver(resize).observe(container);
  for (const query of [forced, matchMedia("(prefers-color-scheme: dark)"), matchMedia("print")])
    query.addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return {
    draw,
    pointAt,
    area: () => plot?.over ?? null,
    timeAt: (px) => plot?.posToVal(px, "x") ?? NaN,
    preview,
    withCanvas,
  };
}

function planOf({ columns, visible, view, colours }: Picture, isForced: boolean): Plan {
  const strokes = strokesOf(columns, view, colours, visible.from, isForced);
  const [first, last] = [indexAfter(columns.time, visible.from - 1), indexAfter(columns.time, visible.to) - 1];
  const isLog = (lines: readonly Values[]) =>
    view.scale === "auto" ? spansWidely(lines, first, last) : view.scale === "log";
  const plan = {
    strokes,
    isLog: {
      y: isLog(columns.lines.map(({ values }) => values)),
      second: isLog(columns.second ? [columns.second] : []),
    },
  };
  const looks = strokes.map(({ values, ...look }) => look);
  return { ...plan, key: JSON.stringify([looks, plan.isLog, view.time, view.chart, view.second]) };
}

/** Options of a plot that draws what `current` returns; everything is `zoom` times as large. */
function plotOptions(
  container: HTMLElement,
  { strokes, isLog }: Plan,
  current: () => Picture,
  gestures: Gestures | null,
  zoom: number,
): uPlot.Options {
  const { view, columns } = current();
  const colour = themeColours(container, [
    "muted",
    "line",
    "power",
    "profit",
    "surface",
    ...strokes.map((s) => s.colour),
  ]);
  const font = getComputedStyle(container).fontFamily;
  const px = zoom * devicePixelRatio;
  const ink: Ink = {
    muted: colour("muted"),
    power: colour("power"),
    profit: colour("profit"),
    surface: colour("surface"),
    font: `${FONT_PX * px}px ${font}`,
    px,
  };
  const { width, height } = sizeOf(container);
  const timeZone = view.time === "utc" ? "UTC" : undefined;
  const axis = (options: uPlot.Axis): uPlot.Axis => ({
    stroke: ink.muted,
    font: `${FONT_PX * zoom}px ${font}`,
    gap: 5 * zoom,
    grid: { stroke: colour("line"), width: zoom },
    ticks: { show: false },
    ...options,
  });
  const valueAxis = (scale: "y" | "second", labels: (ticks: readonly number[]) => readonly string[]): uPlot.Axis =>
    axis({
      scale,
      space: 30 * zoom,
      size: (plot, texts) => axisSize(plot, texts, ink.font) / devicePixelRatio + LABEL_GAP_PX * zoom,
      values: (_, ticks) => labels(ticks).map((label) => (scale === "y" ? withUnit(label, view) : label)),
      ...(isLog[scale] && {
        splits: (plot, _, low, high) => [...logTicks(low, high, plot.bbox.height / px / 22)],
        filter: (_, ticks) => ticks,
      }),
    });
  const labelsOf = (scale: "y" | "second") => {
    const isShare = scale === "second" && view.second === "fees";
    if (isLog[scale]) return isShare ? logPercentLabels : logLabels;
    return isShare ? percentLabels : linearLabels;
  };
  const logScale: uPlot.Scale = { distr: 3, range: (_, least, most) => logRange(least, most) };
  /** As uPlot's own range, but with the forecast inside. */
  const linearScale: uPlot.Scale = {
    range: (_, least, most) => {
      const { forecast } = current();
      const [low, high] = [
        Math.min(least ?? 0, forecast?.low ?? Infinity),
        Math.max(most ?? 0, forecast?.high ?? -Infinity),
      ];
      return least === null ? [least, most] : uPlot.rangeNum(low, high, 0.1, true);
    },
  };
  return {
    width: width * zoom,
    height: height * zoom,
    ms: 1,
    legend: { show: false },
    padding: [8 * zoom, columns.second === null ? 30 * zoom : 0, 0, 0],
    ...(timeZone && { tzDate: (time: number) => uPlot.tzDate(new Date(time), timeZone) }),
    cursor: {
      drag: { x: true, y: false, setScale: false, dist: DRAG_PX },
      points: { size: 7 },
      bind: {
        dblclick: () => () => {
          gestures?.back();
          return null;
        },
      },
    },
    scales: {
      x: { range: () => [current().visible.from, current().visible.to] },
      y: isLog.y ? logScale : linearScale,
      ...(columns.second && { second: isLog.second ? logScale : {} }),
    },
    axes: [
      axis({
        values: (_, ticks, __, ___, step) => [...timeLabels(ticks as UnixMs[], step, timeZone)],
        space: 70 * zoom,
        size: 44 * zoom,
      }),
      valueAxis("y", labelsOf("y")),
      ...(columns.second
        ? [{ ...valueAxis("second", labelsOf("second")), side: 1, grid: { show: false } } as const]
        : []),
    ],
    series: [
      {},
      ...strokes.map(
        (stroke): uPlot.Series => ({
          scale: stroke.scale,
          stroke: colour(stroke.colour),
          width: stroke.width * zoom,
          alpha: stroke.alpha,
          dash: stroke.dash.map((length) => length * zoom),
          spanGaps: false,
          points: {
            show: false,
            size: 5 * zoom,
            fill: colour(stroke.colour),
            filter: (plot, series) => {
              const [first, last] = plot.series[0]?.idxs ?? [0, -1];
              const lonely = stroke.hasDots ? lonelyPoints(plot.data[series] as Values, first, last) : [];
              return lonely.length === 0 ? null : lonely;
            },
          },
        }),
      ),
    ],
    hooks: {
      drawClear: [
        (plot) => {
          const { columns, marks, gaps, forecast } = current();
          const lead = columns.lines[0];
          hatchGaps(plot, gaps, ink);
          if (lead && columns.power) shadeProfit(plot, soldValues(lead, columns.time), columns.power, ink.profit);
          drawMarks(plot, marks, ink);
          forecast?.draw(plot, ink);
        },
      ],
      draw: [
        (plot) => {
          const { columns, view, marks, gaps } = current();
          labelMarks(plot, marks, gaps, ink);
          if (columns.power) {
            const lines = columns.lines.map((line) => line.mean ?? line.values);
            labelPower(plot, columns.power, lines, ink);
          }
          labelAxes(plot, unitName(view), rightAxisName(view), ink);
          if (gestures !== null) performance.mark("hashlake:drawn");
        },
      ],
      setCursor: [(plot) => gestures?.point(plot.cursor.idx ?? null)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < DRAG_PX) return;
          const time = (px: number) => Math.round(plot.posToVal(px, "x")) as UnixMs;
          plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
          gestures?.zoom({ from: time(left), to: time(left + width) });
        },
      ],
    },
  };
}

/** Canvas pixels of the longest label. */
function axisSize({ ctx }: uPlot, texts: readonly string[] | null, font: string): number {
  ctx.save();
  ctx.font = font;
  const size = Math.max(0, ...(texts ?? []).map((text) => ctx.measureText(text).width));
  ctx.restore();
  return size;
}

/** The line without its values from before the machine was sold. */
function soldValues({ values, soldFrom }: ChartColumns["lines"][number], time: readonly UnixMs[]): Values {
  return soldFrom === null ? values : values.map((value, at) => (soldFrom <= (time[at] ?? 0) ? value : null));
}

function plotData({ columns }: Picture, { strokes, isLog }: Plan): uPlot.AlignedData {
  const drawn = strokes.map(({ values, scale }) =>
    isLog[scale] ? values.map((value) => (value !== null && 0 < value ? value : null)) : values,
  );
  return [columns.time, ...drawn] as unknown as uPlot.AlignedData;
}

function sizeOf(container: HTMLElement): { width: number; height: number } {
  return { width: container.clientWidth, height: container.clientHeight };
}

/**
 * The theme's colours by name. All are read at once, because reading a style may cause a layout.
 */
function themeColours(container: HTMLElement, names: readonly string[]): (name: string) => string {
  const probes = names.map((name) => {
    const probe = document.createElement("span");
    probe.style.color = `var(--${name})`;
    probe.style.forcedColorAdjust = "none"; // The variables have system colours then.
    return probe;
  });
  container.append(...probes);
  const found = new Map(probes.map((probe, at) => [names[at], getComputedStyle(probe).color]));
  for (const probe of probes) probe.remove();
  return (name) => found.get(name) ?? "";
}

/** Touch moves the cursor, and still scrolls the page vertically. */
function followTouch(plot: uPlot): void {
  const follow = (event: TouchEvent) => {
    const [touch, other] = event.touches;
    if (other) return;
    const { left, top } = plot.over.getBoundingClientRect();
    if (touch) plot.setCursor({ left: touch.clientX - left, top: touch.clientY - top });
  };
  plot.over.addEventListener("touchstart", follow, { passive: true });
  plot.over.addEventListener("touchmove", follow, { passive: true });
}
