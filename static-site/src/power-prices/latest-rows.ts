// Of several versions of one time's price, keeps the latest.

import { cell, isBlank, type Table } from "./table";
import type { TimePlan } from "./time-plan";
import { readTime } from "./written-times";

const BETWEEN = "\u0000";

/** The table with blank rows in place of those of which a later version is there, and their number. */
export function latestRows(
  table: Table,
  firstRow: number,
  time: TimePlan,
  keys: readonly number[],
  version: number,
): { readonly table: Table; readonly earlier: number } {
  const { timeAt, endAt, clockAt, numberAt, partAt, flagAt, zoneAt } = time;
  const named = [timeAt, endAt, clockAt, numberAt, partAt, flagAt, zoneAt, ...keys].flatMap((at) => at ?? []);
  const latest = new Map<string, number>();
  const nameOf = (at: number): string => named.map((column) => table.cellAt(at, column)).join(BETWEEN);
  const versionOf = (at: number): number => {
    const text = table.cellAt(at, version);
    return /^\d+$/.test(text) ? Number(text) : (readTime(text, "day first")?.wall ?? Number.NEGATIVE_INFINITY);
  };
  for (let at = firstRow; at < table.length; at += 1)
    latest.set(nameOf(at), Math.max(latest.get(nameOf(at)) ?? Number.NEGATIVE_INFINITY, versionOf(at)));
  const isEarlier = (at: number): boolean => at >= firstRow && versionOf(at) < (latest.get(nameOf(at)) ?? 0);
  const dropped = new Set<number>();
  for (let at = firstRow; at < table.length; at += 1) if (!isBlank(table.row(at)) && isEarlier(at)) dropped.add(at);
  return {
    table: {
      ...table,
      row: (at) => (dropped.has(at) ? [] : table.row(at)),
      cellAt: (at, column) => (dropped.has(at) ? "" : cell(table.row(at), column)),
    },
    earlier: dropped.size,
  };
}
