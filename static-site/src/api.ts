// The API: the parts of its responses that the page reads, and its errors.

/** `/summary`. */
export type SummaryJson = {
  readonly block: {
    readonly height: number;
    readonly hash: string;
    readonly time: string;
    readonly median_time: string;
    readonly subsidy_sat: number;
    readonly reward_sat: number;
    readonly fees_sat: number;
    readonly fee_share: number | null;
  };
  readonly price_usd: number | null;
  readonly price_time: string | null;
  readonly price_source: string | null;
  readonly price_final: boolean;
  readonly difficulty: number;
  readonly network_hashrate_hs: number | null;
  readonly sat_per_ph_day: number;
  readonly usd_per_ph_day: number | null;
  /** With the mean fees of 144 blocks; null if fewer are known. */
  readonly fees_sat_144: number | null;
  readonly sat_per_ph_day_144: number | null;
  readonly usd_per_ph_day_144: number | null;
  /**
   * Relative change of USD/MWh over 144 blocks. It equals that of hashprice, so it is the same for every machine.
   */
  readonly asics: readonly { readonly change: Readonly<Record<"24h" | "7d" | "30d", number | null>> }[];
};

/** `/difficulty`: the next change of difficulty, and the next halving. */
export type DifficultyJson = {
  readonly block: { readonly hash: string; readonly time: string };
  readonly difficulty: number;
  /** Null for networks with other rules than main. */
  readonly retarget: {
    readonly blocks_left: number;
    /** The forecast is null if the lake does not have the first block at this difficulty. */
    readonly time: string | null;
    readonly change: number | null;
    readonly change_low: number | null;
    readonly change_high: number | null;
  } | null;
  /** Its time is null if there is no forecast. */
  readonly halving: { readonly blocks_left: number; readonly time: string | null };
};

/** `/status`. */
export type StatusJson = {
  readonly tip: { readonly height: number; readonly hash: string; readonly age_seconds: number };
  readonly lake: { readonly first_height: number; readonly blocks: number };
  readonly recorded: boolean;
  readonly stale: boolean;
  readonly why: string | null;
  /** `why` is null unless prices are late. */
  readonly prices: { readonly newest: string | null; readonly why: string | null };
};

/** `/asics`. */
export type AsicsJson = {
  readonly asics: readonly {
    readonly asic_id: string;
    readonly name: string;
    readonly vendor: string;
    readonly cooling: string;
    readonly released: string | null;
    readonly hashrate_ths: number;
    readonly power_w: number;
    readonly source: string;
  }[];
};

export type Interval = "block" | "hour" | "day";

/** Columns of `/series` that only some charts need. */
export type NetworkField =
  | "usd_per_ph_day_144"
  | "sat_per_ph_day_144"
  | "network_hashrate_hs"
  | "difficulty"
  | "fees_sat";

/** `/series`, with the fields that the page requests. */
export type SeriesJson = {
  readonly interval: Interval;
  readonly time: readonly string[];
  readonly columns: {
    readonly usd_per_ph_day: readonly (number | null)[];
    readonly sat_per_ph_day: readonly number[];
    readonly price_usd: readonly (number | null)[];
    readonly height: readonly number[];
    readonly blocks: readonly number[];
    readonly fee_share?: readonly (number | null)[];
  } & { readonly [Field in NetworkField]?: readonly (number | null)[] };
};

/** A row of `/blocks`. */
export type BlockJson = {
  readonly height: number;
  readonly hash: string;
  readonly time: string;
  readonly median_time: string;
  readonly tx_count: number;
  readonly subsidy_sat: number;
  readonly fees_sat: number;
  readonly price_usd: number | null;
  readonly price_time: string | null;
  readonly price_source: string | null;
  readonly price_final: boolean;
  readonly usd_per_ph_day: number | null;
  readonly sat_per_ph_day: number;
};

/** `/blocks`: up to `limit` blocks from a height upwards, lowest first. */
export type BlocksJson = { readonly first_height: number | null; readonly blocks: readonly BlockJson[] };

/** Why a request failed. */
export class ApiError extends Error {
  /**
   * `offline`: no response. `down`: the server responded, but cannot serve the request now.
   * `refused`: the request itself is wrong.
   */
  readonly kind: "offline" | "down" | "refused";

  constructor(kind: ApiError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

const TIMEOUT_MS = 15_000;

const prefetched = new Map<string, Promise<unknown>>();

/** Starts a request early: the first `getJson` for the same path receives its response. */
export function prefetchJson(origin: string, path: string): void {
  const url = apiUrl(origin, path);
  const json = requestJson(url);
  json.catch(() => {}); // `getJson` reports the error.
  prefetched.set(url, json);
}

/**
 * Requests `path` (such as `/summary`) from the API at `origin`, or at the page's own if that is
 * empty.
 */
export async function getJson<Json>(origin: string, path: string, signal?: AbortSignal): Promise<Json> {
  const url = apiUrl(origin, path);
  const early = prefetched.get(url);
  prefetched.delete(url);
  const json = await (early ?? requestJson(url, signal));
  signal?.throwIfAborted();
  return json as Json;
}

function apiUrl(origin: string, path: string): string {
  return `${origin}/api/v1${path}`;
}

async function requestJson(url: string, signal?: AbortSignal): Promise<unknown> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout }).catch(() => {
    signal?.throwIfAborted();
    throw new ApiError("offline", navigator.onLine === false ? "this device is offline" : "the server does not answer");
  });
  const json = await response.json().catch(() => null);
  if (response.ok && json !== null) return json;
  const words = json?.detail ?? `the server answered with status ${response.status}, and nothing that can be read`;
  throw new ApiError(response.status === 400 || response.status === 404 ? "refused" : "down", words);
}
