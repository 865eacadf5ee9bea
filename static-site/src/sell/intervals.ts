// Parts of the power prices: which intervals a time range has, and which of them to draw.

import { firstIndex } from "../lib/first-index";
import type { StepRange } from "../model/backtest";
import type { UnixMs } from "../model/units";
import type { TimeRange } from "../model/view";
import type { PowerInterval } from "../power-prices/power-file";

/** Intervals from the first to before the end. */
export type IntervalRange = StepRange;

const MAX_POINTS = 3_000; // About two for each pixel of a wide chart.

/** The intervals that the range is a part of, or that are a part of it. */
export function intervalsIn(power: readonly PowerInterval[], { from, to }: TimeRange): IntervalRange {
  const first = firstWhere(power, ({ end }) => from < end);
  return {
    first,
    end: Math.max(
      first,
      firstWhere(power, ({ start }) => to <= start),
    ),
  };
}

/** From the start of the first interval to the end of the last one; null without intervals. */
export function timesOf(power: readonly PowerInterval[], { first, end }: IntervalRange): TimeRange | null {
  const [from, to] = [power[first]?.start, power[end - 1]?.end];
  return from === undefined || to === undefined || end <= first ? null : { from, to };
}

/**
 * The intervals to draw, in order: all of them, or of many the cheapest and the dearest of each part,
 * so that neither spikes nor prices below zero get lost.
 */
export function pointsToDraw(power: readonly PowerInterval[], { first, end }: IntervalRange): number[] {
  const count = end - first;
  if (count <= MAX_POINTS) return Array.from({ length: count }, (_, at) => first + at);
  const points: number[] = [];
  const parts = MAX_POINTS / 2;
  for (let part = 0; part < parts; part += 1) {
    const [from, until] = [part, part + 1].map((n) => first + Math.floor((n * count) / parts)) as [number, number];
    let [least, most] = [from, from];
    for (let at = from; at < until; at += 1) {
      const price = priceOf(power, at);
      if (price < priceOf(power, least)) least = at;
      if (priceOf(power, most) < price) most = at;
    }
    points.push(...(least === most ? [least] : [Math.min(least, most), Math.max(least, most)]));
  }
  return points;
}

/** A point of the chart, and the interval that it is of; null in a gap. */
export type StepPoint = { readonly at: number | null; readonly time: UnixMs };

/** Each interval as a step from its start to its end, with a gap where time has no price. */
export function stepPoints(
  power: readonly PowerInterval[],
  drawn: readonly number[],
  gaps: Uint32Array,
): readonly StepPoint[] {
  return drawn.flatMap((at, place): StepPoint[] => {
    const { start, end } = power[at] as PowerInterval;
    const before = drawn[place - 1] ?? at;
    const step = [
      { at, time: start },
      { at, time: end },
    ];
    return gaps[before] === gaps[at] ? step : [{ at: null, time: start }, ...step];
  });
}

const priceOf = (power: readonly PowerInterval[], at: number): number => power[at]?.price ?? Number.NaN;

/** For each interval, how many times without a price there are before it. */
export function gapsBefore(power: readonly PowerInterval[]): Uint32Array {
  const gaps = new Uint32Array(power.length);
  for (let at = 1; at < power.length; at += 1)
    gaps[at] = (gaps[at - 1] as number) + (power[at - 1]?.end === power[at]?.start ? 0 : 1);
  return gaps;
}

/** The first place from which on all intervals are so. */
function firstWhere(power: readonly PowerInterval[], isSo: (interval: PowerInterval) => boolean): number {
  return firstIndex(power.length, (at) => isSo(power[at] as PowerInterval));
}

/** Prices beyond the axis of the chart. */
export type Spikes = {
  readonly prices: number;
  readonly above: number;
  readonly highest: number;
  readonly below: number;
  readonly lowest: number;
};

/**
 * Where the axis ends, above and below zero: at three times the strike of the machine that is shown in
 * detail, or above the strikes of the others; null if that strike is not above zero.
 */
export function axisLimit(strike: number | null, others: readonly (number | null)[]): number | null {
  if (strike === null || strike <= 0) return null;
  return Math.max(3 * strike, ...others.map((other) => 1.2 * (other ?? 0)));
}

export function spikesIn(power: readonly PowerInterval[], { first, end }: IntervalRange, limit: number | null): Spikes {
  let [above, below, highest, lowest] = [0, 0, -Infinity, Infinity];
  for (let at = first; at < end; at += 1) {
    const price = priceOf(power, at);
    highest = Math.max(highest, price);
    lowest = Math.min(lowest, price);
    if (limit !== null && limit < price) above += 1;
    if (limit !== null && price < -limit) below += 1;
  }
  return { prices: end - first, above, highest, below, lowest };
}

/** A range of at least two intervals around the middle of another one, `factor` times as long. */
export function scaledRange(
  power: readonly PowerInterval[],
  { first, end }: IntervalRange,
  around: number,
  factor: number,
): IntervalRange {
  const length = Math.min(power.length, Math.max(2, Math.round((end - first) * factor)));
  const share = (around - first + 0.5) / (end - first);
  const start = Math.round(around + 0.5 - share * length);
  const from = Math.min(Math.max(0, start), power.length - length);
  return { first: from, end: from + length };
}
