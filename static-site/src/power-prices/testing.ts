// Helpers for the tests of power prices. The files in these tests are written for them, in the
// layouts whose documentation ercot.ts and times-and-prices.ts link.

import type { PowerFile } from "./power-file";

type IntervalLine = readonly [start: string, end: string, price: number];

/** The series with this name, or the preferred one, as lines that are easy to read. */
export function lines(file: PowerFile, name?: string): IntervalLine[] {
  const series = name === undefined ? file.series[file.preferred] : file.series.find((one) => one.name === name);
  const iso = (time: number): string => new Date(time).toISOString().slice(0, 16);
  return (series?.intervals ?? []).map(({ start, end, price }): IntervalLine => [iso(start), iso(end), price]);
}

export const names = (file: PowerFile): string[] => file.series.map(({ name }) => name);
export const prices = (file: PowerFile, name?: string): number[] => lines(file, name).map(([, , price]) => price);
