// Columns that may name the hours of a day in words, beside dates: as many different ones as a day has.

import type { Column } from "./column-profile";
import { isMissing, isNumber } from "./price-cells";
import type { Table } from "./table";
import type { TimePlan } from "./time-plan";

const MAX_ROWS = 1_000;
/** On days of 23 to 25 hours, in hours, half-hours and quarters. */
const isPartOfDay = (count: number): boolean => [24, 48, 96].some((usual) => Math.abs(count - usual) <= usual / 24);

export type PeriodLabels = { readonly at: number; readonly header: string; readonly labels: readonly string[] };

/** Null if no column has such texts on every date. */
export function periodLabels(
  table: Table,
  firstRow: number,
  columns: readonly Column[],
  { timeAt, taken }: TimePlan,
): PeriodLabels | null {
  const to = Math.min(table.length, firstRow + MAX_ROWS);
  for (const { at, header, isNumber: areNumbers, values } of columns) {
    if (areNumbers || taken.has(at) || values.length === 0) continue;
    const days = new Map<string, string[]>();
    for (let row = firstRow; row < to; row += 1) {
      const day = table.cellAt(row, timeAt ?? 0);
      const label = table.cellAt(row, at);
      if (!isMissing(day) && !isMissing(label) && !isNumber(label)) days.set(day, [...(days.get(day) ?? []), label]);
    }
    // The last day may go on below.
    const whole = [...days.values()].slice(0, to === table.length ? undefined : -1);
    const labels = whole.find((one) => [24, 48, 96].includes(one.length)) ?? whole[0] ?? [];
    const isWholeDay = (one: readonly string[]): boolean => new Set(one).size === one.length && isPartOfDay(one.length);
    if (labels.length > 0 && whole.every(isWholeDay)) return { at, header, labels };
  }
  return null;
}

const LAST_NUMBER = /(?<!\d)0?(\d{1,2})$/;

/**
 * A label as its number in the day, from 1: the one at its end if the labels of a day count so, as those
 * of contracts, which name the date too; or its place in the day.
 */
export function numbered({ labels }: PeriodLabels): (text: string) => string {
  const lastNumber = (text: string): number => Number(LAST_NUMBER.exec(text)?.[1] ?? NaN);
  if (labels.every((label, at) => lastNumber(label) === at + 1))
    return (text) => (LAST_NUMBER.test(text) ? String(lastNumber(text)) : text);
  const numbers = new Map(labels.map((label, at) => [label, String(at + 1)]));
  return (text) => numbers.get(text) ?? text;
}
