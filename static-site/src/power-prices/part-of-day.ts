// Prices of a day that are not those of all its hours: of peak hours, or of contracts on a later time.

import { DAY_MS } from "../model/units";
import { isOfBlocks, isOfContracts, isOfPartOfDay, leftOutPartsOfDay, startsLate } from "../words/part-of-day";
import type { Answers } from "./answers";
import { namesOf } from "./choose-price";
import { isVersion } from "./column-profile";
import { periodNumber } from "./hour-headers";
import type { Known } from "./known";
import { PowerPricesError } from "./power-file";
import { isPartOfDay, type PriceColumn } from "./price-columns";
import type { KindColumn } from "./series-columns";
import { COUNTED, HOUR_WORDS, headerName, isDaily } from "./time-plan";
import { readClock } from "./written-times";

const FIRST_ROWS = 500;

const WHOLE = /^(base([- ]?load)?|atc|7x24|flat|24 ?h)$/i;
const CONTRACT_WORDS = /\b(contract|maturity|expiry|expiration|tenor|delivery (period|month))\b/;
const CONTRACT = /^(cal|year|q[1-4]|[a-z]{3,9}|[mw]k?|week)[\s/-]?\d{2,4}$/i;

/** Throws `PowerPricesError` if each row is the price of a contract on the day of a trade. */
export function refuseContracts(known: Known): void {
  if (!isDaily(known.time)) return;
  const found = known.columns.find(
    ({ words, distinct }) => CONTRACT_WORDS.test(words) && [...distinct].some((text) => CONTRACT.test(text)),
  );
  if (found !== undefined) throw new PowerPricesError(isOfContracts(headerName(found), [...found.distinct][0] ?? ""));
}

/**
 * Throws `PowerPricesError` if the days go on after midnight, as those of gas do from 06:00 to 05:00: nothing
 * says on which date such hours are.
 */
export function refuseLateDays({ table, header, time }: Known): void {
  const { clockAt, timeAt, isDay } = time;
  if (!isDay || clockAt === null || timeAt === null) return;
  let date = "";
  let before = 0;
  let seen = new Set<number>();
  const starts: number[] = [];
  for (let row = header.firstRow; row < Math.min(table.length, header.firstRow + FIRST_ROWS); row += 1) {
    const clock = readClock(table.cellAt(row, clockAt))?.from;
    if (clock === undefined) continue;
    const first = table.cellAt(row, timeAt);
    const isNew = first !== date;
    // The hours of another place start again with those that were there before.
    if (!isNew && Math.abs(before - clock) > DAY_MS / 2 && !seen.has(clock)) starts.push(Math.min(...seen));
    if (isNew) seen = new Set();
    seen.add(clock);
    [date, before] = [first, clock];
  }
  const [start = 0] = starts;
  if (starts.length > 1 && start > 0 && starts.every((one) => one === start))
    throw new PowerPricesError(startsLate(time.name, new Date(start).toISOString().slice(11, 16)));
}

/** Blocks of hours are at most so many in a day. */
const MAX_BLOCKS = 12;
const BLOCK_WORDS = /\b(block|efa|shift|schicht|band|strip)\b/;
const SHORT_PERIODS = /settlement|half|quarter|viertel|\b(qh|sp|isp|mtu)\b/;

/**
 * Throws `PowerPricesError` if the rows of each date are numbered from 1 to a few: as blocks of several hours,
 * of which nothing says when they begin, and that are neither hours nor places.
 */
export function refuseBlocks({ table, header, columns, time, market }: Known): void {
  const { timeAt, numberAt, clockAt, partAt, isDay, hours } = time;
  if (!isDay || timeAt === null || clockAt !== null || partAt !== null || hours.length > 0 || market !== null) return;
  const possible = columns.filter((column) => {
    const { at, words, isWhole, distinct } = column;
    if (distinct.size < 2 || distinct.size > MAX_BLOCKS || SHORT_PERIODS.test(words) || isVersion(column)) return false;
    if (numberAt !== null) return at === numberAt && !HOUR_WORDS.test(words);
    return (isWhole || BLOCK_WORDS.test(words)) && !COUNTED.test(words);
  });
  const found = possible.find(({ at, words }) => {
    const days = new Map<string, number[]>();
    for (let row = header.firstRow; row < Math.min(table.length, header.firstRow + FIRST_ROWS); row += 1) {
      const number = periodNumber(table.cellAt(row, at))?.number;
      const day = table.cellAt(row, timeAt);
      if (number !== undefined) days.set(day, [...(days.get(day) ?? []), number]);
    }
    // The last day may go on below.
    const whole = [...days.values()].slice(0, days.size > 1 ? -1 : undefined);
    const count = whole[0]?.length ?? 0;
    const isCounted = whole.every((one) => one.length === count && one.every((_, index) => one.includes(index + 1)));
    return count > 1 && isCounted && (days.size > 1 || BLOCK_WORDS.test(words));
  });
  if (found !== undefined) throw new PowerPricesError(isOfBlocks(headerName(found), found.distinct.size));
}

/** The rows of whole days, if others are of peak hours. Throws `PowerPricesError` if all others are. */
export function rowsOfWholeDays(known: Known, answers: Answers): Pick<KindColumn, "at" | "value"> | null {
  if (!isDaily(known.time)) return null;
  const found = known.columns.find(({ distinct }) => {
    const texts = [...distinct];
    return texts.some(isPartOfDay) && texts.every((text) => isPartOfDay(text) || WHOLE.test(text));
  });
  if (found === undefined) return null;
  const texts = [...found.distinct];
  const value = texts.find((text) => WHOLE.test(text));
  if (value === undefined) throw new PowerPricesError(isOfPartOfDay(headerName(found)));
  answers.notes.push(leftOutPartsOfDay(texts.filter((text) => text !== value)));
  return { at: found.at, value };
}

/** The columns that are not of peak hours. Throws `PowerPricesError` if all are. */
export function columnsOfWholeDays(
  known: Known,
  prices: readonly PriceColumn[],
  answers: Answers,
): readonly PriceColumn[] {
  const isPart = ({ header }: PriceColumn): boolean => isPartOfDay(header);
  if (!isDaily(known.time) || !prices.some(isPart)) return prices;
  const whole = prices.filter((price) => !isPart(price));
  if (whole.length === 0) throw new PowerPricesError(isOfPartOfDay(prices[0]?.header ?? ""));
  answers.choices.price = { ...answers.choices.price, value: namesOf(whole) };
  answers.notes.push(leftOutPartsOfDay(prices.filter(isPart).map(({ header }) => header)));
  return whole;
}
