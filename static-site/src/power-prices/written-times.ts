// Dates and times as people and programs write them.

import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../units";
import { PowerPricesError, quoted } from "./power-file";

/** A time as written: the clock's reading as if it were UTC, and how far that clock is ahead of UTC where it says so. */
export type WrittenTime = { readonly wall: number; readonly offset: number | null; readonly dateOnly: boolean };

/** Whether 03/04/2024 is in April or in March. */
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

/** What stands where in a written time; undefined where nothing does. */
type TimeParts = Readonly<Record<string, string | undefined>>;

/** Null where the text is not a time of this century. */
export function readTime(text: string, order: DateOrder): WrittenTime | null {
  if (UNIX_TIME.test(text)) return readUnixTime(Number(text));
  const parts: TimeParts | undefined = WRITTEN_TIME.exec(text)?.groups;
  if (parts === undefined) return null;
  const wall = readDate(parts, order) + readClock(parts);
  return isInRange(wall) ? { wall, offset: readOffset(parts), dateOnly: parts.hours === undefined } : null;
}

const isInRange = (wall: number): boolean => wall >= EARLIEST && wall < LATEST;

/** Seconds, or milliseconds where the time would be too late otherwise. */
function readUnixTime(value: number): WrittenTime | null {
  const wall = value * SECOND_MS < LATEST ? value * SECOND_MS : value;
  return isInRange(wall) ? { wall, offset: 0, dateOnly: false } : null;
}

/** Midnight, in milliseconds; NaN where there is no such date. */
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

/** Milliseconds since midnight, up to 24:00; NaN where no clock reads so. */
function readClock({ hours = "0", minutes = "0", seconds = "0", half }: TimeParts): number {
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (half.toUpperCase() === "PM" ? 12 : 0);
  const minute = Number(minutes);
  const second = Number(seconds);
  if (hour > 24 || (hour === 24 && minute > 0) || minute > 59 || second > 59) return NaN;
  return hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS;
}

/** Milliseconds that the clock is ahead of UTC; null where the text does not say. */
function readOffset({ zone, sign, aheadHours = "0", aheadMinutes = "0" }: TimeParts): number | null {
  if (zone !== undefined) return ZONE_AHEAD_MS[zone.toUpperCase()] ?? null;
  if (sign === undefined) return null;
  const ahead = Number(aheadHours) * HOUR_MS + Number(aheadMinutes) * MINUTE_MS;
  return sign === "-" ? -ahead : ahead;
}

/** "01.01.2024 00:00 - 01.01.2024 01:00" is a start and an end. */
export function splitTimeRange(text: string): readonly [start: string, end: string | undefined] {
  const dash = text.indexOf(" - ");
  return dash < 0 ? [text, undefined] : [text.slice(0, dash).trim(), text.slice(dash + 3).trim()];
}

/** Whether the text is a time, or a span that starts with one. */
export function isTime(text: string): boolean {
  const [start] = splitTimeRange(text);
  return (readTime(start, "day first") ?? readTime(start, "month first")) !== null;
}

/** As a date of the column has it that can be read in one way only, or else as `known`. Throws where neither says. */
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
