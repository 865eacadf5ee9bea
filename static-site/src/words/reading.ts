// The sentences about how a file of power prices was read.

import type { ChoiceKey, Found } from "../power-prices/reading";
import { coinsOf } from "./coins";

export const LABELS: Readonly<Record<ChoiceKey | "rate", string>> = {
  price: "Price column",
  unit: "Unit",
  sign: "Point or comma",
  currency: "Currency",
  rate: "Exchange rate",
  time: "Time column",
  zone: "Time zone",
  stamp: "Each time is",
  order: "Date order",
  place: "Place or node",
  kind: "Kind of price",
};

/** The same, within a sentence. */
export const NAMES: Readonly<Record<ChoiceKey | "rate", string>> = {
  price: "price column",
  unit: "unit",
  sign: "point or comma",
  currency: "currency",
  rate: "exchange rate",
  time: "time column",
  zone: "time zone",
  stamp: "start or end of times",
  order: "date order",
  place: "place",
  kind: "kind of price",
};

export const FOUND: Readonly<Record<Found, string>> = {
  recognised: "recognised",
  assumed: "assumed",
  needed: "needed",
  chosen: "chosen by you",
};

export const NOT_CHOSEN = "Choose one";
export const perUnit = (currency: string | null, unit: string): string =>
  unit.includes("/") || currency === null
    ? `per ${unit}`.replace("per cents/", `${coinsOf(currency)} per `)
    : `${currency} per ${unit}`;

export const STAMPS: Readonly<Record<string, string>> = {
  start: "the start of an interval",
  end: "the end of an interval",
};
export const minutes = (count: string): string => `${count} min`;
export const hours = (count: number): string => (count === 1 ? "1 hour" : `${count} hours`);
export const lasting = (length: string | null): string => `of ${length ?? "different lengths"}`;
export const SEVERAL_COLUMNS = "several columns: see “Place or node”";
export const SIGNS: Readonly<Record<string, string>> = {
  thousands: "separates thousands (1.234 is more than 1000)",
  decimals: "is before the decimals (1.234 is less than 2)",
};
export const ORDERS: Readonly<Record<string, string>> = {
  "day first": "day first (31/12/2025)",
  "month first": "month first (12/31/2025)",
};

export const several = (names: readonly string[]): string => {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
};
export const filesName = (names: readonly string[]): string =>
  names.length === 1 ? (names[0] ?? "") : `${names.length} files (${several(names)})`;

export const reading = (name: string): string => `Reading ${name}`;
export const cancelled = (name: string): string => `Stopped reading ${name}.`;
export const stillShown = (name: string): string => `The result below is still that of ${name}.`;
export const tooLarge = (name: string, megabytes: string, most: string): string =>
  `${name} has ${megabytes} MB, and at most ${most} MB can be read. Choose a shorter period, such as a year.`;
export const couldNotRead = (name: string, reason: string): string =>
  `Couldn't read ${name}: ${reason.replace(/\.$/, "")}. Reload the page and try again.`;
export const NO_WORKER =
  "Couldn't load the part of the page that reads files. Check your connection, reload the page and choose the file again.";
export const WORKER_STOPPED =
  "The reading stopped because of an error of the browser: the file may need more memory than it has. Choose a shorter period, or reload the page and try again.";

/** "farm.csv: 240 prices from Sep 10, 2025 to Sep 20, 2025." */
export const wasRead = (name: string, prices: string, from: string, to: string): string =>
  from === to ? `${name}: ${prices} of ${from}.` : `${name}: ${prices} from ${from} to ${to}.`;
export const pricesCounted = (count: number, text: string): string => (count === 1 ? "1 price" : `${text} prices`);
export const isNeeded = (names: readonly string[]): string => `Needed to go on: ${listed(names)}.`;
export const rateQuestion = (currency: string): string => `How many USD was 1 ${currency} worth in this time?`;
export const NOT_A_RATE = "A rate is a number above zero, such as 1.08.";
const PLAIN_LAYOUT = "Times and prices";
export const readsAs = (layout: string, what: readonly string[]): string =>
  `Read as ${layout === PLAIN_LAYOUT ? "a table of times and prices" : layout}: ${what.join(", ")}.`;
export const checkAssumed = (names: readonly string[]): string => `Please check what is assumed: ${listed(names)}.`;
export const ANSWER_NEEDED = "How this file is read. Please answer what is needed.";
export const REFUSED_AS = "How this file was read. Another choice may help.";
export const inZone = (zone: string): string => `times in ${zone}`;
export const WITH_OFFSETS = "times with their own UTC offset";
export const intervals = (stamp: string, length: string | null): string =>
  `times are ${stamp === "end" ? "ends" : "starts"} of ${length ?? "intervals"}`;

export const dropped = (choices: readonly (readonly [string, string])[]): string =>
  `Not possible for this file, so dropped: ${choices.map(([label, value]) => `${label} “${value}”`).join(", ")}.`;
export const OTHER_HEADER = "The choices in the link are for a file with another header, so they are not used.";
export const noMatch = (text: string, what: string): string => `No ${what} is called “${text}”, or several are.`;

export const changedTo = (label: string, value: string): string => `${label}: ${value}.`;
export const CHOICES_UNDONE = "Your choices are undone.";
export const firstNow = (now: string, before: string): string =>
  `The first price is now from ${now} (before: ${before}).`;
export const priceNow = (now: string, before: string): string => `The first price is now ${now} (before: ${before}).`;
export const countNow = (now: string, before: string): string => `It has ${now} prices now (before: ${before}).`;
export const OTHER_PRICES = "The first price stays the same, others do not.";
export const SAME_PRICES = "The prices stay the same.";
export const andMore = (count: number): string => `and ${count} more`;

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

export const CHANGE = "Change";
export const UNDO = "Undo my choices";
export const EXPLANATION =
  "Recognised: the file or its market says it. Assumed: it is likely, and the file does not say it. What you choose is kept for the next file with the same header, and in the link.";
export const AS_WRITTEN = "In the file";
export const FIRST_PRICES = "The first prices as read";
export const firstPricesCaption = (count: number): string =>
  `First ${count === 1 ? "price" : `${count} prices`} as read`;
export const rateLabel = (currency: string): string => `1 ${currency} in USD`;
/** Beside the zone that EST or CST names; `other` has summer time. */
export const noSummerTime = (other: string): string => `all year; with summer time: ${other}`;
export const noZone = (text: string): string =>
  `“${text}” is not a time zone. Write a city such as Oslo or New York, or an offset such as UTC-05:00.`;
