// The page, loaded by main.ts: it joins the view from the URL, the data from the API, and the
// sections that show them.

import { onHistory, writeAddress } from "./address";
import { makeDataLoader } from "./data-loader";
import { bindDecimalComma } from "./decimal-comma";
import { releaseFirstPaint } from "./first-paint";
import { byId } from "./lib/dom";
import { assignColours } from "./model/colours";
import { SECOND_MS } from "./model/units";
import { readView } from "./model/view";
import { chartSection } from "./sections/chart-section";
import { addMachine, costs, preferences, share, siteAndFleet } from "./sections/controls";
import { explanations } from "./sections/explanations";
import { sourceLine } from "./sections/footer";
import { lazySection, sectionWhenNear } from "./sections/lazy-section";
import { mineOrSellSection } from "./sections/mine-or-sell-section";
import { statusLine } from "./sections/status-line";
import { tiles } from "./sections/tiles";
import type { Choose, Section, State } from "./state";

// A new block is shown within 10 s; blocks arrive every 600 s on average.
const POLL_MS = 10 * SECOND_MS;

let state: State = {
  ...readView(location.search),
  catalogue: null,
  summary: null,
  status: null,
  refreshedAt: null,
  difficulty: null,
  strike: null,
  series: null,
  seriesRange: null,
  dataStart: null,
  seriesIsLoading: false,
  lastError: null,
};

let sections: readonly Section[] = [];

function update(change: Partial<State>): void {
  state = { ...state, ...change };
  const { summary, series, seriesIsLoading, lastError } = state;
  if ((summary !== null && (series !== null || !seriesIsLoading)) || lastError !== null) releaseFirstPaint();
  for (const section of sections) section.show(state);
}

const choose: Choose = (choice) => {
  const chosen = { ...state.view, ...choice };
  const view = { ...chosen, colours: assignColours(chosen.colours, chosen.asics) };
  writeAddress(view, choice.range === undefined ? "replace" : "push");
  update({ view, refused: [] });
  void dataLoader.loadSeries();
};

const dataLoader = makeDataLoader(() => state, update);

sections = [
  preferences(choose),
  share(),
  linkProblems(),
  statusLine(),
  costs(choose),
  tiles(choose),
  siteAndFleet(choose),
  chartSection(choose),
  ...[
    showBelowFirstView(),
    explanations(),
    addMachine(choose),
    mineOrSellSection(choose),
    sectionWhenNear("machines", "machines-count", async () => {
      const { machineTable } = await import("./sections/machine-table");
      return () => machineTable(choose);
    }),
    sectionWhenNear("blocks", "blocks-message", async () => {
      const { blockTable } = await import("./sections/block-table");
      return () => blockTable(choose);
    }),
  ].map(afterFirstView),
  sourceLine(),
];

function linkProblems(): Section {
  const section = lazySection(async () => (await import("./sections/link-problems")).linkProblems());
  if (location.search !== "") void section.load();
  return section;
}

/** Defers a section below the first view until the first view is on the screen, or failed to load. */
function afterFirstView(section: Section): Section {
  let isScheduled = false;
  const show = () => {
    isScheduled = false;
    section.show(state);
  };
  return {
    show({ series, summary, lastError }) {
      if (isScheduled || ((series === null || summary === null) && lastError === null)) return;
      isScheduled = true;
      requestAnimationFrame(() => setTimeout(show));
    },
  };
}

/** Lets the browser lay out what the style sheet hides until the first view is on the screen. */
function showBelowFirstView(): Section {
  return { show: () => document.documentElement.toggleAttribute("data-whole", true) };
}

async function poll(): Promise<void> {
  try {
    if (!document.hidden) await dataLoader.refresh();
  } finally {
    setTimeout(poll, POLL_MS);
  }
}

/** Vite's event: a part of the page cannot be loaded, as the server is out of reach, or has a newer page by now. */
addEventListener("vite:preloadError", () => {
  byId("not-loaded").hidden = false;
});
byId("reload").addEventListener("click", () => location.reload());
onHistory(() => {
  update(readView(location.search));
  void dataLoader.loadSeries();
});
addEventListener("online", () => void dataLoader.refresh());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) void dataLoader.refresh();
});
bindDecimalComma();
if (state.view.embed !== "" && parent !== window) void import("./embed").then(({ postHeight }) => postHeight());
update({});
void poll();
