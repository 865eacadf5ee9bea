// Loads the hourly hashprice for the period of a power price file.

import { getJson } from "./api";
import type { HourlyHashprice } from "./mine-or-sell";
import { DAY_MS, HOUR_MS, type UnixMs, type UsdPerPhDay } from "./units";
import { type TimeRange, toIso } from "./view";

const MAX_RANGE_MS = 400 * DAY_MS; // 9,600 hours: the API returns at most 10,000.
const LOOKBACK_MS = 12 * HOUR_MS; // An hour without a block has the hashprice of an earlier one.

type HourlyJson = {
  readonly time: readonly string[];
  readonly columns: { readonly usd_per_ph_day: readonly (UsdPerPhDay | null)[] };
};

/** Mean hashprice of each hour of the range that has blocks. */
export async function fetchHourlyHashprice(
  api: string,
  { from, to }: TimeRange,
  signal: AbortSignal,
): Promise<HourlyHashprice> {
  const replies: HourlyJson[] = [];
  for (let start = Math.floor(from / HOUR_MS) * HOUR_MS - LOOKBACK_MS; start < to; start += MAX_RANGE_MS) {
    const end = Math.min(start + MAX_RANGE_MS, to);
    const times = `from=${toIso(start as UnixMs)}&to=${toIso(end as UnixMs)}`;
    replies.push(await getJson<HourlyJson>(api, `/series?interval=hour&fields=usd_per_ph_day&${times}`, signal));
  }
  return {
    start: replies.flatMap(({ time }) => time.map((text) => Date.parse(text) as UnixMs)),
    usdPerPhDay: replies.flatMap(({ columns }) => columns.usd_per_ph_day),
  };
}
