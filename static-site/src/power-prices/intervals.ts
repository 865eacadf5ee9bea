// Turns the rows of a place into intervals: sorted, each with an end and a price.

import { DAY_MS, type UnixMs } from "../units";
import type { PowerInterval } from "./power-file";
import type { SkippedRows } from "./skipped-rows";

/** A row as it was read. `end` and `price` are null if the file does not have them. */
export type DraftRow = { readonly start: number; readonly end: number | null; readonly price: number | null };

/**
 * Sorts the rows, keeps the first of equal times, and adds missing ends. Rows that are left out are
 * counted in `skipped`.
 */
export function toIntervals(drafts: readonly DraftRow[], skipped: SkippedRows): PowerInterval[] {
  const rows = eachTimeOnce(drafts, skipped);
  const lengths = inferLengths(rows.map(({ start }) => start));
  const intervals: PowerInterval[] = [];
  let covered = -Infinity;
  rows.forEach(({ start, end: given, price }, at) => {
    const length = lengths[at];
    const end = given ?? (length === undefined ? null : start + length);
    if (price === null) skipped.noPrice += 1;
    else if (end === null) skipped.withoutLength += 1;
    else if (start < covered) skipped.overlapping += 1;
    else {
      intervals.push({ start: start as UnixMs, end: end as UnixMs, price });
      covered = end;
    }
  });
  return intervals;
}

/** Of rows with equal times, keeps the first with a price, or else the first. */
function eachTimeOnce(drafts: readonly DraftRow[], skipped: SkippedRows): DraftRow[] {
  const rows: DraftRow[] = [];
  for (const row of drafts.toSorted((a, b) => a.start - b.start)) {
    const last = rows.at(-1);
    if (last?.start !== row.start) {
      rows.push(row);
      continue;
    }
    skipped.repeated += 1;
    if (last.price === null) rows[rows.length - 1] = row;
  }
  return rows;
}

/**
 * How long each row lasts if the file does not say so: until the next row, but no longer than the
 * most common step, so that gaps remain gaps. A longer step is accepted if it occurs three times in
 * a row, because markets changed from hours to quarters within one year's file. A single row has no
 * length.
 */
function inferLengths(starts: readonly number[]): number[] {
  const steps = starts.slice(1).map((start, at) => start - (starts[at] ?? start));
  const common = mostCommon(steps);
  const isSteady = (at: number): boolean => {
    const same = (from: number): boolean => [from, from + 1, from + 2].every((other) => steps[other] === steps[at]);
    return same(at - 2) || same(at - 1) || same(at);
  };
  const lengths = steps.map((step, at) => (step <= common || (step <= DAY_MS && isSteady(at)) ? step : common));
  return [...lengths, ...lengths.slice(-1)];
}

/** The most common step, the shortest one of equals; Infinity if there are no steps. */
function mostCommon(steps: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const step of steps) counts.set(step, (counts.get(step) ?? 0) + 1);
  let common = Infinity;
  let most = 0;
  for (const [step, count] of counts) {
    if (count > most || (count === most && step < common)) [common, most] = [step, count];
  }
  return common;
}
