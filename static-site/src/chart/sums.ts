// Sums of the period that the chart shows: pure functions.

import { DAY_MS, HOUR_MS } from "../model/units";
import { countOf, type TimeRange, type View } from "../model/view";
import type { ChartColumns, Line } from "./columns";

/** Blocks of a range: how many there are, and how many of these have no price. */
export function countBlocks(
  { time, blocks, power, lines }: ChartColumns,
  { from, to }: TimeRange,
): { readonly blocks: number; readonly unpriced: number } {
  const earned = lines[0]?.values ?? [];
  let [all, unpriced] = [0, 0];
  time.forEach((now, at) => {
    if (now < from || to < now) return;
    const weight = blocks[at] ?? 0;
    all += weight;
    if ((earned[at] ?? null) === null || (power?.[at] ?? null) === null) unpriced += weight;
  });
  return { blocks: all, unpriced };
}

/** What 1 MW, or a fleet, earns and costs in a period, in the unit of the columns. */
export type Sums = {
  /** Hours that the sums are over: those with a price, in which the machine could be bought. */
  readonly hours: number;
  readonly revenue: number;
  readonly cost: number;
};

const INTERVAL_MS = { block: 0, hour: HOUR_MS, day: DAY_MS } as const;

/** A point's values hold until the next point; before a gap, for its interval. */
export function sumsOf(
  { interval, time, height, power }: ChartColumns,
  line: Line,
  { from, to }: TimeRange,
): Sums | null {
  const start = Math.max(from, line.soldFrom ?? from);
  let [hours, revenue, cost] = [0, 0, 0];
  time.forEach((now, at) => {
    const [earned, costs, next] = [line.values[at] ?? null, power?.[at] ?? null, time[at + 1]];
    if (earned === null || costs === null || to <= now) return;
    const isFollowed = next !== undefined && height[at + 1] !== null;
    const end = Math.min(isFollowed ? next : Math.min(now + INTERVAL_MS[interval], next ?? Infinity), to);
    const duration = (end - Math.max(now, start)) / HOUR_MS;
    if (duration <= 0) return;
    hours += duration;
    revenue += earned * duration;
    cost += costs * duration;
  });
  return hours === 0 ? null : { hours, revenue, cost };
}

export type FleetSums = Sums & { readonly miners: number; readonly megawatts: number };

/** Sums of as many machines as the user counts, with the power that the site uses besides them. */
export function fleetSums(
  columns: ChartColumns,
  view: Pick<View, "counts" | "overhead">,
  range: TimeRange,
): FleetSums | null {
  let [miners, megawatts, hours, revenue, cost] = [0, 0, 0, 0, 0];
  for (const line of columns.lines) {
    const count = countOf(line.id, view);
    const taken = (count * (line.watts ?? 0) * (1 + view.overhead)) / 1e6;
    const ofMegawatt = sumsOf(columns, line, range);
    miners += count;
    megawatts += taken;
    hours = Math.max(hours, ofMegawatt?.hours ?? 0);
    revenue += taken * (ofMegawatt?.revenue ?? 0);
    cost += taken * (ofMegawatt?.cost ?? 0);
  }
  return hours === 0 ? null : { miners, megawatts, hours, revenue, cost };
}
