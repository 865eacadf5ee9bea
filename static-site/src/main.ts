// The page: what the URL asks for, what the API knows, and the sections that show it.

import { onAddress, writeAddress } from "./address";
import { ApiError, type Asics, type Blocks, type SeriesAnswer, type Status, type Summary, ask } from "./api";
import { blockTable } from "./blocks";
import { chartSection } from "./chart-section";
import { condition } from "./condition";
import { addMachine, costs, preferences } from "./controls";
import { epochStart } from "./difficulty";
import { source } from "./footer";
import { catalogueOf } from "./machine";
import { machineTable } from "./machines";
import { sell } from "./sell";
import { seriesOf } from "./series";
import type { Choose, Section, State } from "./state";
import { tiles } from "./tiles";
import { DAY_MS, SECOND_MS, type UnixMs } from "./units";
import { type View, parseView } from "./view";
import { seriesPath } from "./window";

const LATEST_CHANGE_MS = 3 * DAY_MS; // Prices are final by then, and reorganisations are over.
const POLL_MS = 10 * SECOND_MS; // A block comes every 600 s: seen within a sixtieth of that.

let state: State = {
  view: parseView(location.search),
  catalogue: null,
  summary: null,
  status: null,
  heardAt: null,
  epochStart: null,
  series: null,
  seriesIsComing: false,
  trouble: null,
};

function update(change: Partial<State>): void {
  state = { ...state, ...change };
  for (const section of sections) section.show(state);
}

const choose: Choose = (choice) => {
  const view = { ...state.view, ...choice };
  writeAddress(view, choice.range === undefined ? "look" : "place");
  update({ view });
  void loadSeries();
};

const sections: readonly Section[] = [
  preferences(choose),
  condition(),
  costs(choose),
  addMachine(choose),
  tiles(choose),
  chartSection(choose),
  ...[sell(), machineTable(choose), blockTable(choose), source()].map(afterPaint),
];

/** Shows a section that is further down when what is above it is on the screen. */
function afterPaint(section: Section): Section {
  let isDue = false;
  const show = () => {
    isDue = false;
    section.show(state);
  };
  return {
    show() {
      if (!isDue) requestAnimationFrame(() => setTimeout(show));
      isDue = true;
    },
  };
}

/** Asks for what the newest block may have changed, and for what there was no answer to before. */
async function refresh(): Promise<void> {
  const { api } = state.view;
  try {
    void loadSeries();
    const catalogue = loadCatalogue();
    const [summary, status] = await Promise.all([ask<Summary>(api, "/summary"), ask<Status>(api, "/status"), catalogue]);
    update({ summary, status, heardAt: Date.now() as UnixMs, trouble: null });
    void loadSeries();
    await loadEpochStart(summary.block.height);
  } catch (error) {
    update({ trouble: troubleOf(error) });
  }
}

async function loadCatalogue(): Promise<void> {
  if (state.catalogue === null) update({ catalogue: catalogueOf(await ask<Asics>(state.view.api, "/asics")) });
}

let asked: { path: string; tip: string | null; abort: AbortController } = { path: "", tip: null, abort: new AbortController() };

/** Asks for the series that the view needs, unless it is there or on its way. */
async function loadSeries(): Promise<void> {
  const { view, summary, series } = state;
  const tip = summary?.block ?? null;
  const path = seriesPath(view, tip && (Date.parse(tip.median_time) as UnixMs));
  if (path === null) return;
  if (path === asked.path) {
    if (tip === null || tip.hash === asked.tip || state.seriesIsComing) return;
    if (series !== null && isPast(view.range, tip)) return;
    if (asked.tip === null && series?.height.at(-1) === tip.height) asked.tip = tip.hash; // It was asked for before the tip was known.
    if (tip.hash === asked.tip) return;
  }
  asked.abort.abort();
  const abort = new AbortController();
  asked = { path, tip: tip?.hash ?? null, abort };
  update({ seriesIsComing: true });
  try {
    const answer = await ask<SeriesAnswer>(view.api, path, abort.signal);
    update({ series: seriesOf(answer), seriesIsComing: false });
  } catch (error) {
    if (abort.signal.aborted) return;
    asked.path = "";
    update({ seriesIsComing: false, trouble: troubleOf(error) });
  }
}

/** Whether new blocks change nothing in that time. */
function isPast(range: View["range"], tip: Summary["block"]): boolean {
  return typeof range === "object" && range.to < Date.parse(tip.median_time) - LATEST_CHANGE_MS;
}

/** Asks, once for every 2016 blocks, when their first was found; where the lake does not have it, nobody knows. */
async function loadEpochStart(tipHeight: number): Promise<void> {
  const height = epochStart(tipHeight);
  if (state.epochStart?.height === height) return;
  const { blocks } = await ask<Blocks>(state.view.api, `/blocks?from_height=${height}&limit=1`);
  const first = blocks.find((block) => block.height === height);
  update({ epochStart: first ? { height, time: Date.parse(first.time) as UnixMs } : null });
}

function troubleOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  throw error;
}

async function poll(): Promise<void> {
  try {
    if (!document.hidden) await refresh();
  } finally {
    setTimeout(poll, POLL_MS);
  }
}

onAddress(() => {
  update({ view: parseView(location.search) });
  void loadSeries();
});
addEventListener("online", () => void refresh());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) void refresh();
});
update({});
void poll();
