// What the page and the worker that reads files send each other. Intervals travel as one array of
// numbers for each series, because a million objects would take a second to copy.

import type { UnixMs } from "../model/units";
import type { PowerInterval, PowerSeries } from "./power-file";
import type { Choices, Reading } from "./reading";

export type Request = { readonly files: readonly File[]; readonly choices: Choices };
export type Reply =
  | { readonly kind: "progress"; readonly share: number }
  | { readonly kind: "reading"; readonly reading: PackedReading }
  /** `isSentence`: the message is one to show to the user. */
  | { readonly kind: "failed"; readonly message: string; readonly isSentence: boolean };

type PackedSeries = Omit<PowerSeries, "intervals"> & { readonly numbers: Float64Array<ArrayBuffer> };
export type PackedReading = Omit<Reading, "series"> & { readonly series: readonly PackedSeries[] };

export function pack(reading: Reading): PackedReading {
  const series = reading.series.map(({ name, intervals, written }) => {
    const numbers = new Float64Array(3 * intervals.length);
    intervals.forEach(({ start, end, price }, at) => {
      numbers[3 * at] = start;
      numbers[3 * at + 1] = end;
      numbers[3 * at + 2] = price;
    });
    return { name, numbers, written };
  });
  return { ...reading, series };
}

/** Only the series that are looked at become objects. */
export function unpack(packed: PackedReading): Reading {
  const series = packed.series.map(({ name, numbers, written }) => {
    let intervals: readonly PowerInterval[] | undefined;
    return {
      name,
      written,
      get intervals() {
        intervals ??= intervalsOf(numbers);
        return intervals;
      },
    };
  });
  return { ...packed, series };
}

function intervalsOf(numbers: Float64Array): readonly PowerInterval[] {
  return Array.from({ length: numbers.length / 3 }, (_, at) => ({
    start: numbers[3 * at] as UnixMs,
    end: numbers[3 * at + 1] as UnixMs,
    price: numbers[3 * at + 2] ?? NaN,
  }));
}
