// Reads dates and times in the formats that people and programs write.

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../model/units";
import { abbreviationOffset, prevailingZone } from "./zone-names";

/** Which pass of the hour that autumn repeats: 1 or 2; 0 if the text does not say. */
export type Pass = 0 | 1 | 2;

/**
 * A time as written: `wall` is the local time as if it were UTC, `offset` is how far it is ahead of
 * UTC, or null if the text does not say.
 */
export type WrittenTime = {
  readonly wall: number;
  readonly offset: number | null;
  readonly dateOnly: boolean;
  readonly pass: Pass;
  /** The time zone that follows the time, if it has no fixed offset: "EPT". */
  readonly zone: string | null;
  /** The abbreviation that gives the offset: "CEST". */
  readonly abbreviation: string | null;
  /** Written as 24:00. */
  readonly isMidnightEnd: boolean;
};

/** Whether 03/04/2024 is 3 April or 4 March. */
export type DateOrder = "day first" | "month first";

/** A time of day, or a range of it, in milliseconds since midnight; `to` may be that of the next day. */
export type WrittenClock = { readonly from: number; readonly to: number | null; readonly pass: Pass };

const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
const MAX_CHARACTERS = 70;
const MAX_AHEAD_MS = 14 * HOUR_MS;
const WEEKDAY = /^(?:mon?|tue?|wed?|thu?|fri?|sat?|sun?|mo|di|mi|do|fr|sa|so)[a-z]*\.?,?\s+/i;
const DATE = /^(\d{1,4})([-./])(\d{1,2})\2(\d{1,4})/;
const COMPACT = /^(20\d{2})(\d{2})(\d{2})(?:[T ]?(\d{2})(?::?(\d{2})(?::?(\d{2}))?)?)?$/;
const DAY_MONTH_NAME = /^(\d{1,2})[.\s/-]?\s?([a-zäéûç]{3,10})\.?[\s,/-]?\s?(\d{4}|\d{2}(?!:|\d))/i;
const MONTH_NAME_DAY = /^([a-zäéûç]{3,10})\.?[\s-](\d{1,2}),?[\s-](\d{4})/i;
const CLOCK =
  /^(?:T|,?\s+(?:(?:at|à|às|um|kl\.?|klo\.?)\s)?|:)(?:H[ER]?(?:our)?\s?)?(\d{1,2})([ABX*](?![a-z]))?(?:[:h]?(\d{2})([ABX*](?!\.?m))?(?::(\d{2})(?:[.,](\d+))?)?)?(?:\s*([ap])\.?m\.?)?(?:\s?([ABX*])(?![a-z]))?/i;
const OFFSET = /^\s*[[(]?\s*(?:(?:UTC|GMT)?\s?([-+−])(\d{1,2})(?::?(\d{2}))?|([A-Z]{1,5}))?\s*[\])]?(?:\[[\w/]+\])?$/i;
/** Abbreviations of time zones end in T; some, such as "IST", are those of several zones. */
const UNKNOWN_ZONE = /^[A-Z]{2,4}T$/;
/** In seconds, milliseconds or, from 2011 on, microseconds. */
const UNIX_TIME = /^(\d{9,13}|1[3-9]\d{14})(\.\d+)?$/;
/** "02", "02B:00", "02:00 B" or "2:00 pm". */
const CLOCK_TIME = String.raw`(\d{1,2})([ABX*])?(?:[:h](\d{2})(?::(\d{2}))?)?\s*([ap]\.?m\.?)?\s?([ABX*])?(?:h|\s?(?:Uhr|Uur))?`;
const CLOCK_CELL = new RegExp(String.raw`^${CLOCK_TIME}(?:\s*(?:-|–|—|to|bis|a)\s*${CLOCK_TIME})?$`, "i");
/** Summer time is the first pass of the repeated hour, and winter time the second. */
const CLOCK_ZONE = /\s\(?(?:(CEST|MESZ|EEST|WEST|[ECMP]DT)|CET|MEZ|EET|WET|[ECMP]ST)\)?$/;
const MONTHS: Readonly<Record<string, number>> = Object.fromEntries(
  [
    "jan ene gen sty",
    "feb fev fév lut",
    "mar mär maa mrz",
    "apr avr abr kwi",
    "may mai maj mag mei",
    "jun jui giu cze",
    "jul lug lip",
    "aug aoû ago sie",
    "sep set wrz",
    "oct okt ott paź",
    "nov lis",
    "dec dez dic déc gru",
  ].flatMap((names, at) => names.split(" ").map((name) => [name, at + 1])),
);

/** A time, or the start and the end of a range of times. */
export type TimeRange = { readonly start: WrittenTime; readonly end: WrittenTime | null };

/** Reads times in one date order. Rows often repeat the time of the row before. */
export function timeReader(order: DateOrder): (text: string) => TimeRange | null {
  let last = "";
  let known: TimeRange | null = null;
  return (text) => {
    if (text !== last) {
      last = text;
      known = readTimeRange(text, order);
    }
    return known;
  };
}

function readTimeRange(text: string, order: DateOrder): TimeRange | null {
  const whole = readTime(text, order);
  if (whole !== null) return { start: whole, end: null };
  const [from, until] = splitTimeRange(text);
  const start = until === undefined ? null : readTime(from, order);
  return start === null || until === undefined
    ? null
    : { start, end: readTime(until, order) ?? laterClock(start, until) };
}

/** The end of "2024-01-31 23:00 - 00:00". */
function laterClock(start: WrittenTime, text: string): WrittenTime | null {
  const clock = readClock(text);
  if (clock === null) return null;
  const wall = Math.floor(start.wall / DAY_MS) * DAY_MS + clock.from;
  return { ...start, wall: wall > start.wall ? wall : wall + DAY_MS };
}

/** Null if the text is not a time of this century. */
export function readTime(written: string, order: DateOrder): WrittenTime | null {
  const common = readCommonTime(written, order);
  if (common !== null) return common;
  if (written.length > MAX_CHARACTERS || !/\d/.test(written)) return null;
  const compact = COMPACT.exec(written);
  if (compact !== null) {
    const [, year, month, day, hour, minute, second] = compact;
    const date = dateOf(Number(year), Number(month), Number(day));
    const clock = clockOf({ hour, minute, second });
    if (isInRange(date + clock)) return plainTime(date + clock, hour === undefined, clock === 24 * HOUR_MS);
  }
  if (UNIX_TIME.test(written)) return readUnixTime(Number(written));
  const text = withoutWords(written);
  const date = readDate(text, order);
  if (date === null) return null;
  return readClockAndOffset(date.midnight, text.slice(date.length));
}

/**
 * 2024-01-31 13:00, 2024-01-31T13:00:00Z or 31.01.2024 13:00:00, without the patterns that all
 * other forms need: most files of many rows are written so.
 */
function readCommonTime(text: string, order: DateOrder): WrittenTime | null {
  const { length } = text;
  if (length !== 16 && length !== 19 && length !== 20) return null;
  const between = text.charCodeAt(10);
  const isUtc = length === 20 && text.charCodeAt(19) === LETTER_Z;
  if ((between !== BLANK && between !== LETTER_T) || (length === 20 && !isUtc)) return null;
  if (text.charCodeAt(13) !== COLON || (length > 16 && text.charCodeAt(16) !== COLON)) return null;
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = length > 16 ? twoDigits(text, 17) : 0;
  if (!(hour < 24 && minute < 60 && second < 60)) return null;
  const wall = readCommonDate(text, order) + hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS;
  if (!isInRange(wall)) return null;
  return {
    wall,
    offset: isUtc ? 0 : null,
    dateOnly: false,
    pass: 0,
    zone: null,
    abbreviation: null,
    isMidnightEnd: false,
  };
}

/** The first ten characters as a date; NaN if they are not one of the common forms. */
function readCommonDate(text: string, order: DateOrder): number {
  const mark = text.charCodeAt(4);
  if (mark === DASH && text.charCodeAt(7) === DASH)
    return dateOf(100 * twoDigits(text, 0) + twoDigits(text, 2), twoDigits(text, 5), twoDigits(text, 8));
  const other = text.charCodeAt(2);
  if ((other !== POINT && other !== SLASH) || text.charCodeAt(5) !== other) return NaN;
  const year = 100 * twoDigits(text, 6) + twoDigits(text, 8);
  const isDayFirst = other === POINT || order === "day first";
  return dateOf(year, twoDigits(text, isDayFirst ? 3 : 0), twoDigits(text, isDayFirst ? 0 : 3));
}

const BLANK = 32;
const DASH = 45;
const POINT = 46;
const SLASH = 47;
const ZERO = 48;
const COLON = 58;
const LETTER_T = 84;
const LETTER_Z = 90;

/** NaN if there are no two digits. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : NaN;
}

/** Removes the weekday, and writes 2024年1月15日 9時 as 2024-1-15 9:00, and 2024. 01. 15. or 15.01.2024. without the last point. */
function withoutWords(text: string): string {
  const plain = /[年년]/.test(text)
    ? text
        .replace(/[年년]\s?/, "-")
        .replace(/[月월]\s?/, "-")
        .replace(/[日일]/, "")
        .replace(/[時시](?:(\d{1,2})[分분])?$/, (_, minute = "00") => `:${minute}`)
    : text.replace(/^(\d{1,4})\.\s?(\d{1,2})\.\s?(\d{1,4})\.(?=\s|$)/, "$1.$2.$3");
  return plain.replace(WEEKDAY, "");
}

const plainTime = (wall: number, dateOnly: boolean, isMidnightEnd: boolean): WrittenTime => ({
  wall,
  offset: null,
  dateOnly,
  pass: 0,
  zone: null,
  abbreviation: null,
  isMidnightEnd,
});

function readClockAndOffset(midnight: number, rest: string): WrittenTime | null {
  const clock = CLOCK.exec(rest);
  const [whole = "", hour, mark1, minute, mark2, second, fraction, half, mark3] = clock ?? [];
  const ofDay = clockOf({ hour, minute, second, fraction, half });
  const wall = midnight + ofDay;
  const offset = OFFSET.exec(rest.slice(whole.length));
  if (!isInRange(wall) || offset === null) return null;
  const [, sign, aheadHours = "0", aheadMinutes = "0", name] = offset;
  // "13:00 q" is not a time, and neither is "2024-01-01 h".
  const zone = name === undefined ? null : prevailingZone(name);
  const named = name === undefined ? null : abbreviationOffset(name);
  const isUnknownZone = hour !== undefined && UNKNOWN_ZONE.test(name ?? "");
  if (name !== undefined && zone === null && named === null && !isUnknownZone) return null;
  if (hour === undefined && (sign !== undefined || name !== undefined)) {
    if (name === undefined) return null;
  }
  const ahead = Number(aheadHours) * HOUR_MS + Number(aheadMinutes) * MINUTE_MS;
  if (ahead > MAX_AHEAD_MS) return null;
  return {
    wall,
    offset: sign === undefined ? named : sign === "+" ? ahead : -ahead,
    dateOnly: hour === undefined,
    pass: passOf(mark1 ?? mark2 ?? mark3),
    zone,
    abbreviation: named === null ? null : (name ?? null),
    isMidnightEnd: ofDay === 24 * HOUR_MS,
  };
}

/** "A" is the first pass; "B", "X" and "*" mark the second. */
export function passOf(mark: string | undefined): Pass {
  if (mark === undefined || mark === "") return 0;
  return mark.toUpperCase() === "A" ? 1 : 2;
}

const isInRange = (wall: number): boolean => wall >= EARLIEST && wall < LATEST;

/** The value is in seconds, or in a smaller unit if it would be too late otherwise. */
function readUnixTime(value: number): WrittenTime | null {
  const wall = [value * SECOND_MS, value].find((one) => one < LATEST) ?? value / 1_000;
  return isInRange(wall) ? { ...plainTime(wall, false, false), offset: 0 } : null;
}

/** Midnight, and how many characters the date has; null if the text does not start with a date. */
function readDate(text: string, order: DateOrder): { midnight: number; length: number } | null {
  const digits = DATE.exec(text);
  if (digits !== null) {
    const [whole, first = "", mark, second = "", third = ""] = digits;
    const yearFirst = first.length === 4;
    // 25-01-15 may begin with the year.
    if (!yearFirst && third.length !== 4 && (third.length !== 2 || mark === "-")) return null;
    if (yearFirst ? third.length > 2 : first.length > 2) return null;
    const dayFirst = mark === "." || order === "day first";
    const year = Number(yearFirst ? first : third);
    const month = Number(yearFirst || dayFirst ? second : first);
    const day = Number(yearFirst ? third : dayFirst ? first : second);
    return { midnight: dateOf(year < 100 ? 2_000 + year : year, month, day), length: whole.length };
  }
  const dayName = DAY_MONTH_NAME.exec(text);
  const nameDay = MONTH_NAME_DAY.exec(text);
  const found = dayName ?? nameDay;
  if (found === null) return null;
  const [whole, one = "", two = "", year = ""] = found;
  const [name, day] = dayName === null ? [one, two] : [two, one];
  const month = MONTHS[name.slice(0, 3).toLowerCase()];
  if (month === undefined) return null;
  const fourDigits = Number(year) < 100 ? 2_000 + Number(year) : Number(year);
  // French "juin" and "juillet" share three letters.
  const isJuly = name.toLowerCase().startsWith("juil");
  return { midnight: dateOf(fourDigits, isJuly ? 7 : month, Number(day)), length: whole.length };
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Midnight of a date, in milliseconds; NaN if the date does not exist. */
export function dateOf(year: number, month: number, day: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0);
  return day >= 1 && day <= days ? Date.UTC(year, month - 1, day) : NaN;
}

type ClockParts = {
  readonly hour?: string | undefined;
  readonly minute?: string | undefined;
  readonly second?: string | undefined;
  readonly fraction?: string | undefined;
  readonly half?: string | undefined;
};

/** Milliseconds since midnight, up to 24:00; NaN if the time does not exist. */
function clockOf({ hour = "0", minute = "0", second = "0", fraction = "0", half }: ClockParts): number {
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (/^p/i.test(half) ? 12 : 0);
  const minutes = Number(minute);
  const seconds = Number(second);
  if (hours > 24 || (hours === 24 && minutes > 0) || minutes > 59 || seconds > 59) return NaN;
  const thousandths = Math.round(Number(`0.${fraction}`) * SECOND_MS);
  return hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS + thousandths;
}

/** With A and B for the passes in "02:00 (1)" and "02:00 (2)". */
const withLetter = (text: string): string =>
  text.replace(/\s?\(([12])\)$/, (_, pass: string) => (pass === "1" ? "A" : "B"));

/** "13:00", "1 PM", "00 - 01", "02A:00" or "13:00-13:15"; null if the text is no time of day. */
export function readClock(text: string): WrittenClock | null {
  if (text.length > 30) return null;
  const zone = CLOCK_ZONE.exec(text);
  const parts = CLOCK_CELL.exec((zone === null ? withLetter(text) : text.slice(0, zone.index)).trim());
  if (parts === null) return null;
  const [, hour, mark, minute, second, half, markAfter, toHour, , toMinute, toSecond, toHalf] = parts;
  if (minute === undefined && half === undefined && toHour === undefined) return null;
  const from = clockOf({ hour, minute, second, half });
  const to = toHour === undefined ? null : clockOf({ hour: toHour, minute: toMinute, second: toSecond, half: toHalf });
  if (Number.isNaN(from) || Number.isNaN(to)) return null;
  const ofZone = zone === null ? 0 : zone[1] === undefined ? 2 : 1;
  return { from, to, pass: ofZone || passOf(mark ?? markAfter) };
}

/** Splits "01.01.2024 00:00 - 01.01.2024 01:00" into start and end. */
export function splitTimeRange(text: string): readonly [start: string, end: string | undefined] {
  const dash = /\s+(?:-|–|—|to|bis)\s+|(?<=\d)[–—](?=\d)/.exec(text);
  if (dash !== null) return [text.slice(0, dash.index).trim(), text.slice(dash.index + dash[0].length).trim()];
  const slash = text.indexOf("/", 11); // As in ISO 8601: both sides have a date and a time.
  if (slash > 0 && text[4] === "-" && /\d/.test(text[slash + 1] ?? ""))
    return [text.slice(0, slash), text.slice(slash + 1)];
  return [text, undefined];
}

/** Whether the text is a time, or a time range that starts with one. */
export function isTime(text: string): boolean {
  if (text.length < 6 || text.length > 2 * MAX_CHARACTERS) return false;
  const [start] = splitTimeRange(text);
  return (readTime(start, "day first") ?? readTime(start, "month first")) !== null;
}

const SHORT_YEAR = /^(\d{2})([-./])(\d{2})\2(\d{2})(?=[\sT]|$)/;

/**
 * Where dates such as 25-11-03 have the year: the day is the number that alone changes by one from one
 * date to the next. Null if they do not show it, or have years of four digits.
 */
export function shortYearAt(texts: readonly string[]): "first" | "last" | null {
  const changes = new Set<string>();
  let before: number[] | null = null;
  for (const text of texts) {
    const [, first, , second, third] = SHORT_YEAR.exec(text) ?? [];
    if (first === undefined) return null;
    const date = [first, second, third].map(Number);
    const steps = date.map((number, at) => Math.abs(number - (before?.[at] ?? number)));
    changes.add(steps.join(" "));
    before = date;
  }
  const [isFirst, isLast] = [changes.has("0 0 1"), changes.has("1 0 0")];
  return isFirst === isLast ? null : isFirst ? "first" : "last";
}

/** "25/11/03" becomes "2025-11-03", or "25/11/2003" if the year is last. */
export const withFullYear = (text: string, year: "first" | "last"): string =>
  text.replace(SHORT_YEAR, year === "first" ? "20$1-$3-$4" : "$1$2$3$220$4");
