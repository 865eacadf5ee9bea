// The order of dates that could be read in two ways, by the days and the times near them.

import { DAY_MS, HOUR_MS } from "../model/units";
import { type DateOrder, readTime } from "./written-times";

/** More than the hours between local time and UTC, or between start and end of an interval. */
const MAX_APART_MS = 32 * HOUR_MS;

/** Days of a file follow one another: 01/02, 02/02, 03/02 are days of February. */
export function orderByNeighbours(dates: readonly string[]): DateOrder | null {
  const nextDays = (order: DateOrder): number =>
    dates.slice(1).filter((text, at) => {
      const one = readTime(dates[at] ?? "", order)?.wall ?? NaN;
      return Math.abs((readTime(text, order)?.wall ?? NaN) - one) === DAY_MS;
    }).length;
  const [dayFirst, monthFirst] = [nextDays("day first"), nextDays("month first")];
  if (dayFirst === monthFirst) return null;
  return dayFirst > monthFirst ? "day first" : "month first";
}

export function orderByPairs(pairs: Iterable<readonly [string, string]>): DateOrder | null {
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
