// What the API knows, asked for as it is needed.

import {
  ApiError,
  type AsicsJson,
  type BlocksJson,
  getJson,
  type SeriesJson,
  type StatusJson,
  type SummaryJson,
} from "./api";
import { type CatalogueMachine, toCatalogue } from "./catalogue";
import { epochStart } from "./difficulty";
import { toSeries } from "./series";
import type { State } from "./state";
import { seriesPath } from "./time-range";
import { DAY_MS, type UnixMs } from "./units";
import type { View } from "./view";

const SETTLED_AFTER_MS = 3 * DAY_MS; // Prices are final by then, and reorganisations are over.

export type DataLoader = {
  /** Asks for what the newest block may have changed, and for what there was no answer to before. */
  readonly refresh: () => Promise<void>;
  /** Asks for the series that the view needs, unless it is there or on its way. */
  readonly loadSeries: () => Promise<void>;
};

/** Asks for what the state lacks, and brings it up to date. */
export function makeDataLoader(current: () => State, update: (change: Partial<State>) => void): DataLoader {
  let requested: { path: string; tip: string | null; abort: AbortController } = {
    path: "",
    tip: null,
    abort: new AbortController(),
  };
  let loadedEpoch: number | null = null;

  async function refresh(): Promise<void> {
    const { api } = current().view;
    const machines = loadCatalogue(api);
    try {
      void loadSeries();
      const [summary, status, catalogue] = await Promise.all([
        getJson<SummaryJson>(api, "/summary"),
        getJson<StatusJson>(api, "/status"),
        machines,
      ]);
      update({ summary, status, catalogue, refreshedAt: Date.now() as UnixMs, lastError: null });
      void loadSeries();
      await loadEpochStart(api, summary.block.height);
    } catch (error) {
      update({ lastError: toApiError(error) });
      void machines.then(
        (catalogue) => update({ catalogue }),
        () => {},
      ); // They have names all the same.
    }
  }

  async function loadCatalogue(api: string): Promise<readonly CatalogueMachine[]> {
    return current().catalogue ?? toCatalogue(await getJson<AsicsJson>(api, "/asics"));
  }

  async function loadSeries(): Promise<void> {
    const { view, summary, series, seriesIsLoading } = current();
    const tip = summary?.block ?? null;
    const path = seriesPath(view, tip && (Date.parse(tip.median_time) as UnixMs));
    if (path === null) return;
    if (path === requested.path) {
      if (tip === null || tip.hash === requested.tip || seriesIsLoading) return;
      if (series !== null && isSettled(view.range, tip)) return;
      if (requested.tip === null && series?.height.at(-1) === tip.height) requested.tip = tip.hash; // It was asked for before the tip was known.
      if (tip.hash === requested.tip) return;
    }
    requested.abort.abort();
    const abort = new AbortController();
    requested = { path, tip: tip?.hash ?? null, abort };
    update({ seriesIsLoading: true });
    try {
      const answer = await getJson<SeriesJson>(view.api, path, abort.signal);
      update({ series: toSeries(answer), seriesIsLoading: false });
    } catch (error) {
      if (abort.signal.aborted) return;
      requested.path = "";
      update({ seriesIsLoading: false, lastError: toApiError(error) });
    }
  }

  /** Asks, once for every 2016 blocks, when their first was found; where the lake does not have it, nobody knows. */
  async function loadEpochStart(api: string, tipHeight: number): Promise<void> {
    const height = epochStart(tipHeight);
    if (loadedEpoch === height) return;
    const { blocks } = await getJson<BlocksJson>(api, `/blocks?from_height=${height}&limit=1`);
    const first = blocks.find((block) => block.height === height);
    loadedEpoch = height;
    update({ epochStart: first ? { height, time: Date.parse(first.time) as UnixMs } : null });
  }

  return { refresh, loadSeries };
}

/** Whether new blocks change nothing in that time. */
function isSettled(range: View["range"], tip: SummaryJson["block"]): boolean {
  return typeof range === "object" && range.to < Date.parse(tip.median_time) - SETTLED_AFTER_MS;
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  throw error;
}
