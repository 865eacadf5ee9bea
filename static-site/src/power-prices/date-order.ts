// Whether 03/04/2024 is 3 April or 4 March.

import { uncommon } from "./on-demand";
import type { DateOrder } from "./written-times";

export type OrderFound = {
  /** Null if it cannot be known. */
  readonly order: DateOrder | null;
  /** The first ambiguous date; empty if all dates are clear. */
  readonly example: string;
  /** Whether no date depends on the order, because the year is first or the month has a name. */
  readonly isOrdered: boolean;
};

/**
 * By the dates that only one order can explain; by the days that follow one another; or by the
 * pairs of times in a row, which are close to each other.
 */
export function findDateOrder(dates: Iterable<string>, pairs: Iterable<readonly [string, string]>): OrderFound {
  let example = "";
  let isDayFirst = false;
  let isMonthFirst = false;
  const different: string[] = [];
  let last = "";
  for (const text of dates) {
    const day = text.slice(0, 10);
    if (day === last) continue;
    last = day;
    const date = /^(\d{1,2})[-/](\d{1,2})[-/](\d{4}|\d{2})(?!\d)/.exec(text);
    if (date === null) continue;
    example ||= date[0];
    if (Number(date[1]) > 12) isDayFirst = true;
    if (Number(date[2]) > 12) isMonthFirst = true;
    if (different.length < 400 && different.at(-1) !== date[0]) different.push(date[0]);
    if (isDayFirst && isMonthFirst) break;
  }
  if (example === "") return { order: "day first", example, isOrdered: true };
  if (isDayFirst !== isMonthFirst)
    return { order: isDayFirst ? "day first" : "month first", example: "", isOrdered: false };
  return {
    order: uncommon().orderByNeighbours(different) ?? uncommon().orderByPairs(pairs),
    example,
    isOrdered: false,
  };
}
