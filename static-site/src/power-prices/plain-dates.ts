// Writes dates and times of day as the reader of times knows them: "03.11.2025. 7.30 Uhr" as
// "03.11.2025 7:30", "lundi 3 novembre 2025" as "3 novembre 2025", "25-11-03" as "2025-11-03".

import { cell, firstRows, type Table, withCells } from "./table";
import { isTime, shortYearAt, splitTimeRange, withFullYear } from "./written-times";

const FIRST_ROWS = 400;
const MAX_CHARACTERS = 60;
const DATE = String.raw`(?:\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}[./-]\d{1,2}[./-]\d{1,2})`;
const WEEKDAY = /^\p{L}{2,12}(?:-feira)?[.,]?\s+(?=\d)/u;
const SPACED_DATE = /^(\d{1,2})\.\s(\d{1,2})\.\s?(\d{4})/;
const POINT_AFTER = /^(\d{1,2}\.\d{1,2}\.\d{4})\.(?=\s|$)/;
const DASH_BEFORE_CLOCK = new RegExp(String.raw`^(${DATE})\s+[-–—]\s+(?=\d{1,2}[:.]\d{2}(?![.\d]*[./-]\d))`);
const POINT_CLOCK = /(?<=\d{4}\s.*|\s)(\d{1,2})\.(\d{2})(?:\.(\d{2}))?(?=\s|$|[-–])/g;
const HALF_OF_DAY = /\s([ap])\.?\s?m\.?(?=\s|$)/gi;

/** The table with plain dates and times; the same table if its dates are plain, or not understood. */
export function withPlainDates(table: Table): Table {
  const rows = firstRows(table, FIRST_ROWS);
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  for (let at = 0; at < width; at += 1) {
    const texts = rows.map((row) => cell(row, at)).filter((text) => /\d/.test(text));
    const year = shortYearAt(texts);
    const plain = (text: string): string => (year === null ? plainDate(text) : withFullYear(text, year));
    const isBetter = (text: string): boolean => plain(text) !== text && isTime(plain(text)) && isDashOrNoTime(text);
    const better = texts.filter(isBetter).length;
    if (better > 1 && better * 2 > texts.length) return withCells(table, new Set([at]), plain);
  }
  return table;
}

/** "02.11.2025 - 23:00" is read as a date and an end. */
const isDashOrNoTime = (text: string): boolean => !isTime(text) || DASH_BEFORE_CLOCK.test(text);

function plainDate(text: string): string {
  if (text.length > MAX_CHARACTERS) return text;
  const [from, to] = splitTimeRange(text.replace(DASH_BEFORE_CLOCK, "$1 "));
  const parts = [from, to].flatMap((part) => (part === undefined ? [] : [plainPart(part)]));
  return parts.join(" - ");
}

const plainPart = (text: string): string =>
  text
    .replace(WEEKDAY, "")
    .replace(/(?<=\d) de (?=\p{L})|(?<=\p{L}) (?:de|del) (?=\d{4})/giu, " ")
    .replace(SPACED_DATE, "$1.$2.$3")
    .replace(POINT_AFTER, "$1")
    .replace(/\s?Uhr$/i, "")
    .replace(HALF_OF_DAY, " $1m")
    .replace(POINT_CLOCK, (_, hour, minute, second) => `${hour}:${minute}${second === undefined ? "" : `:${second}`}`);
