// Hours that stand in headers, one column for each: "Hour 1", "HE01", "3B", "00:30" or "00-01".

import { withColon } from "./bare-clocks";
import { type Pass, passOf, readClock } from "./written-times";

/** A number that counts hours (or shorter periods) of the day, or a time of day. */
export type HourHeader =
  | { readonly kind: "number"; readonly number: number; readonly pass: Pass }
  | { readonly kind: "clock"; readonly from: number; readonly pass: Pass };

const HOUR_NUMBER =
  /^(?:hour(?: ?ending)?|hr|he|h|hora|heure|stunde|std|ora|godzina|godz|uur|time|period|pt|sp|tp|q|qh|pte|slot|block|i|時|시)?\.?[\s_-]*0?(\d{1,3})\s*(?:h|시|時)?\s*([ABX*])?$/i;
/** "H1Q4" is the fourth quarter of the day. */
const HOUR_AND_QUARTER = /^H?(\d{1,2})[\s_-]?Q([1-4])$/i;
/** A number after any one word: "Tranche 12". */
const ANY_NUMBER = /^\p{L}[\p{L}.]{0,20}[\s._-]{0,3}0?(\d{1,3})\s?([ABX*])?$/iu;

/** Null if the header names no hour. */
export function hourOfHeader(text: string): HourHeader | null {
  if (text.length > 24) return null;
  const bare = /\d{3}|\d\.\d\d/.test(text) ? withColon(text) : null;
  const quarter = quarterIn(text);
  if (quarter !== null) return { kind: "number", ...quarter };
  const number = bare === null ? HOUR_NUMBER.exec(text) : null;
  if (number !== null && Number(number[1]) <= 100)
    return { kind: "number", number: Number(number[1]), pass: passOf(number[2]) };
  const clock = readClock(bare ?? text.replace(/^(hour|hora|he|h)\s+/i, ""));
  return clock === null ? null : { kind: "clock", from: clock.from, pass: clock.pass };
}

/** The number of a period in a column of periods, whatever word is before it; null if it has none. */
export const periodNumber = (text: string): ReturnType<typeof hourNumber> =>
  hourNumber(text) ?? quarterIn(text) ?? numberIn(ANY_NUMBER.exec(text));

function quarterIn(text: string): { number: number; pass: Pass } | null {
  const [, hour, quarter] = HOUR_AND_QUARTER.exec(text) ?? [];
  return hour === undefined ? null : { number: 4 * (Number(hour) - 1) + Number(quarter), pass: 0 };
}

const numberIn = (found: RegExpExecArray | null): { number: number; pass: Pass } | null =>
  found === null ? null : { number: Number(found[1]), pass: passOf(found[2]) };

/** The number of an hour or period in a cell: "02", "02X", "HE 5"; null if it is none. */
export function hourNumber(text: string): { number: number; pass: Pass } | null {
  const found = HOUR_NUMBER.exec(text);
  if (found !== null) return numberIn(found);
  const clock = /^(\d{1,2})(?::00)+$/.exec(text);
  return clock === null ? null : { number: Number(clock[1]), pass: 0 };
}
