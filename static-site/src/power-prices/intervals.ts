// Turns the rows of a place into intervals: sorted, each with an end and a price.

import { DAY_MS, type UnixMs } from "../model/units";
import { type LeftOut, leaveGap, leaveOut } from "./left-out";
import { NumberList } from "./number-list";
import { type PowerInterval, WRITTEN } from "./power-file";

const FIRST_ROOM = 64;
/** A step that is at least this many times another may skip a row. */
const NEAR = 1.9;
/** With a smaller share of steps near the middle one, times are irregular. */
const MIN_NEAR = 0.75;

/** Stands for a price in another currency, which is left out, but ends the row before. */
export const OTHER_CURRENCY = Infinity;

/** Stands for a cell that holds something, but no price that can be read. */
export const UNREADABLE = -Infinity;

/** The rows of a place as they were read. Each row has a start or an end, or both; NaN if not. */
export type Draft = {
  readonly starts: NumberList<Float64Array<ArrayBuffer>>;
  readonly ends: NumberList<Float64Array<ArrayBuffer>>;
  /** NaN if the row has no price, or OTHER_CURRENCY or UNREADABLE. */
  readonly prices: NumberList<Float64Array<ArrayBuffer>>;
  /** Index of the row in the table. */
  readonly rows: NumberList<Uint32Array<ArrayBuffer>>;
};

/** So many prices show the step of a column. */
const MIN_PRICED = 3;

/** Whether most rows have no price of a column: it may have longer steps than another. */
export function isSparse({ prices }: Draft): boolean {
  const priced = prices.toArray();
  const count = priced.reduce((sum, price) => sum + (Number.isNaN(price) ? 0 : 1), 0);
  return count >= MIN_PRICED && count * 2 <= priced.length;
}

/** A pair of rows that have the same time and different prices. */
export type Conflict = readonly [row: number, other: number];

export function newDraft(): Draft {
  const doubles = (): NumberList<Float64Array<ArrayBuffer>> => new NumberList(new Float64Array(FIRST_ROOM));
  return { starts: doubles(), ends: doubles(), prices: doubles(), rows: new NumberList(new Uint32Array(FIRST_ROOM)) };
}

export type Intervals = {
  readonly intervals: PowerInterval[];
  /** Whether the rows without an end are events, which last until the next. */
  readonly areEvents: boolean;
  /** The rows of the first intervals, whose prices are shown as they are written. */
  readonly firstRows: readonly number[];
};

/**
 * Sorts the rows, keeps the first of equal times, and adds missing starts or ends. Rows that are
 * left out are counted in `leftOut`; equal times with different prices are added to `conflicts`.
 */
export function toIntervals(draft: Draft, saysEvents: boolean, leftOut: LeftOut, conflicts: Conflict[]): Intervals {
  const starts = draft.starts.toArray();
  const ends = draft.ends.toArray();
  const prices = draft.prices.toArray();
  const stamps = starts.map((start, at) => (Number.isNaN(start) ? (ends[at] ?? 0) : start));
  const rows = draft.rows.toArray();
  const order = eachTimeOnce(prices, rows, stamps, leftOut, conflicts);
  const times = new Float64Array(order.length);
  order.forEach((at, index) => {
    times[index] = stamps[at] ?? 0;
  });
  const { lengths, areEvents } = inferLengths(times, saysEvents);
  let usesLengths = false;
  const intervals: PowerInterval[] = [];
  const firstRows: number[] = [];
  let covered = -Infinity;
  let reached = Infinity;
  for (let index = 0; index < order.length; index += 1) {
    const at = order[index] ?? 0;
    const isStart = !Number.isNaN(starts[at]);
    const length = lengths[isStart ? index + 1 : index] ?? NaN;
    const start = isStart ? (starts[at] ?? NaN) : (ends[at] ?? NaN) - length;
    const isOpen = Number.isNaN(ends[at] ?? NaN);
    const end = isOpen ? start + length : (ends[at] ?? NaN);
    usesLengths ||= isOpen || !isStart;
    const price = prices[at] ?? NaN;
    if (start > reached) leaveGap(leftOut, reached, start);
    if (!Number.isNaN(end)) reached = reached === Infinity ? end : Math.max(reached, end);
    if (Number.isNaN(price)) leaveOut(leftOut, "noPrice", end - start, null);
    else if (price === UNREADABLE) leaveOut(leftOut, "unreadablePrice", end - start, null);
    else if (Number.isNaN(end - start)) leaveOut(leftOut, "withoutLength", 0, price);
    else if (price === OTHER_CURRENCY) leftOut.tallies.otherCurrency.ms += end - start;
    else if (start < covered) leaveOut(leftOut, "overlapping", end - start, price);
    else {
      if (intervals.push({ start: start as UnixMs, end: end as UnixMs, price }) <= WRITTEN)
        firstRows.push(rows[at] ?? 0);
      covered = end;
    }
  }
  return { intervals, areEvents: areEvents && usesLengths, firstRows };
}

/** The rows in order of time. Of equal times, the first with a price, or else the first. */
function eachTimeOnce(
  prices: Float64Array,
  rows: Uint32Array,
  stamps: Float64Array,
  leftOut: LeftOut,
  conflicts: Conflict[],
): Uint32Array | number[] {
  const order = new Uint32Array(stamps.length).map((_, at) => at);
  const isSorted = stamps.every((stamp, at) => at === 0 || (stamps[at - 1] ?? 0) <= stamp);
  if (isSorted && stamps.every((stamp, at) => stamps[at - 1] !== stamp)) return order;
  if (!isSorted) order.sort((a, b) => (stamps[a] ?? 0) - (stamps[b] ?? 0) || a - b);
  const kept: number[] = [];
  for (const at of order) {
    const last = kept.at(-1);
    if (last === undefined || stamps[last] !== stamps[at]) {
      kept.push(at);
      continue;
    }
    const [first = NaN, second = NaN] = [prices[last], prices[at]];
    if (!Number.isFinite(first)) {
      kept[kept.length - 1] = at;
      continue;
    }
    if (!Number.isFinite(second)) continue;
    leaveOut(leftOut, "repeated", 0, second);
    if (first !== second) conflicts.push([rows[last] ?? 0, rows[at] ?? 0]);
  }
  return kept;
}

/**
 * The time before the first row, between each two, and after the last, if the file does not say how
 * long rows last: until the next row, but no longer than the most common step, so that gaps remain
 * gaps. A step of less than two common ones cannot be a missing row. A longer step is accepted if it
 * occurs three times in a row, because markets changed from hours to quarters within one year's
 * file. Events last until the next, however long that is, and the last one has no end.
 */
function inferLengths(
  starts: Float64Array,
  saysEvents: boolean,
): { readonly lengths: Float64Array; readonly areEvents: boolean } {
  const steps = starts.subarray(1).map((start, at) => start - (starts[at] ?? start));
  const { step: common, isMiddle } = usualStep(steps);
  const areEvents = saysEvents || (isMiddle && areIrregular(steps, common));
  const isSteady = (at: number): boolean => {
    const same = (from: number): boolean => [from, from + 1, from + 2].every((other) => steps[other] === steps[at]);
    return same(at - 2) || same(at - 1) || same(at);
  };
  const between = areEvents
    ? steps
    : steps.map((step, at) => (step < NEAR * common || (step <= DAY_MS && isSteady(at)) ? step : common));
  const lengths = new Float64Array(between.length + 2).fill(NaN);
  lengths.set(between, 1);
  if (!areEvents) {
    lengths[0] = between[0] ?? NaN;
    lengths[between.length + 1] = between.at(-1) ?? NaN;
  }
  return { lengths, areEvents };
}

/** Whether too few steps are near the middle one, as between events. */
function areIrregular(steps: Float64Array, middle: number): boolean {
  const near = steps.filter((step) => step < NEAR * middle && middle < NEAR * step).length;
  return near < steps.length * MIN_NEAR;
}

/** The most common step, or the middle one if steps differ; Infinity if there are no steps. */
export const commonStep = (steps: readonly number[] | Float64Array): number => usualStep(steps).step;

/** `isMiddle`: no step is common enough, so this is the middle one. */
function usualStep(steps: readonly number[] | Float64Array): { readonly step: number; readonly isMiddle: boolean } {
  const counts = new Map<number, number>();
  for (const step of steps) counts.set(step, (counts.get(step) ?? 0) + 1);
  let common = Infinity;
  let most = 0;
  for (const [step, count] of counts) {
    if (count > most || (count === most && step < common)) [common, most] = [step, count];
  }
  if (most * 3 >= steps.length) return { step: common, isMiddle: false };
  const middle = Float64Array.from(steps).sort()[Math.floor(steps.length / 2)];
  return { step: middle ?? Infinity, isMiddle: true };
}
