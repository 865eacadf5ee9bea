// Scales and tick labels of the chart's value axes: pure functions.

import { fixed } from "../lib/format";
import type { Values } from "./columns";

const WIDE_RATIO = 50; // From here on a linear axis shows one spike, and a line at zero.
const SUFFIXES = ["", "k", "M", "G", "T", "P", "E"] as const;
const DECIMALS = [0, 1, 2, 3, 4, 5, 6] as const;
const NUMBERS = DECIMALS.map((decimals) => fixed(decimals));
const PERCENTS = DECIMALS.map((decimals) => fixed(decimals, { style: "percent" }));

/** Whether a logarithmic axis shows more of these values: all are above zero and differ by more than 1:50. */
export function spansWidely(lines: readonly Values[], first: number, last: number): boolean {
  let [least, most] = [Infinity, 0];
  for (const values of lines) {
    for (let at = first; at <= last; at++) {
      const value = values[at] ?? null;
      if (value === null) continue;
      if (value < least) least = value;
      if (most < value) most = value;
    }
  }
  return 0 < least && WIDE_RATIO * least < most;
}

/** The range of a logarithmic axis: from a number with a single digit to another. */
export function logRange(least: number | null, most: number | null): [number, number] {
  if (least === null || most === null || least <= 0) return [1, 10];
  const [low, high] = [roundToOneDigit(least, Math.floor), roundToOneDigit(most, Math.ceil)];
  return low === high ? [low, roundToOneDigit(high * 1.01, Math.ceil)] : [low, high];
}

function roundToOneDigit(value: number, round: (value: number) => number): number {
  const magnitude = 10 ** Math.floor(Math.log10(value));
  return round(value / magnitude) * magnitude;
}

/**
 * At most about `most` ticks of a logarithmic axis: powers of ten, and also their doubles and
 * fivefolds where there are fewer than three of them.
 */
export function logTicks(low: number, high: number, most: number): readonly number[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const decades = last - first + 1;
  if (decades < 3) {
    const ticks = Array.from({ length: last - first + 3 }, (_, at) => first - 1 + at).flatMap((exponent) =>
      [1, 2, 5].map((digit) => digit * 10 ** exponent),
    );
    return ticks.filter((tick) => low * (1 - 1e-9) <= tick && tick <= high * (1 + 1e-9));
  }
  const step = Math.ceil(decades / Math.max(most, 1));
  const exponents = Array.from({ length: decades }, (_, at) => first + at);
  return exponents.filter((exponent) => exponent % step === 0).map((exponent) => 10 ** exponent);
}

/** Labels of equally spaced ticks: all in the same thousands, with the decimals that their step needs. */
export function linearLabels(ticks: readonly number[]): readonly string[] {
  const thousands = thousandsOf(Math.max(...ticks.map(Math.abs)), 1e4);
  const unit = 1_000 ** thousands;
  const decimals = decimalsOf(stepOf(ticks) / unit);
  return ticks.map((tick) => withSuffix(numberText(tick / unit, decimals), tick === 0 ? 0 : thousands));
}

/** Labels of ticks that are shares, in per cent. */
export function percentLabels(ticks: readonly number[]): readonly string[] {
  const decimals = decimalsOf(stepOf(ticks) * 100);
  return ticks.map((tick) => PERCENTS[decimals]?.(tick) ?? "");
}

/** Labels of a logarithmic axis: each tick in its own thousands. */
export function logLabels(ticks: readonly number[]): readonly string[] {
  return ticks.map((tick) => {
    const thousands = thousandsOf(tick, 1e3);
    const value = tick / 1_000 ** thousands;
    const decimals = value < 1 ? Math.ceil(-Math.log10(value) - 1e-9) : 0;
    return withSuffix(numberText(value, Math.min(decimals, DECIMALS.length - 1)), thousands);
  });
}

/** The same, for ticks that are shares. */
export function logPercentLabels(ticks: readonly number[]): readonly string[] {
  return ticks.flatMap((tick) => percentLabels([tick]));
}

/** A large number in short: 152.27 T. */
export function compact(value: number): string {
  const thousands = thousandsOf(Math.abs(value), 1e4);
  return withSuffix(numberText(value / 1_000 ** thousands, 2), thousands);
}

const numberText = (value: number, decimals: number) => NUMBERS[decimals]?.(value) ?? "";

const withSuffix = (text: string, thousands: number) =>
  thousands === 0 ? text : `${text}\u00a0${SUFFIXES[thousands] ?? ""}`;

function thousandsOf(value: number, from: number): number {
  return value < from ? 0 : Math.min(Math.floor(Math.log10(value * (1 + 1e-9)) / 3), SUFFIXES.length - 1);
}

function stepOf(ticks: readonly number[]): number {
  const [first = 0, second = 2 * first] = ticks;
  return Math.abs(second - first);
}

/** How many decimals show this step without rounding. */
function decimalsOf(step: number): number {
  const isExact = (decimals: number) => {
    const shifted = step * 10 ** decimals;
    return 0.5 < shifted && Math.abs(shifted - Math.round(shifted)) < 1e-6 * shifted;
  };
  return DECIMALS.find(isExact) ?? DECIMALS.length - 1;
}
