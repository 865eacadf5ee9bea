// Made-up power prices to try the section with: sunny noons below zero, dear evenings, and spikes.

import { DAY_MS, HOUR_MS, type UnixMs } from "../model/units";
import type { TimeRange } from "../model/view";
import type { PowerInterval } from "../power-prices/power-file";

const MAX_DAYS = 90;
const MARGIN_MS = 1.5 * DAY_MS; // Decisions need about a day of blocks before them, and half a day after.

/** An hourly price for each of the last whole days that the data are enough for, at most 90. */
export function examplePrices({ from, to }: TimeRange): readonly PowerInterval[] {
  const [first, end] = [Math.ceil((from + MARGIN_MS) / DAY_MS), Math.floor((to - MARGIN_MS / 2) / DAY_MS)];
  const firstHour = 24 * Math.max(first, end - MAX_DAYS);
  return Array.from({ length: Math.max(0, 24 * end - firstHour) }, (_, at) => {
    const hour = firstHour + at;
    return { start: (hour * HOUR_MS) as UnixMs, end: ((hour + 1) * HOUR_MS) as UnixMs, price: priceOf(hour) };
  });
}

/** In USD/MWh with cents; `hour` counts from 1970. */
function priceOf(hour: number): number {
  const [day, time] = [Math.floor(hour / 24), hour % 24];
  const around = (peak: number, width: number) => Math.exp(-(((time - peak) / width) ** 2));
  const wind = 40 * noise(day, 1);
  const sun = 70 * noise(day, 2) * around(12, 3);
  const demand = 20 * around(7, 2) + 60 * around(18, 2.5);
  const isEvening = 15 < time && time < 21;
  const luck = noise(hour, 4);
  const spike = isEvening && luck > 0.96 ? 4_000 * noise(hour, 5) ** 2 : 0;
  return Math.round(100 * (80 - wind - sun + demand + 12 * noise(hour, 3) + spike)) / 100;
}

/** From 0 to below 1, always the same for the same numbers. */
function noise(n: number, kind: number): number {
  let bits = Math.imul(n, 0x9e3779b1) ^ Math.imul(kind, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
}
