// What was known, and what mining earned, at each time of a backtest: the part that is the same for
// all machines and rules. The definitions are those of `shared/src/backtest.rs`.

import type { PowerInterval } from "../power-prices/power-file";
import { HOUR_MS, type UnixMs, type UsdPerBtc } from "./units";

/** Blocks, sorted by height, in columns. Some may be missing. */
export type BacktestBlocks = {
  readonly height: readonly number[];
  /** Header times. */
  readonly time: readonly UnixMs[];
  readonly difficulty: readonly number[];
  readonly subsidySat: readonly number[];
  readonly feesSat: readonly number[];
  /** The price nearest to the block: for its revenue, not for decisions. */
  readonly price: readonly (UsdPerBtc | null)[];
};

/** Bitcoin prices, and since when each was known, in that order. */
export type KnownPrices = { readonly knownFrom: readonly UnixMs[]; readonly price: readonly UsdPerBtc[] };

/**
 * Steps of time during which nothing changes, in columns: a year of 5-minute prices has 160,000.
 * Hashprices are in USD/PH/day; NaN if unknown.
 */
export type Timeline = {
  readonly hours: readonly number[];
  /** Index of the interval of power prices that the step is a part of. */
  readonly interval: readonly number[];
  /** In USD/MWh. */
  readonly powerPrice: readonly number[];
  /** Height of the newest block. */
  readonly height: readonly number[];
  /** Known: by difficulty and subsidy of the next block, and the fees of the last 144 blocks. */
  readonly strike: readonly number[];
  /** Known: of the newest block alone. */
  readonly newestBlock: readonly number[];
  /** Not known then: what mining earned. */
  readonly revenue: readonly number[];
  /** Months, such as `2025-11`, and the step at which each begins. */
  readonly months: readonly { readonly month: string; readonly firstStep: number }[];
};

/** The month of an instant, such as `2025-11`, and when it ends. */
export type MonthAt = (instant: number) => { readonly month: string; readonly end: number };

export const utcMonth: MonthAt = (instant) => {
  const date = new Date(instant);
  return { month: date.toISOString().slice(0, 7), end: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) };
};

const FEE_BLOCKS = 144;
const LATER_BLOCKS = FEE_BLOCKS / 2 - 1;
const MAX_PRICE_AGE_MS = 36 * HOUR_MS;
const HASHES_PER_PH_DAY = 8.64e19;
const SAT_PER_BTC = 1e8;

type Span<T> = { readonly start: number; readonly end: number; readonly value: T };

/** As in `Timeline`, but values that were known are in satoshis. */
type BlockSpan = {
  readonly height: number;
  readonly strike: number;
  readonly newestBlock: number;
  readonly revenue: number;
};

/**
 * The intervals of power prices (in USD/MWh, sorted, without overlaps), divided wherever a block
 * arrives, another bitcoin price is known, or a month begins.
 */
export function toTimeline(
  blocks: BacktestBlocks,
  prices: KnownPrices,
  power: readonly PowerInterval[],
  monthAt: MonthAt = utcMonth,
): Timeline {
  const block = new Reader(blockSpans(blocks));
  const known = new Reader(priceSpans(prices));
  const [hours, interval, powerPrice, height]: [number[], number[], number[], number[]] = [[], [], [], []];
  const [strike, newestBlock, revenue]: [number[], number[], number[]] = [[], [], []];
  const months: { month: string; firstStep: number }[] = [];
  let monthEnd = -Infinity;
  for (const [place, { start, end, price }] of power.entries()) {
    let at: number = start;
    while (at < end) {
      if (at >= monthEnd) {
        const { month, end } = monthAt(at);
        monthEnd = end;
        months.push({ month, firstStep: hours.length });
      }
      block.moveTo(at);
      known.moveTo(at);
      const until = Math.min(end, block.until, known.until, monthEnd);
      hours.push((until - at) / HOUR_MS);
      interval.push(place);
      powerPrice.push(price);
      height.push(block.value?.height ?? NaN);
      strike.push(usd(block.value?.strike ?? NaN, known.value));
      newestBlock.push(usd(block.value?.newestBlock ?? NaN, known.value));
      revenue.push(block.value?.revenue ?? NaN);
      at = until;
    }
  }
  return { hours, interval, powerPrice, height, strike, newestBlock, revenue, months };
}

/** Whether the step counts, for every rule: the signal of the strike and the revenue are known. */
export function isCounted({ strike, revenue }: Timeline, step: number): boolean {
  return !Number.isNaN((strike[step] as number) + (revenue[step] as number));
}

/** `1e15 x 86400 / (difficulty x 2^32) x reward` */
function satPerPhDay(difficulty: number, rewardSat: number): number {
  return (HASHES_PER_PH_DAY / (difficulty * 2 ** 32)) * rewardSat;
}

function usd(sat: number, price: UsdPerBtc | null): number {
  return price === null ? NaN : (sat / SAT_PER_BTC) * price;
}

/**
 * From the arrival of each block to that of the next one. A block arrives at its header time, or at
 * that of an earlier block if that is later. Where blocks are missing, there is no span.
 */
function blockSpans(blocks: BacktestBlocks): Span<BlockSpan>[] {
  const fees144 = meanFees(blocks);
  const spans: Span<BlockSpan>[] = [];
  let arrival = -Infinity;
  blocks.height.forEach((height, at) => {
    const next = at + 1;
    arrival = Math.max(arrival, blocks.time[at] as number);
    if (blocks.height[next] !== height + 1) return;
    // Difficulty and subsidy of the next block follow from the blocks before it.
    const difficulty = blocks.difficulty[next] as number;
    const subsidySat = blocks.subsidySat[next] as number;
    const last = next + LATER_BLOCKS;
    const feesAround = blocks.height[last] === height + 1 + LATER_BLOCKS ? (fees144[last] as number) : NaN;
    const rewardSat = (blocks.subsidySat[at] as number) + (blocks.feesSat[at] as number);
    spans.push({
      start: arrival,
      end: Math.max(arrival, blocks.time[next] as number),
      value: {
        height,
        strike: satPerPhDay(difficulty, subsidySat + (fees144[at] as number)),
        newestBlock: satPerPhDay(blocks.difficulty[at] as number, rewardSat),
        revenue: usd(satPerPhDay(difficulty, subsidySat + feesAround), blocks.price[next] ?? null),
      },
    });
  });
  return spans;
}

/** Mean fees of the 144 blocks up to each block; NaN if one of them is missing. */
function meanFees({ height: heights, feesSat }: BacktestBlocks): number[] {
  let sum = 0;
  let count = 0;
  return heights.map((height, at) => {
    if (heights[at - 1] !== height - 1) {
      sum = 0;
      count = 0;
    }
    sum += feesSat[at] as number;
    count += 1;
    if (count > FEE_BLOCKS) sum -= feesSat[at - FEE_BLOCKS] as number;
    return count < FEE_BLOCKS ? NaN : sum / FEE_BLOCKS;
  });
}

/** How long each price was the newest that was known, at most 36 hours. */
function priceSpans({ knownFrom, price }: KnownPrices): Span<UsdPerBtc>[] {
  return knownFrom.map((start, at) => ({
    start,
    end: Math.min(knownFrom[at + 1] ?? Infinity, start + MAX_PRICE_AGE_MS),
    value: price[at] as UsdPerBtc,
  }));
}

/** Finds the value at moments that only move forward, and when it changes. */
class Reader<T> {
  value: T | null = null;
  until = -Infinity;
  readonly #spans: readonly Span<T>[];
  #at = 0;

  constructor(spans: readonly Span<T>[]) {
    this.#spans = spans;
  }

  moveTo(ms: number): void {
    if (ms < this.until) return;
    let span = this.#spans[this.#at];
    while (span !== undefined && span.end <= ms) {
      this.#at += 1;
      span = this.#spans[this.#at];
    }
    const isInside = span !== undefined && span.start <= ms;
    this.value = span !== undefined && isInside ? span.value : null;
    this.until = (isInside ? span?.end : span?.start) ?? Infinity;
  }
}
