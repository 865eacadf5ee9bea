// Prices of a day that are not those of all its hours: of peak hours, or of contracts on a later time.

import { DAY_MS } from "../model/units";
import { isOfContracts, isOfPartOfDay, leftOutPartsOfDay, startsLate } from "../words/reader";
import type { Answers } from "./answers";
import { namesOf } from "./choose-price";
import type { Known } from "./known-table";
import { PowerPricesError } from "./power-file";
import { PART_OF_DAY as PART, type PriceColumn } from "./price-columns";
import type { KindColumn } from "./series-columns";
import { headerName, isDaily } from "./time-plan";
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

/** The rows of whole days, if others are of peak hours. Throws `PowerPricesError` if all others are. */
export function rowsOfWholeDays(known: Known, answers: Answers): Pick<KindColumn, "at" | "value"> | null {
  if (!isDaily(known.time)) return null;
  const found = known.columns.find(({ distinct }) => {
    const texts = [...distinct];
    return texts.some((text) => PART.test(text)) && texts.every((text) => PART.test(text) || WHOLE.test(text));
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
  const isPart = ({ header }: PriceColumn): boolean => PART.test(header.replace(/_/g, " "));
  if (!isDaily(known.time) || !prices.some(isPart)) return prices;
  const whole = prices.filter((price) => !isPart(price));
  if (whole.length === 0) throw new PowerPricesError(isOfPartOfDay(prices[0]?.header ?? ""));
  answers.choices.price = { ...answers.choices.price, value: namesOf(whole) };
  answers.notes.push(leftOutPartsOfDay(prices.filter(isPart).map(({ header }) => header)));
  return whole;
}
