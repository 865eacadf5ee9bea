// What the reader of power prices asks, notes and refuses.

import type { ChoiceKey, Choices } from "../power-prices/reading";
import { LABELS, NAMES } from "./reading";

export const MAX_NAMED = 8;
/** So many of a longer list are named. */
const FEW = 3;

/** "A, B or C". */
export function oneOf(names: readonly string[]): string {
  const most = names.length > MAX_NAMED ? [...names.slice(0, FEW), `${names.length - FEW} more`] : names;
  return most.length < 2 ? most.join("") : `${most.slice(0, -1).join(", ")} or ${most.at(-1)}`;
}

export const notPossible = (key: ChoiceKey, chosen: string, options: readonly string[]): string =>
  key === "zone"
    ? `“${chosen}” is not a time zone. Choose one such as America/Chicago or UTC-05:00.`
    : `${LABELS[key]}: “${chosen}” is not possible for this file. Choose ${oneOf(options)}.`;

export const notUsed = (key: ChoiceKey, chosen: string, why: string): string =>
  `${LABELS[key]}: “${chosen}” is not used, as ${why}`;

/** `first` is a time of the file, `said` what it says of the zone, `isShared` whether that may be several zones. */
export function whichZone(first: string, said: string | null, isShared = false): string {
  const why = isShared ? "which can mean several zones" : "which is not known here";
  return `Which time zone are the times in (the first is “${first}”)? The file ${said === null ? "does not say" : `says “${said}”, ${why}`}.`;
}
/** `first` and `last` are times of day. */
export const whichStamp = (first: string, last: string): string =>
  `Does each time say when its price starts or when it ends? The times run from ${first} to ${last}.`;
export const notOfEnergy = (column: string): string =>
  `“${column}” is not a price per MWh or kWh, and no other column can be one. Choose a file with prices of power.`;
/** An option beside the columns that may hold the price. */
export const NO_PRICE = "None of these is a price";
export const whichPrice = (columns: readonly string[]): string => `Which column holds the price: ${oneOf(columns)}?`;
export const isPowerPrice = (column: string): string => `Is “${column}” the price of power? The file does not say.`;
/** `coin` is a sign or a name that several currencies have, or that is not known here; empty if there is none. */
export const whichCurrency = (coin: string): string =>
  `Which currency are the prices in? ${coin === "" ? "The file" : `“${coin}” alone`} does not say.`;
export const whichCoin = (coin: string, column: string): string =>
  `Is “${coin}” in “${column}” a currency, or the hundredth part of one? It is not known here.`;
/** `column` is a header, or empty; `first` is a price of the file, or empty. */
export function whichUnit(column: string, first: string): string {
  const prices = column === "" ? "Are the prices" : `Are the prices in “${column}”`;
  const example = first === "" ? "" : ` (the first is “${first}”)`;
  const ofIndia = /\bunit\b/i.test(column) ? " In India, a unit is a kWh." : "";
  return `${prices} per MWh, per kWh, in cents per kWh or per GWh${example}?${ofIndia}`;
}
export const NOTHING_IS_PRICE =
  "None of the columns is a price of power, as you said. Choose a file that has one, with a header such as EUR/MWh.";
export const whichTime = (columns: readonly string[]): string =>
  `Which column holds the times of the prices: ${oneOf(columns)}?`;

export const asHours = (date: string, column: string): string => `${date}, ${column}`;
/** `example` is a cell of the column. */
export const notHours = (column: string, example: string): string =>
  `“${column}” holds “${example}”, which cannot be read as an hour. Add the time of day to each date.`;
/** `example` is a cell of the column. */
export const isHourOrPlace = (column: string, example: string): string =>
  `Does “${column}” name the hours of each day, or places? Its first cell is “${example}”. For hours, choose both columns.`;
/** `example` is a price of the file. */
export const whichSign = (example: string): string =>
  `Does “${example}” mean ${example.replace(/[.,]/g, "")}, or is the ${example.includes(".") ? "point" : "comma"} before the decimals? Each price of the file has three digits after it.`;

/** For a table beside others that it fits. */
export const notUsedHere = (keys: readonly ChoiceKey[], choices: Choices): string =>
  keys.map((key) => `${NAMES[key]} “${choices[key]}” is not used, as it is not possible here`).join(", ");

export const OFFSETS_IN_TIMES = "each time has its own UTC offset";
export const ENDS_IN_FILE = "the file has the start and the end of each price";
export const DATES_ARE_CLEAR = "the dates can be read in one way only";
export const PRICES_ARE_CLEAR = "the prices can be read in one way only";
export const KIND_UNKNOWN = "the file does not say what kind of prices it has";
export const noPlace = (place: string): string => `It has no place “${place}”.`;

export const tooLong = (name: string, mostBytes: number): string =>
  `${name} has more than ${counted(mostBytes / 1e6)} MB, the most that can be read. Choose a shorter period, such as a month.`;
export const tooMany = (most: number): string =>
  `There are more than ${counted(most)} prices, the most that can be read. Choose fewer places or a shorter period.`;
export const counted = (number: number): string => number.toLocaleString("en-US");
export const OLD_OR_LOCKED_EXCEL =
  "This is an old Excel file (.xls), or one with a password. Save it as .xlsx without a password, or as CSV, and choose that file.";
export const otherFile = (kind: string): string =>
  kind.endsWith("archive")
    ? `This is a ${kind}, which cannot be read here. Unpack it, and choose the files in it.`
    : `This is a ${kind}, which cannot be read here. Choose a file with the same prices as CSV or Excel (.xlsx).`;
/** `example` is a cell of the column; undefined if all are empty. */
export const noNumbers = (column: string, example: string | undefined): string =>
  example?.startsWith("=") === true
    ? onlyFormulas(example)
    : /\d\s?[CD]R$/i.test(example ?? "")
      ? withCredit(column, example ?? "")
      : `The column “${column}” has no numbers${example === undefined ? "" : `: a cell reads “${example}”`}. Download the file again, with prices.`;
const withCredit = (column: string, example: string): string =>
  `The prices in “${column}” have CR or DR in place of a sign (“${example}”). Export those below zero with a minus.`;
export const onlyFormulas = (example: string): string =>
  `The file has formulas without values, such as “${example}”. Open it in Excel, save it, and choose it again.`;

export const readAsStamps = (stamp: "start" | "end"): string =>
  `Times read as the ${stamp}s of intervals; the file does not say`;
export const READ_PER_MWH = "Read as prices per MWh; the file does not say";
export const leftOutOtherCoins = (currency: string, columns: readonly string[]): string =>
  `Left out, as they are not in ${currency}: ${columns.join(", ")}. To read these, choose another price column`;
/** `sign` is what the file writes in place of a currency; empty if nothing. */
export const readAsCurrency = (currency: string, sign: string): string =>
  `${sign === "" ? "Prices are" : `“${sign}” is`} read as ${currency}; the file does not say`;
/** `unit` is the file's: "ct/kWh". */
export const converted = (unit: string, factor: number, currency: string): string =>
  `Converted: 1 ${unit.replace(/^(cent|mill)s/, "$1").replace(/^pence/, "penny")} is ${factor} ${currency}/MWh`;
export const unusual = (median: string, how: "high" | "low"): string =>
  `The median price is ${median}, which is unusually ${how}. Check the unit`;
export const twoSetsOfHours = (one: string, other: string): string =>
  `The file has a column for each hour of “${one}” and of “${other}”. Keep those of one of them.`;
export const HELD_ALL_DAY = "Each price is used for all hours of its date";
/** `text` is that of the first such line. */
export const unreadableTimes = (rows: string, line: number, text: string): string =>
  rows === "1"
    ? `Line ${line} has no readable time (${text})`
    : `${rows} rows have no readable time, first line ${line} (${text})`;
export const mostlyUnreadable = (line: number, text: string): string =>
  `Most rows have no readable time, first line ${line} (${text}). Choose a file in which each row has a time.`;
export const WITH_TIMES = "Choose a file with a time in each row, such as 2024-01-31 13:00.";
/** `text` is that of a line. */
export const noTimeAndPrice = (line: number, text: string, hasTime: boolean): string =>
  `No row has a time ${hasTime ? "and a price" : "that can be read"}: line ${line} reads ${text}. ${hasTime ? "Choose a file with numbers beside its times." : WITH_TIMES}`;
/** `column` tells apart the prices of one time. */
export const whichSeries = (names: readonly string[], column: string): string =>
  `Which are the prices to use: ${oneOf(names)}? The column “${column}” has these at the same times.`;
export const earlierVersions = (rows: number): string =>
  `${counted(rows)} row${rows === 1 ? "" : "s"} left out, as a later version of the same time is there`;
