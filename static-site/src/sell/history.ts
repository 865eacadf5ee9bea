// Loads the blocks and bitcoin prices that decisions around a time range need.

import { getJson, type SeriesWith } from "../lib/api";
import type { BlockJson, BlocksJson } from "../model/api-types";
import type { BacktestBlocks, KnownPrices } from "../model/backtest-timeline";
import { DAY_MS, HOUR_MS, MINUTE_MS, type UnixMs, type UsdPerBtc } from "../model/units";
import { type TimeRange, toIso } from "../model/view";

export type History = { readonly blocks: BacktestBlocks; readonly prices: KnownPrices };

type Row = Pick<BlockJson, "height" | "time" | "difficulty" | "subsidy_sat" | "fees_sat" | "price_usd" | "price_time">;
type Days = SeriesWith<"height" | "blocks">;

const PAGE = 1_000; // The most blocks in a response.
const AT_ONCE = 4; // Requests.
// A decision needs 144 blocks before it, and its revenue 71 after it. Header times are not in order
// of height, by up to two hours: 20 blocks are more than that.
const [BLOCKS_BEFORE, BLOCKS_AFTER] = [144 + 20, 71 + 20];
const MARGIN_MS = 7 * DAY_MS; // Blocks that took this long are as good as missing.

type Options = { readonly signal: AbortSignal; readonly progress: (share: number) => void };

/** Empty if the API has no blocks around that time. */
export async function fetchHistory(api: string, range: TimeRange, { signal, progress }: Options): Promise<History> {
  const from = toIso((Math.floor((range.from - MARGIN_MS) / DAY_MS) * DAY_MS) as UnixMs);
  const to = toIso((Math.ceil((range.to + MARGIN_MS) / DAY_MS) * DAY_MS) as UnixMs);
  const days = await getJson<Days>(api, `/series?interval=day&fields=height,blocks&from=${from}&to=${to}`, signal);
  const pages = pagesOf(days, range);
  const rows: (readonly Row[])[] = pages.map(() => []);
  let [next, done] = [0, 0];
  const load = async (): Promise<void> => {
    for (let at = next++; at < pages.length; at = next++) {
      const page = await getJson<BlocksJson>(api, `/blocks?from_height=${pages[at]}&limit=${PAGE}`, signal);
      rows[at] = page.blocks;
      done += 1;
      progress(done / pages.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, load));
  return toHistory(rows.flat());
}

/** First heights of the pages that are needed. They begin at round heights, so that they can be cached. */
function pagesOf({ time, columns }: Days, { from, to }: TimeRange): number[] {
  const days = time.map((text, at) => ({
    start: Date.parse(text),
    first: (columns.height[at] ?? 0) - (columns.blocks[at] ?? 1) + 1,
    last: columns.height[at] ?? 0,
  }));
  const before = days.findLast(({ start }) => start + DAY_MS <= from)?.last ?? days[0]?.first;
  const until = days.findLast(({ start }) => start < to)?.last;
  if (before === undefined || until === undefined) return [];
  const first = Math.floor(Math.max(0, before - BLOCKS_BEFORE) / PAGE) * PAGE;
  const count = Math.max(0, Math.ceil((until + BLOCKS_AFTER + 1 - first) / PAGE));
  return Array.from({ length: count }, (_, at) => first + at * PAGE);
}

export function toHistory(rows: readonly Row[]): History {
  return {
    blocks: {
      height: rows.map(({ height }) => height),
      time: rows.map(({ time }) => Date.parse(time) as UnixMs),
      difficulty: rows.map(({ difficulty }) => difficulty),
      subsidySat: rows.map(({ subsidy_sat }) => subsidy_sat),
      feesSat: rows.map(({ fees_sat }) => fees_sat),
      price: rows.map(({ price_usd }) => price_usd as UsdPerBtc | null),
    },
    prices: knownPrices(rows),
  };
}

/**
 * The prices of blocks, and since when each was known: one interval of its series after its time, as
 * some sources give the last price of the interval that begins then. The API does not say how long
 * the intervals are, but how far it is to the next price does.
 */
function knownPrices(rows: readonly Row[]): KnownPrices {
  const byTime = new Map<number, UsdPerBtc>();
  for (const { price_time, price_usd } of rows) {
    if (price_time !== null && price_usd !== null) byTime.set(Date.parse(price_time), price_usd as UsdPerBtc);
  }
  const times = [...byTime.keys()].sort((a, b) => a - b);
  const known = times.map((time, at) => {
    const gap = Math.min(time - (times[at - 1] ?? -Infinity), (times[at + 1] ?? Infinity) - time);
    return { time, from: (time + intervalOf(gap)) as UnixMs, price: byTime.get(time) as UsdPerBtc };
  });
  known.sort((a, b) => a.from - b.from || a.time - b.time);
  let newest = -Infinity;
  const used = known.filter(({ time }) => {
    const isNewer = time >= newest;
    newest = Math.max(newest, time);
    return isNewer;
  });
  return { knownFrom: used.map(({ from }) => from), price: used.map(({ price }) => price) };
}

/** Prices come every five minutes, every hour, or once a day. */
function intervalOf(gapMs: number): number {
  if (gapMs < 30 * MINUTE_MS) return 5 * MINUTE_MS;
  return gapMs < 12 * HOUR_MS ? HOUR_MS : DAY_MS;
}

/** When the first and the last block of the data were found; null without blocks. */
export async function fetchDataRange(api: string, signal: AbortSignal): Promise<TimeRange | null> {
  const last = await getJson<BlocksJson>(api, "/blocks?limit=1", signal);
  const first = await getJson<BlocksJson>(api, `/blocks?from_height=${last.first_height}&limit=1`, signal);
  const [from, to] = [first, last].map(({ blocks }) => blocks[0] && (Date.parse(blocks[0].time) as UnixMs));
  return from && to ? { from, to } : null;
}
