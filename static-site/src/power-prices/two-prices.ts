// Refuses tables with several prices at one time.

import { DAY_MS, HOUR_MS } from "../model/units";
import { ADD_TIME_OF_DAY, NOT_TRADES, ONE_PLACE, OR_SUMMER_TIME, TWELVE_HOURS, twoPrices } from "../words/two-prices";
import type { Conflict } from "./intervals";
import type { Known } from "./known";
import { PowerPricesError } from "./power-file";
import { cell } from "./table";
import { isDaily } from "./time-plan";
import { readClock, readTime, splitTimeRange } from "./written-times";
import { fixedOffset } from "./zone-names";

/** `isSure` is whether nothing is asked, so that the hour that autumn repeats can be told. */
export function twoPricesAt(conflict: Conflict, known: Known, zone: string, isSure: boolean): PowerPricesError {
  const { time, columns } = known;
  const [one, other] = [Math.min(...conflict) + 1, Math.max(...conflict) + 1];
  const isFixed = isSure && fixedOffset(zone) !== null && time.zoneAt === null;
  const areTrades = columns.some(({ words }) => /\b(trade|deal|order) ?(id|no|nr|number)\b/.test(words));
  const advice = areTrades ? NOT_TRADES : isDaily(time) ? ADD_TIME_OF_DAY : isFixed ? OR_SUMMER_TIME : ONE_PLACE;
  return new PowerPricesError(isTwelveHours(known) ? TWELVE_HOURS : twoPrices(one, other, advice));
}

/** Whether the times of day are those of a clock of twelve hours, and nothing says which half is meant. */
function isTwelveHours({ sample, time }: Known): boolean {
  const hours = sample.map((row) => {
    const clock =
      time.clockAt === null
        ? readTime(splitTimeRange(cell(row, time.timeAt))[0], "day first")?.wall
        : readClock(cell(row, time.clockAt))?.from;
    return Math.floor(((clock ?? NaN) % DAY_MS) / HOUR_MS);
  });
  return time.numberAt === null && Math.min(...hours) === 1 && Math.max(...hours) === 12;
}
