// Times of day without a colon: 100, 0100, 2400, HE0100, 13.00, 010000 or 0000-0100; and those with a
// word before them: "kl. 00-01".

import { DAY_MS } from "../model/units";
import type { Column } from "./column-profile";
import { readClock } from "./written-times";

const BARE = /^(?:h[eb] ?)?(\d{1,4}|\d{1,2}\.\d{2}|\d{4}00)(?: ?[-–] ?(\d{1,4}|\d{1,2}\.\d{2}))?$/i;
const MIN_HOURS = 20;
/** A column may lack some times of the day, as in a table of several pages. */
const MIN_SHARE_OF_DAY = 0.8;

/** "0100" becomes "01:00", and "0000-0030" becomes "00:00-00:30"; null for other texts. */
export function withColon(text: string): string | null {
  const [, from, to] = BARE.exec(text) ?? [];
  const clocks = [from, to].flatMap((part) => (part === undefined ? [] : [clockOf(part)]));
  return clocks.length === 0 || clocks.includes(null) ? null : clocks.join("-");
}

function clockOf(text: string): string | null {
  const digits = text.replace(".", "").slice(0, 4).padStart(4, "0");
  const [hour, minute] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  const exists = hour < 24 ? minute < 60 && minute % 5 === 0 : hour === 24 && minute === 0;
  return exists ? `${digits.slice(0, 2)}:${digits.slice(2)}` : null;
}

/**
 * Whether a column has times of day without a colon: all values can be such times, and either the
 * header says that it is a time, or the values are the times of a day in equal steps.
 */
export function isBareClock({ values, distinct }: Column, saysTime: boolean): boolean {
  const clocks = [...distinct].map(withColon);
  if (clocks.includes(null)) return false;
  if (saysTime && values.some((text) => /\d{3}/.test(text))) return true;
  if (!values.some((text) => /\d{3}|\.\d{2}/.test(text))) return false;
  const minutes = clocks.map((clock) => Number(clock?.slice(0, 2)) * 60 + Number(clock?.slice(3, 5)));
  const step = [60, 30, 15, 10, 5].find((length) => minutes.every((minute) => minute % length === 0)) ?? 1;
  return clocks.length >= Math.max(MIN_HOURS, (1_440 / step) * MIN_SHARE_OF_DAY);
}

/** "kl. 00-01", "godz. 13:00" or "00_04"; not "HE 01:00", which is an end. */
const WORD = /^(?:(?!HE)\p{L}{1,10}\.?\s*(?=\d)|(?=\d+_))/iu;

/** "kl. 00-01" becomes "00-01". */
export const withoutWord = (text: string): string => text.replace(WORD, "").replace("_", "-");

/**
 * Whether texts are times of day with the same word before all, or ranges such as 00_04: ranges follow
 * each other, so those of places, such as "N 1-2" and "N 7-9", are not meant.
 */
export function isWordedClock(texts: ReadonlySet<string>): boolean {
  const words = new Set([...texts].map((text) => WORD.exec(text)?.[0]));
  if (texts.size < 2 || words.size !== 1 || words.has(undefined)) return false;
  const clocks = [...texts].map((text) => readClock(withoutWord(text)));
  const starts = new Set(clocks.map((clock) => clock?.from));
  const open = clocks.filter((clock) => clock?.to != null && !starts.has(clock.to % DAY_MS));
  return open.length <= 1 && !clocks.includes(null);
}
