// What the reader of power prices asks, notes and refuses.

import type { ChoiceKey, Choices } from "../power-prices/reading";
import { LABELS, NAMES } from "./reading";

const MAX_NAMED = 8;

/** "A, B or C". */
export function oneOf(names: readonly string[]): string {
  const most = names.length > MAX_NAMED ? [...names.slice(0, MAX_NAMED), `${names.length - MAX_NAMED} more`] : names;
  return most.length < 2 ? most.join("") : `${most.slice(0, -1).join(", ")} or ${most.at(-1)}`;
}

export const notPossible = (key: ChoiceKey, chosen: string, options: readonly string[]): string =>
  key === "zone"
    ? `“${chosen}” is not a time zone. Choose one such as America/Chicago or UTC-05:00.`
    : `${LABELS[key]}: “${chosen}” is not possible for this file. Choose ${oneOf(options)}.`;

export const notUsed = (key: ChoiceKey, chosen: string, why: string): string =>
  `${LABELS[key]}: “${chosen}” is not used, as ${why}`;

/** `said` is what the file says. */
export const whichZone = (said: string | null): string =>
  said === null
    ? "Which time zone are the times in? The file does not say."
    : `Which time zone are the times in? The file says “${said}”, which does not tell the zone here.`;
/** An option beside the columns that may hold the price. */
export const NO_PRICE = "None of these is a price";
export const whichPrice = (columns: readonly string[]): string => `Which column holds the price: ${oneOf(columns)}?`;
export const isPowerPrice = (column: string): string => `Is “${column}” the price of power? The file does not say.`;
export const NOTHING_IS_PRICE =
  "None of the columns is a price of power, as you said. Choose a file that has one, with a header such as EUR/MWh.";
export const whichTime = (columns: readonly string[]): string =>
  `Which column holds the times of the prices: ${oneOf(columns)}?`;

/** For a table beside others that it fits. */
export const notUsedHere = (keys: readonly ChoiceKey[], choices: Choices): string =>
  keys.map((key) => `${NAMES[key]} “${choices[key]}” is not used, as it is not possible here`).join(", ");

export const OFFSETS_IN_TIMES = "each time has its own UTC offset";
export const DATES_ARE_CLEAR = "the dates can be read in one way only";
export const KIND_UNKNOWN = "the file does not say what kind of prices it has";
export const noPlace = (place: string): string => `It has no place “${place}”.`;

export const tooLong = (name: string, mostBytes: number): string =>
  `${name} has more than ${counted(mostBytes / 1e6)} MB, the most that can be read. Choose a shorter period, such as a month.`;
export const tooMany = (most: number): string =>
  `There are more than ${counted(most)} prices, the most that can be read. Choose fewer places or a shorter period.`;
const counted = (number: number): string => number.toLocaleString("en-US");
export const DAMAGED = "The file is damaged or incomplete. Download it again.";
export const OLD_OR_LOCKED_EXCEL =
  "This is an old Excel file (.xls), or one with a password. Save it as .xlsx without a password, or as CSV, and choose that file.";
/** For an archive without tables, but with files of these names. */
export const emptyArchive = (names: readonly string[]): string =>
  names.length === 0
    ? "The archive is empty. Download it again."
    : `The archive has no tables, only ${names.slice(0, 3).join(", ")}.`;
export const ONLY_ENTSOE_XML =
  "This is XML without day-ahead prices of ENTSO-E, and no other XML can be read here. Export the prices as CSV and choose that file.";
/** `reason` is ENTSO-E's. */
export const noneFromEntsoe = (reason: string): string =>
  `ENTSO-E sent a message and no prices: “${reason}”. Ask for another area or time.`;
/** `example` is a cell of the column; undefined if all are empty. */
export const noNumbers = (column: string, example: string | undefined): string =>
  `The column “${column}” has no numbers${example === undefined ? "" : `: a cell reads “${example}”`}. Download the file again, with prices.`;
