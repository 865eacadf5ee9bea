// The chart of power price and strikes, with its legend.

import { framed } from "../chart/framed";
import { type Column, headOf, rowOf } from "../lib/columns";
import { byId, el, find, setText } from "../lib/dom";
import { cents, orDash } from "../lib/format";
import type { TimeRange } from "../model/view";
import {
  CHART_TITLE,
  decisionName,
  LEGEND_HEADERS,
  MEAN,
  minedPart,
  minerAtCursor,
  POWER_PRICE,
  spikes,
  timesText,
} from "../words/sell";
import { leadRun, lineClass, type Means, meansOf, type Shown } from "./analysis";
import { type PricePicture, priceDrawing } from "./draw-prices";
import {
  type IntervalRange,
  intervalsIn,
  pointsToDraw,
  type StepPoint,
  scaledRange,
  spikesIn,
  stepPoints,
  timesOf,
} from "./intervals";

const DASH = [4.2, 4.2]; // CSS pixels, in the picture.
const LONG_STEP = 10; // Points that the cursor moves by with Shift.

export type PriceChart = {
  readonly show: (shown: Shown) => void;
  /** Calls `use` with a picture of the chart, its legend and these sentences. */
  readonly withPicture: (sentences: readonly string[], use: (canvas: HTMLCanvasElement) => void) => void;
};

/** `zoom` is called with the intervals that the user wants to see; with null for all. */
export function priceChart(zoom: (range: IntervalRange | null) => void): PriceChart {
  const plot = byId("sell-plot");
  const container = byId("sell-chart");
  find(byId("sell-legend"), "thead").replaceChildren(headOf(LEGEND));
  const chart = priceDrawing(container, { zoom: zoomTo, back: () => zoom(null), point });
  let shown: Shown | null = null;
  let drawn: readonly number[] = [];
  let points: readonly StepPoint[] = [];
  let cursor: number | null = null;

  function zoomTo(times: Parameters<typeof intervalsIn>[1]): void {
    if (shown !== null) zoom(intervalsIn(shown.market.prices.intervals, times));
  }

  function scaleBy(factor: number): void {
    if (shown === null) return;
    const { range, market } = shown;
    const power = market.prices.intervals;
    const next = scaledRange(power, range, cursor ?? (range.first + range.end - 1) / 2, factor);
    zoom(next.end - next.first === power.length ? null : next);
  }

  function point(at: number | null): void {
    cursor = at === null ? null : (points[at]?.at ?? null);
    if (shown !== null) showLegend(shown, cursor);
  }

  function pointAt(place: number): void {
    const interval = drawn[place];
    if (shown === null || interval === undefined) return;
    chart.pointAt(points.findIndex(({ at }) => at === interval));
    cursor = interval;
    showLegend(shown, interval);
    plot.setAttribute("aria-valuenow", String(place + 1));
    plot.setAttribute("aria-valuetext", valueText(shown, interval));
  }

  plot.addEventListener("keydown", (event) => {
    const { key, shiftKey, ctrlKey, altKey, metaKey } = event;
    if (ctrlKey || altKey || metaKey) return;
    const last = drawn.length - 1;
    const place = cursor === null ? -1 : drawn.indexOf(cursor);
    const step = shiftKey ? LONG_STEP : 1;
    const to = { ArrowLeft: place - step, ArrowRight: place + step, Home: 0, End: last }[key];
    if (to !== undefined) pointAt(Math.min(Math.max(to, 0), last));
    else if (key === "+" || key === "=") scaleBy(0.5);
    else if (key === "-") scaleBy(2);
    else if (key === "Escape") zoom(null);
    else return;
    event.preventDefault();
  });
  byId("sell-zoom-in").addEventListener("click", () => scaleBy(0.5));
  byId("sell-zoom-out").addEventListener("click", () => scaleBy(2));
  byId("sell-zoom-back").addEventListener("click", () => zoom(null));

  return {
    show(next) {
      shown = next;
      const { market, range, limit } = next;
      const power = market.prices.intervals;
      const visible = timesOf(power, range);
      if (visible === null) return;
      drawn = pointsToDraw(power, range);
      points = stepPoints(power, drawn, market.gaps);
      chart.draw(toPicture(next, points, visible));
      if (cursor !== null && (cursor < range.first || range.end <= cursor)) cursor = null;
      showLegend(next, cursor);
      setText(byId("sell-spikes"), spikes(spikesIn(power, range, limit), limit));
      plot.setAttribute("aria-valuemax", String(drawn.length));
      plot.setAttribute("aria-valuetext", meanText(next));
      const isWhole = range.end - range.first === power.length;
      for (const id of ["sell-zoom-back", "sell-zoom-out"]) byId<HTMLButtonElement>(id).disabled = isWhole;
    },
    withPicture(sentences, use) {
      const rows = [...byId("sell-legend").querySelectorAll("tbody tr")].map((row) => {
        const sample = find(row, ".swatch");
        return {
          text: find(row, "th").textContent ?? "",
          colour: getComputedStyle(sample).color,
          dash: sample.matches(".dashed") ? DASH : [],
        };
      });
      chart.withCanvas((canvas) => use(framed(canvas, container.clientWidth, { title: CHART_TITLE, rows, sentences })));
    },
  };
}

function toPicture(
  { market, runs, limit, view, colours }: Shown,
  points: readonly StepPoint[],
  visible: TimeRange,
): PricePicture {
  const power = market.prices.intervals;
  const most = limit ?? Infinity;
  const known = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? null : value);
  return {
    time: points.map(({ time }) => time),
    price: points.map(({ at }) => (at === null ? null : Math.min(Math.max(power[at]?.price ?? 0, -most), most))),
    strikes: runs.map(({ machine, values }) => ({
      machine,
      values: points.map(({ at }) => (at === null ? null : known(values.strike[at]))),
    })),
    colours,
    visible,
    view,
  };
}

/** Values of an interval, or the means of the time shown. */
function legendMeans(shown: Shown, run: Shown["runs"][number], at: number | null): Means {
  return meansOf(shown, run, at === null ? shown.range : { first: at, end: at + 1 });
}

function showLegend(shown: Shown, at: number | null): void {
  const price = at === null ? legendMeans(shown, leadRun(shown), null).price : shown.market.prices.intervals[at]?.price;
  setText(byId("sell-legend-time"), at === null ? MEAN : timeText(shown, at));
  const rows: readonly LegendRow[] = [
    { look: "power dashed", name: POWER_PRICE, value: price, revenue: null, decision: "" },
    ...shown.runs.map((run) => {
      const { strike, revenue, mined, hours } = legendMeans(shown, run, at);
      const decision = at === null ? minedPart(mined, hours) : decisionName(mined, hours, shown.role);
      return { look: lineClass(shown.colours, run.machine), name: run.machine.name, value: strike, revenue, decision };
    }),
  ];
  find(byId("sell-legend"), "tbody").replaceChildren(...rows.map(legendRow));
}

type LegendRow = {
  /** Classes of the sample of its line. */
  readonly look: string;
  readonly name: string;
  readonly value: number | undefined;
  /** Null if the line has no revenue, NaN if it is unknown. */
  readonly revenue: number | null;
  readonly decision: string;
};

const LEGEND: readonly Column<LegendRow>[] = [
  { id: "line", header: LEGEND_HEADERS.line, cell: ({ name }) => name },
  { id: "value", header: "USD/MWh", cell: ({ value }) => numberText(value) },
  {
    id: "revenue",
    header: LEGEND_HEADERS.revenue,
    cell: ({ revenue }) => (revenue === null ? "" : numberText(revenue)),
  },
  { id: "decision", header: LEGEND_HEADERS.decision, cell: ({ decision }) => decision },
];

function legendRow(row: LegendRow): HTMLTableRowElement {
  const element = rowOf(LEGEND, row);
  find(element, "th").prepend(el("span", { class: `swatch ${row.look}` }));
  return element;
}

function numberText(value: number | undefined): string {
  return orDash(Number.isNaN(value) ? null : value, cents);
}

function timeText({ market, view }: Shown, at: number): string {
  const times = timesOf(market.prices.intervals, { first: at, end: at + 1 });
  return times === null ? "" : timesText(times, view);
}

/** For readers who do not see the chart. */
function valueText(shown: Shown, at: number): string {
  const values = shown.runs.map((run) => {
    const { strike, mined, hours } = legendMeans(shown, run, at);
    return minerAtCursor(run.machine.name, strike, decisionName(mined, hours, shown.role));
  });
  const price = shown.market.prices.intervals[at]?.price ?? 0;
  return `${timeText(shown, at)}: ${POWER_PRICE} ${cents(price)} USD/MWh; ${values.join("; ")}`;
}

function meanText(shown: Shown): string {
  const { name } = leadRun(shown).machine;
  const { price, strike, mined, hours } = legendMeans(shown, leadRun(shown), null);
  return `${MEAN}: ${POWER_PRICE} ${cents(price)} USD/MWh; ${minerAtCursor(name, strike, minedPart(mined, hours))}`;
}
