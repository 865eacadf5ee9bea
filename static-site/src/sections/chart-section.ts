// The chart with its controls, legend, data table and downloads.

import { chosenMachines } from "../catalogue";
import { makeChart } from "../chart/chart";
import { chartColumns } from "../chart/columns";
import { bindDataTable } from "../chart/data-table";
import { bindDownloads } from "../chart/downloads";
import { announce, showLegend, showSentence } from "../chart/legend";
import { bindRangePicker } from "../chart/range-picker";
import { type ShownChart, shownChart, visiblePoints } from "../chart/shown-chart";
import { marksOf } from "../difficulty";
import { byId, setText } from "../dom";
import type { Choose, Section, State } from "../state";
import { visibleRange, zoomed } from "../time-range";
import { DAY_MS, MINUTE_MS, SECOND_MS, type UnixMs } from "../units";
import type { TimeRange, View } from "../view";
import { chooser } from "./controls";

const LONG_STEP = 10; // Points that the cursor moves by with Shift.
const MIN_ZOOM_MS = MINUTE_MS;
const MAX_ZOOM_MS = 40 * 365 * DAY_MS; // Longer than the chain will be while this page is in use.

export function chartSection(choose: Choose): Section {
  const [figure, zoomBack] = [byId("chart"), byId<HTMLButtonElement>("zoom-back")];
  const zooms: { readonly from: View["range"]; readonly to: TimeRange }[] = [];
  let state: State | null = null;
  let shown: ShownChart | null = null;
  let cursorAt: number | null = null;
  /** Time of the point chosen by keyboard: the cursor stays with it when new points arrive. */
  let keyboardTime: UnixMs | null = null;

  const chart = makeChart(byId("chart-canvas"), { zoom, back, point });
  const showRange = bindRangePicker((range) => {
    zooms.length = 0;
    choose({ range });
  });
  const showOptions = bindOptions(choose);
  const showTable = bindDataTable();
  bindDownloads(chart, () => shown);
  zoomBack.addEventListener("click", back);
  figure.addEventListener("keydown", (event) => {
    if (shown === null || event.ctrlKey || event.altKey || event.metaKey || !handleKey(event, shown)) return;
    event.preventDefault();
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

  /** Handles a key; false if it has no function here. */
  function handleKey({ key, shiftKey }: KeyboardEvent, now: ShownChart): boolean {
    const points = visiblePoints(now);
    const last = points.length - 1;
    const place = cursorAt === null ? last : points.indexOf(cursorAt);
    const step = shiftKey ? LONG_STEP : 1;
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: place - step,
      ArrowRight: place + step,
      Home: 0,
      End: last,
    };
    const around = now.columns.time[points[place] ?? 0] ?? now.visible.to;
    if (key in moves) pointAt(points[Math.min(Math.max(moves[key] ?? 0, 0), last)], now);
    else if (key === "+" || key === "=") zoom(zoomed(now.visible, around, 0.5));
    else if (key === "-") zoom(zoomed(now.visible, around, 2));
    else if (key === "Escape") back();
    else return false;
    return true;
  }

  function pointAt(at: number | undefined, now: ShownChart): void {
    if (at === undefined) return;
    chart.pointAt(at);
    point(at);
    keyboardTime = now.columns.time[at] ?? null;
    announce(now, at);
  }

  /**
   * After a redraw, moves the cursor back to the point chosen by keyboard, or to the point nearest
   * to its time.
   */
  function restoreCursor(): void {
    if (shown === null || keyboardTime === null) return;
    const { time } = shown.columns;
    const away = (at: number) => Math.abs((time[at] ?? Infinity) - (keyboardTime ?? 0));
    const nearest = visiblePoints(shown).reduce<number | null>(
      (best, at) => (best === null || away(at) < away(best) ? at : best),
      null,
    );
    if (nearest === null) return;
    chart.pointAt(nearest);
    point(nearest);
  }

  return {
    show(next) {
      const before = state;
      state = next;
      const { view, series, catalogue } = next;
      showRange(next);
      showOptions(view);
      forgetZooms(view.range);
      zoomBack.disabled = zooms.length === 0;
      figure.setAttribute("aria-busy", String(next.seriesIsLoading));
      setText(byId("chart-message"), chartMessage(next));
      const isShown = before?.view === view && before.series === series && before.catalogue === catalogue;
      if (series === null || catalogue === null || isShown) return;
      const start = performance.now();
      shown = shownChart(
        view,
        chartColumns(series, chosenMachines(view, catalogue), view),
        visibleRange(view.range, series),
      );
      chart.draw({ columns: shown.columns, marks: marksOf(series), visible: shown.visible, view });
      showLegend(shown, cursorAt);
      queueMicrotask(restoreCursor); // uPlot updates its scales in a microtask too.
      showSentence(shown);
      showTable(shown);
      performance.measure("hashlake:show chart", { start });
    },
  };
}

/** The URL has times in whole seconds. */
function toWholeSeconds(time: UnixMs): UnixMs {
  return (Math.round(time / SECOND_MS) * SECOND_MS) as UnixMs;
}

function bindOptions(choose: Choose): (view: View) => void {
  const [unit, scale, second] = [chooser("unit", choose), chooser("scale", choose), chooser("second", choose)];
  const mean = byId<HTMLSelectElement>("mean");
  mean.addEventListener("change", () => choose({ mean: Number(mean.value) as View["mean"] }));
  return (view) => {
    unit(view.unit);
    scale(view.scale);
    second(view.second);
    mean.value = String(view.mean);
  };
}

/** The text in place of the lines while there are none. */
function chartMessage({ series, seriesIsLoading, lastError, view }: State): string {
  if (series === null) return lastError === null ? "Loading" : "No blocks to show yet";
  if (seriesIsLoading && series.time.length === 0) return "Loading";
  if (series.time.length === 0) return "The lake has no blocks in this time.";
  const hasNoPrice = series.usdPerPhDay.every((usd) => usd === null);
  return view.unit === "usd" && hasNoPrice ? "No price is known in this time. Satoshis are: choose “sat” above." : "";
}
