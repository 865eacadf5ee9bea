// The chart with its controls, legend, data table and downloads.

import { makeChart } from "../chart/chart";
import { chartColumns } from "../chart/columns";
import { bindLegend, showEmptyLegend, showLegend } from "../chart/legend";
import { bindRangeButtons } from "../chart/range-buttons";
import { type ShownChart, shownChart } from "../chart/shown-chart";
import { byId, setText } from "../lib/dom";
import { day } from "../lib/format";
import { chosenMachines } from "../model/catalogue";
import { type Mark, marksOf } from "../model/difficulty";
import { gapsOf } from "../model/series";
import { visibleRange } from "../model/time-range";
import { DAY_MS, MINUTE_MS, SECOND_MS, type UnixMs } from "../model/units";
import type { TimeRange, View } from "../model/view";
import type { Choose, Section, State } from "../state";
import { CHART_TITLES, cannotLoad, LOADING, NO_PRICE, NO_SERVER, noData, UNITS } from "../words/chart";
import { chooser } from "./controls";

const CHART_KEYS = /^(Arrow\w+|Page\w+|Home|End|Escape|[-+=])$/;
const MIN_ZOOM_MS = MINUTE_MS;
const MAX_ZOOM_MS = 40 * 365 * DAY_MS; // Longer than the chain will be while this page is in use.

export function chartSection(choose: Choose): Section {
  const [figure, zoomBack] = [byId("chart"), byId<HTMLButtonElement>("zoom-back")];
  const zooms: { readonly from: View["range"]; readonly to: TimeRange }[] = [];
  let state: State | null = null;
  let shown: ShownChart | null = null;
  let marks: readonly Mark[] = [];
  let areExtrasRequested = false;
  let extras: typeof import("../chart/extras") | null = null;
  let network: typeof import("../chart/network") | null = null;
  /** The last range that was loaded and shown. */
  let rangeShown: View["range"] | null = null;
  let cursorAt: number | null = null;
  /** Time of the point chosen by keyboard: the cursor stays with it when new points arrive. */
  let keyboardTime: UnixMs | null = null;

  const chart = makeChart(byId("chart-canvas"), { zoom, back, point });
  const chooseRange = (range: View["range"]) => {
    zooms.length = 0;
    choose({ range });
  };
  const showButtons = bindRangeButtons(chooseRange);
  let controls: import("../chart/extras").Controls | null = null;
  byId("span").addEventListener("submit", (event) => event.preventDefault());
  const showOptions = bindOptions(choose);
  bindLegend((id) => choose({ asics: [id, ...(state?.view.asics ?? []).filter((other) => other !== id)] }));
  zoomBack.addEventListener("click", back);
  figure.addEventListener("keydown", (event) => {
    if (shown === null || event.ctrlKey || event.altKey || event.metaKey || !CHART_KEYS.test(event.key)) return;
    event.preventDefault();
    handleKey(event, shown);
  });
  figure.addEventListener("pointermove", () => {
    keyboardTime = null;
  });

  function zoom({ from, to }: TimeRange): void {
    const range = { from: toWholeSeconds(from), to: toWholeSeconds(to) };
    if (shown === null || range.to - range.from < MIN_ZOOM_MS || MAX_ZOOM_MS < range.to - range.from) return;
    zooms.push({ from: shown.view.range, to: range });
    choose({ range });
  }

  function back(): void {
    const zoom = zooms.pop();
    if (zoom !== undefined) choose({ range: zoom.from });
  }

  /**
   * After the browser's back button, drops the zooms that came after the range that is shown now.
   */
  function forgetZooms(range: View["range"]): void {
    const isLast = (zoom: (typeof zooms)[number]) =>
      typeof range === "object" && zoom.to.from === range.from && zoom.to.to === range.to;
    zooms.length = zooms.findLastIndex(isLast) + 1;
  }

  function point(at: number | null): void {
    cursorAt = at;
    if (shown !== null) showLegend(shown, at);
  }

  function handleKey({ key, shiftKey }: KeyboardEvent, now: ShownChart): void {
    const move = extras?.moveOf(key, shiftKey, now, cursorAt);
    if (move === "undo zoom") back();
    else if (move && "zoom" in move) zoom(move.zoom);
    else if (move?.point !== undefined) pointAt(move.point, now);
  }

  function pointAt(at: number, now: ShownChart): void {
    chart.pointAt(at);
    point(at);
    keyboardTime = now.columns.time[at] ?? null;
    showSliderValue(now, at);
  }

  /** For screen readers. */
  function showSliderValue(now: ShownChart, at: number): void {
    figure.setAttribute("aria-valuemax", String(now.points.length - 1));
    figure.setAttribute("aria-valuenow", String(now.points.indexOf(at)));
    figure.setAttribute("aria-valuetext", extras?.pointInWords(now, marks, at) ?? "");
  }

  /**
   * After a redraw, moves the cursor back to the point chosen by keyboard, or to the point nearest
   * to its time.
   */
  function restoreCursor(): void {
    if (shown === null || keyboardTime === null) return;
    const { time } = shown.columns;
    const away = (at: number) => Math.abs((time[at] ?? Infinity) - (keyboardTime ?? 0));
    const nearest = shown.points.reduce<number | null>(
      (best, at) => (best === null || away(at) < away(best) ? at : best),
      null,
    );
    if (nearest === null) return;
    chart.pointAt(nearest);
    point(nearest);
    showSliderValue(shown, nearest);
  }

  function draw({ view, series, seriesIsLoading, catalogue, difficulty }: State): void {
    if (series === null || catalogue === null) return;
    if (view.chart !== "revenue" && network === null) {
      void loadNetwork();
      return;
    }
    const start = performance.now();
    const machines = chosenMachines(view, catalogue);
    const forecast = difficulty && network ? network.forecastLayer(difficulty, view) : null;
    const visible = visibleRange(view.range, series);
    marks = marksOf(series);
    shown = shownChart(
      view,
      chartColumns(series, machines, view, network?.networkLines),
      forecast === null ? visible : { ...visible, to: forecast.to },
      gapsOf(series),
      series,
    );
    chart.draw({ ...shown, marks, forecast });
    byId<HTMLButtonElement>("chart-csv").disabled = shown.points.length === 0;
    showLegend(shown, cursorAt);
    queueMicrotask(restoreCursor); // uPlot updates its scales in a microtask too.
    if (!areExtrasRequested) requestAnimationFrame(() => setTimeout(loadExtras));
    areExtrasRequested = true;
    showWords();
    if (!seriesIsLoading) announce(shown);
    controls?.showTable();
    performance.measure("hashlake:show chart", { start });
  }

  function showWords(): void {
    if (shown === null || extras === null) return;
    setText(byId("in-words"), extras.profitable(shown));
    setText(byId("chart-change"), extras.changeOfRange(shown));
    setText(byId("chart-sums"), extras.sums(shown));
    setText(byId("chart-summary"), extras.range(shown));
    const newest = shown.points.at(-1);
    if (newest !== undefined && keyboardTime === null) showSliderValue(shown, newest);
  }

  /** Another period is announced; new blocks are not. */
  function announce(now: ShownChart): void {
    const { range } = now.view;
    if (rangeShown !== null && rangeShown !== range && extras !== null)
      setText(byId("chart-period"), extras.period(now));
    rangeShown = range;
  }

  function showNextChanges(): void {
    if (extras === null || !state?.difficulty) return;
    setText(byId("chart-next"), extras.nextChanges(state.difficulty, state.view));
  }

  async function loadExtras(): Promise<void> {
    extras = await import("../chart/extras");
    controls = extras.bindControls({
      chart,
      shown: () => shown,
      newest: () => (state?.summary ? (Date.parse(state.summary.block.median_time) as UnixMs) : null),
      zoom,
      choose: chooseRange,
    });
    if (state !== null) controls.showForm(state);
    showWords();
    showNextChanges();
  }

  /** The other charts' code is loaded with the first of them. */
  async function loadNetwork(): Promise<void> {
    network = await import("../chart/network");
    if (state !== null) draw(state);
  }

  return {
    show(next) {
      const before = state;
      state = next;
      const { view, series, catalogue } = next;
      showButtons(next);
      controls?.showForm(next);
      showOptions(view);
      forgetZooms(view.range);
      zoomBack.disabled = zooms.length === 0;
      figure.setAttribute("aria-busy", String(next.seriesIsLoading));
      setText(byId("chart-title"), CHART_TITLES[view.chart]);
      setText(byId("chart-message"), chartMessage(next));
      if (shown === null) showEmptyLegend(view.asics.length);
      const isShown =
        before?.view === view &&
        before.series === series &&
        before.catalogue === catalogue &&
        (view.chart !== "difficulty" || before.difficulty === next.difficulty);
      showNextChanges();
      if (!isShown) draw(next);
    },
  };
}

/** The URL has times in whole seconds. */
function toWholeSeconds(time: UnixMs): UnixMs {
  return (Math.round(time / SECOND_MS) * SECOND_MS) as UnixMs;
}

function bindOptions(choose: Choose): (view: View) => void {
  const [unit, scale, second] = [chooser("unit", choose), chooser("scale", choose), chooser("second", choose)];
  const chart = chooser("chart", choose, "chart-name");
  const mean = byId<HTMLSelectElement>("mean");
  mean.addEventListener("change", () => choose({ mean: Number(mean.value) as View["mean"] }));
  return (view) => {
    chart(view.chart);
    unit(view.unit);
    byId("unit-label").hidden = UNITS[view.chart].usd === UNITS[view.chart].sat;
    scale(view.scale);
    second(view.second);
    mean.value = String(view.mean);
  };
}

/** The text in place of the lines while there are none. */
function chartMessage({ series, seriesIsLoading, lastError, view, dataStart }: State): string {
  const isEmpty = series === null || series.time.length === 0;
  if (isEmpty && seriesIsLoading) return LOADING;
  if (series === null) {
    if (lastError === null) return LOADING;
    return lastError.kind === "offline" ? NO_SERVER : cannotLoad(lastError.message);
  }
  if (isEmpty) return noData(dataStart === null ? null : day(dataStart, view.time));
  const isInUsd = view.unit === "usd" && (view.chart === "revenue" || view.chart === "hashprice");
  return isInUsd && series.usdPerPhDay.every((usd) => usd === null) ? NO_PRICE : "";
}
