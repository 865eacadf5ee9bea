// What the API knows, asked for as it is needed.

import { ApiError, type Asics, ask, type Blocks, type SeriesAnswer, type Status, type Summary } from "./api";
import { type CatalogueMachine, catalogueOf } from "./catalogue";
import { epochStart } from "./difficulty";
import { seriesOf } from "./series";
import type { State } from "./state";
import { seriesPath } from "./time-range";
import { DAY_MS, type UnixMs } from "./units";
import type { View } from "./view";

const LATEST_CHANGE_MS = 3 * DAY_MS; // Prices are final by then, and reorganisations are over.

export type Feed = {
  /** Asks for what the newest block may have changed, and for what there was no answer to before. */
  readonly refresh: () => Promise<void>;
  /** Asks for the series that the view needs, unless it is there or on its way. */
  readonly loadSeries: () => Promise<void>;
};

/** Asks for what the state lacks, and brings it up to date. */
export function makeFeed(current: () => State, update: (change: Partial<State>) => void): Feed {
  let asked: { path: string; tip: string | null; abort: AbortController } = {
    path: "",
    tip: null,
    abort: new AbortController(),
  };
  let askedEpoch: number | null = null;

  async function refresh(): Promise<void> {
    const { api } = current().view;
    const machines = loadCatalogue(api);
    try {
      void loadSeries();
      const [summary, status, catalogue] = await Promise.all([
        ask<Summary>(api, "/summary"),
        ask<Status>(api, "/status"),
        machines,
      ]);
      update({ summary, status, catalogue, heardAt: Date.now() as UnixMs, trouble: null });
      void loadSeries();
      await loadEpochStart(api, summary.block.height);
    } catch (error) {
      update({ trouble: troubleOf(error) });
      void machines.then(
        (catalogue) => update({ catalogue }),
        () => {},
      ); // They have names all the same.
    }
  }

  async function loadCatalogue(api: string): Promise<readonly CatalogueMachine[]> {
    return current().catalogue ?? catalogueOf(await ask<Asics>(api, "/asics"));
  }

  async function loadSeries(): Promise<void> {
    const { view, summary, series, seriesIsComing } = current();
    const tip = summary?.block ?? null;
    const path = seriesPath(view, tip && (Date.parse(tip.median_time) as UnixMs));
    if (path === null) return;
    if (path === asked.path) {
      if (tip === null || tip.hash === asked.tip || seriesIsComing) return;
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

  /** Asks, once for every 2016 blocks, when their first was found; where the lake does not have it, nobody knows. */
  async function loadEpochStart(api: string, tipHeight: number): Promise<void> {
    const height = epochStart(tipHeight);
    if (askedEpoch === height) return;
    const { blocks } = await ask<Blocks>(api, `/blocks?from_height=${height}&limit=1`);
    const first = blocks.find((block) => block.height === height);
    askedEpoch = height;
    update({ epochStart: first ? { height, time: Date.parse(first.time) as UnixMs } : null });
  }

  return { refresh, loadSeries };
}

/** Whether new blocks change nothing in that time. */
function isPast(range: View["range"], tip: Summary["block"]): boolean {
  return typeof range === "object" && range.to < Date.parse(tip.median_time) - LATEST_CHANGE_MS;
}

function troubleOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  throw error;
}
