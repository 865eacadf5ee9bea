// What the tests of power prices read in a file. All files are written for these tests, in the layouts whose documentation
// ercot.ts and times-and-prices.ts name.

import type { PowerFile } from "./power-file";

type IntervalLine = readonly [start: string, end: string, price: number];

/** A series, the first choice unless named, as lines that read well. */
export function lines(file: PowerFile, name?: string): IntervalLine[] {
  const series = name === undefined ? file.series[file.preferred] : file.series.find((one) => one.name === name);
  const iso = (time: number): string => new Date(time).toISOString().slice(0, 16);
  return (series?.intervals ?? []).map(({ start, end, price }): IntervalLine => [iso(start), iso(end), price]);
}

export const names = (file: PowerFile): string[] => file.series.map(({ name }) => name);
export const prices = (file: PowerFile, name?: string): number[] => lines(file, name).map(([, , price]) => price);
