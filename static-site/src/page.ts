// The page, which main.ts starts: what the URL asks for, what the API knows, and the sections that show it.

import { onAddress, writeAddress } from "./address";
import { makeFeed } from "./data-loader";
import { blockTable } from "./sections/block-table";
import { chartSection } from "./sections/chart-section";
import { addMachine, costs, preferences } from "./sections/controls";
import { source } from "./sections/footer";
import { machineTable } from "./sections/machine-table";
import { sell } from "./sections/mine-or-sell-section";
import { condition } from "./sections/status-line";
import { tiles } from "./sections/tiles";
import type { Choose, Section, State } from "./state";
import { SECOND_MS } from "./units";
import { parseView } from "./view";

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

let sections: readonly Section[] = [];

function update(change: Partial<State>): void {
  state = { ...state, ...change };
  for (const section of sections) section.show(state);
}

const choose: Choose = (choice) => {
  const view = { ...state.view, ...choice };
  writeAddress(view, choice.range === undefined ? "look" : "place");
  update({ view });
  void feed.loadSeries();
};

const feed = makeFeed(() => state, update);

sections = [
  preferences(choose),
  condition(),
  costs(choose),
  tiles(choose),
  chartSection(choose),
  ...[showRest(), addMachine(choose), sell(), machineTable(choose), blockTable(choose), source()].map(afterFirstView),
];

/** Shows a section that the first view does not need when that is on the screen, or cannot be. */
function afterFirstView(section: Section): Section {
  let isDue = false;
  const show = () => {
    isDue = false;
    section.show(state);
  };
  return {
    show({ series, summary, trouble }) {
      if (isDue || ((series === null || summary === null) && trouble === null)) return;
      isDue = true;
      requestAnimationFrame(() => setTimeout(show));
    },
  };
}

/** Lets the browser lay out what the style sheet keeps from it until the first view is there. */
function showRest(): Section {
  return { show: () => document.documentElement.toggleAttribute("data-whole", true) };
}

async function poll(): Promise<void> {
  try {
    if (!document.hidden) await feed.refresh();
  } finally {
    setTimeout(poll, POLL_MS);
  }
}

onAddress(() => {
  update({ view: parseView(location.search) });
  void feed.loadSeries();
});
addEventListener("online", () => void feed.refresh());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) void feed.refresh();
});
update({});
void poll();
