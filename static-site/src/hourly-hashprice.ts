// Hashprice by the hour, for as long as a file of power prices reaches.

import { ask } from "./api";
import type { HourlyHashprice } from "./mine-or-sell";
import { DAY_MS, HOUR_MS, type UnixMs, type UsdPerPhDay } from "./units";
import { type Span, toIso } from "./view";

const LONGEST_ANSWER_MS = 400 * DAY_MS; // The API answers with up to 10,000 hours.
const BEFORE_MS = 12 * HOUR_MS; // An hour without a block is like the one before it.

type Answer = {
  readonly time: readonly string[];
  readonly columns: { readonly usd_per_ph_day: readonly (UsdPerPhDay | null)[] };
};

/** The means of all hours of the span in which there are blocks. */
export async function hourlyHashprice(api: string, { from, to }: Span, signal: AbortSignal): Promise<HourlyHashprice> {
  const answers: Answer[] = [];
  for (let start = Math.floor(from / HOUR_MS) * HOUR_MS - BEFORE_MS; start < to; start += LONGEST_ANSWER_MS) {
    const end = Math.min(start + LONGEST_ANSWER_MS, to);
    const times = `from=${toIso(start as UnixMs)}&to=${toIso(end as UnixMs)}`;
    answers.push(await ask<Answer>(api, `/series?interval=hour&fields=usd_per_ph_day&${times}`, signal));
  }
  return {
    start: answers.flatMap(({ time }) => time.map((text) => Date.parse(text) as UnixMs)),
    usdPerPhDay: answers.flatMap(({ columns }) => columns.usd_per_ph_day),
  };
}
