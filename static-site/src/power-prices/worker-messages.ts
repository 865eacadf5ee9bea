// What the page and the worker that reads files send each other. Intervals travel as one array of
// numbers for each series, because a million objects would take a second to copy.

import type { UnixMs } from "../units";
import type { PowerInterval } from "./power-file";
import type { Choices, Reading } from "./reading";

export type Request = { readonly files: readonly File[]; readonly choices: Choices };
export type Reply =
  | { readonly kind: "progress"; readonly share: number }
  | { readonly kind: "reading"; readonly reading: PackedReading }
  /** `isSentence`: the message is one to show to the user. */
  | { readonly kind: "failed"; readonly message: string; readonly isSentence: boolean };

type PackedSeries = { readonly name: string; readonly numbers: Float64Array<ArrayBuffer> };
export type PackedReading = Omit<Reading, "series"> & { readonly series: readonly PackedSeries[] };

export function pack(reading: Reading): PackedReading {
  const series = reading.series.map(({ name, intervals }) => {
    const numbers = new Float64Array(3 * intervals.length);
    intervals.forEach(({ start, end, price }, at) => {
      numbers[3 * at] = start;
      numbers[3 * at + 1] = end;
      numbers[3 * at + 2] = price;
    });
    return { name, numbers };
  });
  return { ...reading, series };
}

export function unpack(packed: PackedReading): Reading {
  const series = packed.series.map(({ name, numbers }) => ({
    name,
    intervals: Array.from({ length: numbers.length / 3 }, (_, at): PowerInterval => {
      const [start = 0, end = 0, price = 0] = numbers.subarray(3 * at, 3 * at + 3);
      return { start: start as UnixMs, end: end as UnixMs, price };
    }),
  }));
  return { ...packed, series };
}
