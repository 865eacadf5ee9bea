// Prices of a day that are not those of all its hours: of peak hours, or of contracts on a later time.

import { isOfContracts, isOfPartOfDay, leftOutPartsOfDay } from "../words/reader";
import type { Answers } from "./answers";
import { namesOf } from "./choose-price";
import type { Known } from "./known-table";
import { PowerPricesError } from "./power-file";
import type { PriceColumn } from "./price-columns";
import type { KindColumn } from "./series-columns";
import { headerName, isDaily } from "./time-plan";

const PART = /\b(on|off)?[- ]?peak(load)?\b|\b(5x16|2x16|7x8|7x16|5x8)\b/i;
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
