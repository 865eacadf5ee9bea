// Loads what the page needs from the API, and keeps it up to date.

import { ApiError, getJson } from "./lib/api";
import type { AsicsJson, BlocksJson, DifficultyJson, StatusJson, StrikeJson, SummaryJson } from "./model/api-types";
import { type CatalogueMachine, toCatalogue } from "./model/catalogue";
import { type ChartSeriesJson, toSeries } from "./model/series";
import { seriesPath } from "./model/time-range";
import { DAY_MS, type UnixMs } from "./model/units";
import type { View } from "./model/view";
import type { State } from "./state";

const SETTLED_AFTER_MS = 3 * DAY_MS; // By then prices are final and reorgs are over.

export type DataLoader = {
  /** Requests whatever the newest block may have changed, and retries what failed before. */
  readonly refresh: () => Promise<void>;
  /** Requests the series that the view needs, unless it is loaded or loading. */
  readonly loadSeries: () => Promise<void>;
};

export function makeDataLoader(current: () => State, update: (change: Partial<State>) => void): DataLoader {
  let requested: { path: string; tip: string | null; abort: AbortController } = {
    path: "",
    tip: null,
    abort: new AbortController(),
  };

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
      await loadDataStart();
      await loadNext(api, summary.block.hash);
    } catch (error) {
      update({ lastError: toApiError(error) });
      // Machine names can be shown even if the other requests failed.
      void machines.then(
        (catalogue) => update({ catalogue }),
        () => {},
      );
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
      // It was requested before the tip was known.
      if (requested.tip === null && series?.height.at(-1) === tip.height) requested.tip = tip.hash;
      if (tip.hash === requested.tip) return;
    }
    requested.abort.abort();
    const abort = new AbortController();
    requested = { path, tip: tip?.hash ?? null, abort };
    update({ seriesIsLoading: true });
    try {
      const json = await getJson<ChartSeriesJson>(view.api, path, abort.signal);
      update({ series: toSeries(json), seriesRange: view.range, seriesIsLoading: false });
      await loadDataStart();
    } catch (error) {
      if (abort.signal.aborted) return;
      requested.path = "";
      update({ seriesIsLoading: false, lastError: toApiError(error) });
    }
  }

  /** Requests the first block, if there are no blocks to show. */
  async function loadDataStart(): Promise<void> {
    const { view, series, status, dataStart } = current();
    if (series?.time.length !== 0 || status === null || dataStart !== null) return;
    const first = status.lake.first_height;
    const { blocks } = await getJson<BlocksJson>(view.api, `/blocks?from_height=${first}&limit=1`);
    const [block] = blocks;
    if (block !== undefined) update({ dataStart: Date.parse(block.median_time) as UnixMs });
  }

  /** Requests the forecast of difficulty, and the hashprice of the next block, once per block. */
  async function loadNext(api: string, tipHash: string): Promise<void> {
    if (current().difficulty?.block.hash === tipHash) return;
    const [difficulty, strike] = await Promise.all([
      getJson<DifficultyJson>(api, "/difficulty"),
      getJson<StrikeJson>(api, "/strike?asics=custom:1:1"), // Hashprice is the same for every machine.
    ]);
    update({ difficulty, strike });
  }

  return { refresh, loadSeries };
}

/** Whether new blocks cannot change the series of this range any more. */
function isSettled(range: View["range"], tip: SummaryJson["block"]): boolean {
  return typeof range === "object" && range.to < Date.parse(tip.median_time) - SETTLED_AFTER_MS;
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  throw error;
}
