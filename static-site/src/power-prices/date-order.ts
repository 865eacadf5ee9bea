// Whether 03/04/2024 is 3 April or 4 March.

import { DAY_MS, HOUR_MS } from "../model/units";
import { type DateOrder, readTime } from "./written-times";

export type OrderFound = {
  /** Null if it cannot be known. */
  readonly order: DateOrder | null;
  /** The first ambiguous date; empty if all dates are clear. */
  readonly example: string;
  /** Whether no date depends on the order, because the year is first or the month has a name. */
  readonly isOrdered: boolean;
};

/** More than the hours between local time and UTC, or between start and end of an interval. */
const MAX_APART_MS = 32 * HOUR_MS;

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
  return { order: byNeighbours(different) ?? byPairs(pairs), example, isOrdered: false };
}

/** Days of a file follow one another: 01/02, 02/02, 03/02 are days of February. */
function byNeighbours(dates: readonly string[]): DateOrder | null {
  const nextDays = (order: DateOrder): number =>
    dates.slice(1).filter((text, at) => {
      const one = readTime(dates[at] ?? "", order)?.wall ?? NaN;
      return Math.abs((readTime(text, order)?.wall ?? NaN) - one) === DAY_MS;
    }).length;
  const [dayFirst, monthFirst] = [nextDays("day first"), nextDays("month first")];
  if (dayFirst === monthFirst) return null;
  return dayFirst > monthFirst ? "day first" : "month first";
}

function byPairs(pairs: Iterable<readonly [string, string]>): DateOrder | null {
  let dayFirst = true;
  let monthFirst = true;
  for (const [one, other] of pairs) {
    const isClose = (order: DateOrder): boolean => {
      const apart = (readTime(one, order)?.wall ?? NaN) - (readTime(other, order)?.wall ?? NaN);
      return Math.abs(apart) <= MAX_APART_MS;
    };
    dayFirst &&= isClose("day first");
    monthFirst &&= isClose("month first");
  }
  if (dayFirst === monthFirst) return null;
  return dayFirst ? "day first" : "month first";
}
