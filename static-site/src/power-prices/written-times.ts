// Reads dates and times in the formats that people and programs write.

import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../units";
import { PowerPricesError, quoted } from "./power-file";

/**
 * A time as written: `wall` is the local time as if it were UTC, `offset` is how far it is ahead of
 * UTC, or null if the text does not say.
 */
export type WrittenTime = { readonly wall: number; readonly offset: number | null; readonly dateOnly: boolean };

/** Whether 03/04/2024 is 3 April or 4 March. */
export type DateOrder = "day first" | "month first";

const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
const DATE = /(?<first>\d{1,4})(?<mark>[-./])(?<second>\d{1,2})\k<mark>(?<third>\d{1,4})/;
const CLOCK =
  /(?:,?\s+|T)(?<hours>\d{1,2})(?::(?<minutes>\d{2})(?::(?<seconds>\d{2})(?:[.,]\d+)?)?)?(?:\s*(?<half>[AP]M))?/;
const OFFSET = /\s*\(?(?:(?<zone>Z|UTC|GMT|CES?T)|(?<sign>[+-])(?<aheadHours>\d{2}):?(?<aheadMinutes>\d{2})?)\)?/;
const WRITTEN_TIME = new RegExp(`^${DATE.source}(?:${CLOCK.source})?(?:${OFFSET.source}|\\s*)$`, "i");
const UNIX_TIME = /^\d{9,13}(\.\d+)?$/;
const ZONE_AHEAD_MS: Readonly<Record<string, number>> = { Z: 0, UTC: 0, GMT: 0, CET: HOUR_MS, CEST: 2 * HOUR_MS };

/** The parts of a written time; undefined if a part is missing. */
type TimeParts = Readonly<Record<string, string | undefined>>;

/** Null if the text is not a time of this century. */
export function readTime(text: string, order: DateOrder): WrittenTime | null {
  if (UNIX_TIME.test(text)) return readUnixTime(Number(text));
  const parts: TimeParts | undefined = WRITTEN_TIME.exec(text)?.groups;
  if (parts === undefined) return null;
  const wall = readDate(parts, order) + readClock(parts);
  return isInRange(wall) ? { wall, offset: readOffset(parts), dateOnly: parts.hours === undefined } : null;
}

const isInRange = (wall: number): boolean => wall >= EARLIEST && wall < LATEST;

/** The value is in seconds, or in milliseconds if it would be too late otherwise. */
function readUnixTime(value: number): WrittenTime | null {
  const wall = value * SECOND_MS < LATEST ? value * SECOND_MS : value;
  return isInRange(wall) ? { wall, offset: 0, dateOnly: false } : null;
}

/** Midnight, in milliseconds; NaN if the date does not exist. */
function readDate({ first = "", mark, second = "", third = "" }: TimeParts, order: DateOrder): number {
  const yearFirst = first.length === 4;
  if (!yearFirst && third.length !== 4) return NaN;
  const dayFirst = mark === "." || order === "day first";
  const year = Number(yearFirst ? first : third);
  const month = Number(yearFirst || dayFirst ? second : first);
  const day = Number(yearFirst ? third : dayFirst ? first : second);
  const midnight = new Date(Date.UTC(year, month - 1, day));
  return midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day ? midnight.getTime() : NaN;
}

/** Milliseconds since midnight, up to 24:00; NaN if the time does not exist. */
function readClock({ hours = "0", minutes = "0", seconds = "0", half }: TimeParts): number {
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (half.toUpperCase() === "PM" ? 12 : 0);
  const minute = Number(minutes);
  const second = Number(seconds);
  if (hour > 24 || (hour === 24 && minute > 0) || minute > 59 || second > 59) return NaN;
  return hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS;
}

/** Milliseconds ahead of UTC; null if the text does not say. */
function readOffset({ zone, sign, aheadHours = "0", aheadMinutes = "0" }: TimeParts): number | null {
  if (zone !== undefined) return ZONE_AHEAD_MS[zone.toUpperCase()] ?? null;
  if (sign === undefined) return null;
  const ahead = Number(aheadHours) * HOUR_MS + Number(aheadMinutes) * MINUTE_MS;
  return sign === "-" ? -ahead : ahead;
}

/** Splits "01.01.2024 00:00 - 01.01.2024 01:00" into start and end. */
export function splitTimeRange(text: string): readonly [start: string, end: string | undefined] {
  const dash = text.indexOf(" - ");
  return dash < 0 ? [text, undefined] : [text.slice(0, dash).trim(), text.slice(dash + 3).trim()];
}

/** Whether the text is a time, or a time range that starts with one. */
export function isTime(text: string): boolean {
  const [start] = splitTimeRange(text);
  return (readTime(start, "day first") ?? readTime(start, "month first")) !== null;
}

/** The order on which a column's unambiguous dates agree, or else `known`. Throws without both. */
export function dateOrder(cells: Iterable<string>, known: DateOrder | null): DateOrder {
  let example = "";
  let dayFirst = false;
  let monthFirst = false;
  for (const text of cells) {
    const date = /^(\d{1,2})[-/](\d{1,2})[-/]\d{4}/.exec(text);
    if (date === null) continue;
    example ||= date[0];
    if (Number(date[1]) > 12) dayFirst = true;
    if (Number(date[2]) > 12) monthFirst = true;
  }
  if (dayFirst !== monthFirst) return dayFirst ? "day first" : "month first";
  if (known !== null || example === "") return known ?? "day first";
  throw new PowerPricesError(
    `Dates such as ${quoted(example)} can be read in two ways. Write them year first, as 2024-01-31 13:00.`,
  );
}
