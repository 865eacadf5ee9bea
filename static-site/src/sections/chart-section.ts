// The chart, with what chooses its time and lines, and what tells it in words and numbers.

import { chosenMachines } from "../catalogue";
import { makeChart } from "../chart/chart";
import { columnsOf } from "../chart/columns";
import { bindTable } from "../chart/data-table";
import { bindTakeAway } from "../chart/downloads";
import { announce, showLegend, showWords } from "../chart/legend";
import { bindRange } from "../chart/range-picker";
import { pointsInSight, type Shown, shownOf } from "../chart/shown-chart";
import { marksOf } from "../difficulty";
import { byId, setText } from "../dom";
import type { Choose, Section, State } from "../state";
import { visibleSpan, zoomed } from "../time-range";
import { DAY_MS, MINUTE_MS, SECOND_MS, type UnixMs } from "../units";
import type { Span, View } from "../view";
import { chooser } from "./controls";

const LONG_STEP = 10; // Points that the cursor moves with Shift.
const SHORTEST_ZOOM_MS = MINUTE_MS;
const LONGEST_ZOOM_MS = 40 * 365 * DAY_MS; // Longer than there will be a chain in this chart's life.

export function chartSection(choose: Choose): Section {
  const [figure, zoomBack] = [byId("chart"), byId<HTMLButtonElement>("zoom-back")];
  const zooms: { readonly from: View["range"]; readonly to: Span }[] = [];
  let state: State | null = null;
  let shown: Shown | null = null;
  let pointed: number | null = null;
  /** When the point is that was chosen by keyboard: the cursor stays with it. */
  let held: UnixMs | null = null;

  const chart = makeChart(byId("chart-canvas"), { zoom, back, point });
  const showRange = bindRange((range) => {
    zooms.length = 0;
    choose({ range });
  });
  const showOptions = bindOptions(choose);
  const showTable = bindTable();
  bindTakeAway(chart, () => shown);
  zoomBack.addEventListener("click", back);
  figure.addEventListener("keydown", (event) => {
    if (shown === null || event.ctrlKey || event.altKey || event.metaKey || !press(event, shown)) return;
    event.preventDefault();
  });

  figure.addEventListener("pointermove", () => {
    held = null;
  });

  function zoom({ from, to }: Span): void {
    const range = { from: wholeSeconds(from), to: wholeSeconds(to) };
    if (shown === null || range.to - range.from < SHORTEST_ZOOM_MS || LONGEST_ZOOM_MS < range.to - range.from) return;
    zooms.push({ from: shown.view.range, to: range });
    choose({ range });
  }

  function back(): void {
    const zoom = zooms.pop();
    if (zoom !== undefined) choose({ range: zoom.from });
  }

  /** After the browser's back button, the zooms after what is shown now are none to go back from. */
  function forgetZooms(range: View["range"]): void {
    const isLast = (zoom: (typeof zooms)[number]) =>
      typeof range === "object" && zoom.to.from === range.from && zoom.to.to === range.to;
    zooms.length = zooms.findLastIndex(isLast) + 1;
  }

  function point(at: number | null): void {
    pointed = at;
    if (shown !== null) showLegend(shown, at);
  }

  /** Does what a key is for; false where it is for nothing here. */
  function press({ key, shiftKey }: KeyboardEvent, now: Shown): boolean {
    const points = pointsInSight(now);
    const last = points.length - 1;
    const place = pointed === null ? last : points.indexOf(pointed);
    const step = shiftKey ? LONG_STEP : 1;
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: place - step,
      ArrowRight: place + step,
      Home: 0,
      End: last,
    };
    const around = now.columns.time[points[place] ?? 0] ?? now.span.to;
    if (key in moves) pointAt(points[Math.min(Math.max(moves[key] ?? 0, 0), last)], now);
    else if (key === "+" || key === "=") zoom(zoomed(now.span, around, 0.5));
    else if (key === "-") zoom(zoomed(now.span, around, 2));
    else if (key === "Escape") back();
    else return false;
    return true;
  }

  function pointAt(at: number | undefined, now: Shown): void {
    if (at === undefined) return;
    chart.pointAt(at);
    point(at);
    held = now.columns.time[at] ?? null;
    announce(now, at);
  }

  /** After the chart is drawn anew: back to the point that was chosen by keyboard, or the one that has it now. */
  function pointAgain(): void {
    if (shown === null || held === null) return;
    const { time } = shown.columns;
    const away = (at: number) => Math.abs((time[at] ?? Infinity) - (held ?? 0));
    const nearest = pointsInSight(shown).reduce<number | null>(
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
      figure.setAttribute("aria-busy", String(next.seriesIsComing));
      setText(byId("chart-message"), messageOf(next));
      const isShown = before?.view === view && before.series === series && before.catalogue === catalogue;
      if (series === null || catalogue === null || isShown) return;
      const start = performance.now();
      shown = shownOf(
        view,
        columnsOf(series, chosenMachines(view.asics, catalogue), view),
        visibleSpan(view.range, series),
      );
      chart.draw({ columns: shown.columns, marks: marksOf(series), visible: shown.span, view });
      showLegend(shown, pointed);
      queueMicrotask(pointAgain); // uPlot has its new scales only then.
      showWords(shown);
      showTable(shown);
      performance.measure("hashlake:show chart", { start });
    },
  };
}

/** As the URL has times. */
function wholeSeconds(time: UnixMs): UnixMs {
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

/** What stands in the place of lines where there are none. */
function messageOf({ series, seriesIsComing, trouble, view }: State): string {
  if (series === null) return trouble === null ? "Loading" : "No blocks to show yet";
  if (seriesIsComing && series.time.length === 0) return "Loading";
  if (series.time.length === 0) return "The lake has no blocks in this time.";
  const hasNoPrice = series.usdPerPhDay.every((usd) => usd === null);
  return view.unit === "usd" && hasNoPrice ? "No price is known in this time. Satoshis are: choose “sat” above." : "";
}
