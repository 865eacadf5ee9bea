// Requests to the API, and their errors.

import type { SeriesColumnsJson, SeriesJson } from "../model/api-types";
import * as words from "../words/requests";

/** A response of `/series` to a request for these columns. */
export type SeriesWith<Requested extends keyof SeriesColumnsJson> = Pick<SeriesJson, "time"> & {
  readonly columns: Required<Pick<SeriesColumnsJson, Requested>>;
};

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
    throw new ApiError("offline", navigator.onLine === false ? words.DEVICE_OFFLINE : words.NO_ANSWER);
  });
  const json = await response.json().catch(() => null);
  if (response.ok && json !== null) return json;
  const why = json?.detail ?? words.unreadableAnswer(response.status);
  throw new ApiError(response.status === 400 || response.status === 404 ? "refused" : "down", why);
}
