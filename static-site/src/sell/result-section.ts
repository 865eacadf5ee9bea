// The result of "Mine or sell": loads the blocks of the prices' time, and shows what each rule would
// have earned.

import { type Column, columnsCsv, headOf, rowOf } from "../lib/columns";
import { byId, download, el, find, setText } from "../lib/dom";
import { clockName } from "../lib/format";
import { tablePager } from "../lib/table-pager";
import { toTimeline, utcMonth } from "../model/backtest-timeline";
import { chosenMachines } from "../model/catalogue";
import type { Machine } from "../model/economics";
import type { Share, UsdPerMwh } from "../model/units";
import { countOf, type TimeRange, toPercent, type View } from "../model/view";
import { zoneClock } from "../power-prices/zone-clock";
import { provenance } from "../provenance";
import type { Choose, State } from "../state";
import {
  basis,
  byMonth,
  EXAMPLE_NAME,
  fleetWords,
  hoursOfDayText,
  insight,
  leftOut,
  loading,
  loadingFailed,
  MADE_UP,
  noData,
  noExample,
  priceDurationText,
  TRY_AGAIN,
  timesText,
} from "../words/sell";
import {
  leadDecision,
  leadRun,
  lineClass,
  type MachineRun,
  type Market,
  runAll,
  type SellPrices,
  type Shown,
  toMarket,
  toShown,
} from "./analysis";
import { fleetOf, leftOutHours, type Role, type RuleChoices } from "./decision";
import { drawDuration, drawHours, HEIGHT } from "./drawings";
import { examplePrices } from "./example";
import { fetchDataRange, fetchHistory, type History } from "./history";
import { type IntervalRange, timesOf } from "./intervals";
import { priceChart } from "./price-chart";
import { hoursOfDay, localWall, priceDuration, utcWall } from "./price-views";
import html from "./result.html?raw";
import "./result.css";
import { drawing } from "./svg";
import { hourColumns, intervalColumns, machineColumns, monthColumns, monthRows, ruleColumns, ruleRows } from "./tables";
import { monthsOf } from "./zone-months";

export type ResultSection = {
  /** Loads what the prices need, and shows the result; null hides it. */
  readonly setPrices: (prices: SellPrices | null) => void;
  /** The same with made-up prices of the last days of the data. */
  readonly tryExample: () => void;
  readonly show: (state: State) => void;
};

export function resultSection(choose: Choose): ResultSection {
  const root = byId("sell-result");
  root.innerHTML = html;
  const [machine, constant, band, hold] = [
    byId<HTMLSelectElement>("sell-machine"),
    byId<HTMLInputElement>("sell-constant"),
    byId<HTMLInputElement>("sell-band"),
    byId<HTMLInputElement>("sell-hold"),
  ];
  const again = el("button", { type: "button", id: "sell-again" }, TRY_AGAIN);
  const chart = priceChart((range) => {
    zoom = range;
    showResult();
  });
  const pageRows = tablePager(byId("sell-data"));
  const [showHours, showDuration] = [drawing(byId("sell-hours"), HEIGHT), drawing(byId("sell-duration"), HEIGHT)];
  let state: State | null = null;
  let market: Market | null = null;
  let known: { readonly range: TimeRange; readonly history: History } | null = null;
  let runs: { readonly key: string; readonly market: Market; readonly runs: readonly MachineRun[] } | null = null;
  let zoom: IntervalRange | null = null;
  let shown: Shown | null = null;
  let busy = new AbortController();

  const api = () => state?.view.api ?? "";
  const say = (words: string, how: "busy" | "failed" = "busy") => {
    const problem = byId("sell-problem");
    problem.dataset.how = how;
    setText(problem, words);
  };

  /** Starts a task that ends the one before it, and says if it fails. */
  async function start(name: string, task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    busy.abort();
    const own = new AbortController();
    const { signal } = own;
    busy = own;
    root.hidden = true;
    again.remove();
    setText(byId("sell-insight"), "");
    market = null;
    say("");
    try {
      await task(signal);
    } catch (error) {
      if (signal.aborted) return;
      own.abort(); // Requests that are still loading must not report progress.
      say(loadingFailed(name, (error instanceof Error ? error.message : String(error)).replace(/\.$/, "")), "failed");
      again.onclick = () => {
        byId("sell-file").focus(); // The button is about to disappear.
        void start(name, task);
      };
      byId("sell-problem").after(again);
    }
  }

  async function load(prices: SellPrices, signal: AbortSignal): Promise<void> {
    const range = timesOf(prices.intervals, { first: 0, end: prices.intervals.length });
    if (range === null) return;
    if (known?.range.from !== range.from || known.range.to !== range.to) {
      say(loading(prices.fileName, 0));
      const progress = (share: number) => {
        if (!signal.aborted) say(loading(prices.fileName, share));
      };
      known = { range, history: await fetchHistory(api(), range, { signal, progress }) };
    }
    const { blocks, prices: bitcoin } = known.history;
    const clock = prices.zone === null ? null : zoneClock(prices.zone);
    const months = clock === null ? utcMonth : monthsOf(clock);
    const next = toMarket(prices, clock, toTimeline(blocks, bitcoin, prices.intervals, months));
    if (leftOutHours(next.timeline, { first: 0, end: next.timeline.hours.length }) >= totalHours(next)) {
      const data = await fetchDataRange(api(), signal);
      say(state === null ? "" : noData(range, data, state.view));
      return;
    }
    say("");
    zoom = null;
    market = next;
    recompute();
  }

  function recompute(): void {
    if (state?.catalogue == null || market === null) return;
    const machines = chosenMachines(state.view, state.catalogue);
    const { poolFee, overhead, adder, constant, band, hold } = state.view;
    const choices: RuleChoices = { terms: { poolFee, overhead, adder }, constant, band, holdBlocks: hold };
    const key = JSON.stringify([machines, choices]);
    if (runs?.market !== market || runs.key !== key) runs = { key, market, runs: runAll(market, machines, choices) };
    showMachines(machines);
    showResult();
  }

  function showChoices(view: View): void {
    const values = [
      [constant, view.constant ?? ""],
      [band, toPercent(view.band)],
      [hold, view.hold],
    ] as const;
    // The user may be typing.
    for (const [input, value] of values) if (input !== document.activeElement) input.value = String(value);
  }

  function choiceIn(input: HTMLInputElement): Partial<View> {
    if (input === constant) return { constant: input.value === "" ? null : (input.valueAsNumber as UsdPerMwh) };
    return input === band ? { band: (input.valueAsNumber / 100) as Share } : { hold: input.valueAsNumber };
  }

  function showMachines(machines: readonly Machine[]): void {
    const chosen = machine.value;
    machine.replaceChildren(...machines.map(({ id, name }) => el("option", { value: id }, name)));
    if (machines.some(({ id }) => id === chosen)) machine.value = chosen;
  }

  function showResult(): void {
    if (state === null || market === null || runs === null || runs.runs.length === 0) return;
    const began = performance.now();
    const { view } = state;
    const lead = Math.max(
      0,
      runs.runs.findIndex((run) => run.machine.id === machine.value),
    );
    shown = toShown(market, runs.runs, zoom, { lead, role: view.role, view, colours: view.colours });
    root.hidden = false;
    showWords(shown, view);
    showTables(shown, view);
    chart.show(shown);
    showViews(shown, view);
    performance.measure("hashlake:show decision", { start: began });
  }

  function showWords(now: Shown, view: View): void {
    const { market, range, steps, role, runs } = now;
    const { prices } = market;
    const decision = leadDecision(now);
    const times = timesOf(prices.intervals, range) ?? ({ from: 0, to: 0 } as never);
    setText(byId("sell-insight"), insight(decision, role, prices.isMadeUp));
    const source = prices.isMadeUp ? MADE_UP : [prices.fileName, prices.seriesName].filter(Boolean).join(", ");
    setText(byId("sell-basis"), basis(decision, range.end - range.first, times, view, source));
    setText(byId("sell-left-out"), leftOut(leftOutHours(market.timeline, steps)));
    setText(byId("sell-range"), timesText(times, view));
    constant.placeholder = (runs[now.lead]?.constant ?? 0).toFixed(2);
    for (const radio of root.querySelectorAll<HTMLInputElement>("[name=role]")) radio.checked = radio.value === role;
  }

  function showTables(now: Shown, view: View): void {
    const { role, decisions } = now;
    const decision = leadDecision(now);
    fill(byId("sell-rules"), ruleColumns(decision, role), ruleRows(decision));
    byId("sell-machines-part").hidden = decisions.length < 2 && view.counts.size === 0;
    fill(byId("sell-machines"), machineColumns(role), decisions);
    const isFleet = view.counts.size > 0;
    const fleet = fleetOf(decisions, (id) => countOf(id, view), view.overhead);
    setText(byId("sell-fleet"), isFleet ? fleetWords(fleet) : "");
    setText(byId("sell-months-title"), byMonth(now.market.prices.zone));
    const months = monthRows(decision);
    fill(byId("sell-months"), monthColumns(role, now.market.prices.zone), months.slice(0, -1), months.slice(-1));
    showIntervals(now);
  }

  function showIntervals(now: Shown): void {
    const details = byId<HTMLDetailsElement>("sell-data");
    if (!details.open) return;
    const columns = intervalColumns(now);
    find(details, "thead").replaceChildren(headOf(columns));
    pageRows(now.range.end - now.range.first, (at) => rowOf(columns, now.range.first + at));
  }

  function showViews(now: Shown, view: View): void {
    const { market, range, steps, role, limit } = now;
    const { name } = leadRun(now).machine;
    const { prices, clock } = market;
    const wall = clock?.wall ?? (view.time === "utc" ? utcWall : localWall);
    const hours = hoursOfDay(leadRun(now), prices.intervals, steps, wall);
    setText(byId("sell-hours-words"), hoursOfDayText(name, role, prices.zone, view));
    const strike = lineClass(now.colours, leadRun(now).machine);
    showHours(drawHours(hours, strike));
    fill(byId("sell-hours-table"), hourColumns(prices.zone ?? clockName(view.time)), hours);
    const { meanStrike } = leadDecision(now);
    const duration = meanStrike === null ? null : priceDuration(market.byPrice, range, meanStrike);
    const isKnown = meanStrike !== null && duration !== null;
    setText(byId("sell-duration-words"), isKnown ? priceDurationText(name, meanStrike, duration.shareBelow) : "");
    showDuration(isKnown ? drawDuration(duration, meanStrike, limit, strike) : () => []);
  }

  function save<Row>(what: string, columns: readonly Column<Row>[], rows: readonly Row[]): void {
    download(fileName(what, "csv"), new Blob([columnsCsv(columns, rows)], { type: "text/csv" }));
  }

  function fileName(what: string, ending: string): string {
    const isMadeUp = market?.prices.isMadeUp === true ? "-made-up-prices" : "";
    return `hashlake-mine-or-sell-${what}${isMadeUp}.${ending}`;
  }

  const leadId = (now: Shown) => leadRun(now).machine.id.replaceAll(":", "-");
  machine.addEventListener("change", showResult);
  root.addEventListener("input", ({ target }) => {
    const input = target as HTMLInputElement;
    if (input.name === "role") choose({ role: input.value as Role });
    else if ([constant, band, hold].includes(input) && input.validity.valid) choose(choiceIn(input));
  });
  byId("sell-choices").addEventListener("submit", (event) => event.preventDefault());
  byId("sell-data").addEventListener("toggle", () => shown && showIntervals(shown));
  byId("sell-csv").addEventListener("click", () => {
    if (shown === null) return;
    const { first, end } = shown.range;
    const places = Array.from({ length: end - first }, (_, at) => first + at);
    save(leadId(shown), intervalColumns(shown), places);
  });
  byId("sell-months-csv").addEventListener("click", () => {
    if (shown !== null)
      save("months", monthColumns(shown.role, shown.market.prices.zone), shown.decisions.flatMap(monthRows));
  });
  byId("sell-png").addEventListener("click", () => {
    const sentences = ["sell-insight", "sell-basis", "sell-spikes"].flatMap((id) => byId(id).textContent || []);
    const name = fileName("chart", "png");
    chart.withPicture([...sentences, provenance(), location.host + location.pathname], (canvas) =>
      canvas.toBlob((blob) => blob && download(name, blob), "image/png"),
    );
  });

  return {
    setPrices(prices) {
      void start(prices?.fileName ?? "", async (signal) => {
        if (prices !== null) await load(prices, signal);
      });
    },
    tryExample() {
      void start(EXAMPLE_NAME, async (signal) => {
        say(loading(EXAMPLE_NAME, 0));
        const data = await fetchDataRange(api(), signal);
        const intervals = data === null ? [] : examplePrices(data);
        if (intervals.length === 0) say(noExample());
        else await load({ fileName: EXAMPLE_NAME, seriesName: "", zone: null, intervals, isMadeUp: true }, signal);
      });
    },
    show(next) {
      const before = state;
      state = next;
      showChoices(next.view);
      if (before?.view !== next.view || before.catalogue !== next.catalogue) recompute();
    },
  };
}

const totalHours = ({ timeline }: Market): number => timeline.hours.reduce((sum, hours) => sum + hours, 0);

function fill<Row>(
  table: HTMLElement,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  foot: readonly Row[] = [],
): void {
  find(table, "thead").replaceChildren(headOf(columns));
  find(table, "tbody").replaceChildren(...rows.map((row) => rowOf(columns, row)));
  if (foot.length > 0) find(table, "tfoot").replaceChildren(...foot.map((row) => rowOf(columns, row)));
}
