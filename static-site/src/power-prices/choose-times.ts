// Chooses the order of dates, the time zone, and whether times are starts or ends.

import { DAY_MS, HOUR_MS, MINUTE_MS } from "../model/units";
import { DATES_ARE_CLEAR, ENDS_IN_FILE, OFFSETS_IN_TIMES, whichStamp, whichZone } from "../words/reader";
import { type Answers, optionNamed } from "./answers";
import { findDateOrder } from "./date-order";
import { periodNumber } from "./hour-headers";
import { commonStep } from "./intervals";
import type { Known } from "./known";
import { cellsOf, startOf } from "./known-table";
import { quoted } from "./power-file";
import { cell, type Row } from "./table";
import { SAYS_ZONE } from "./time-plan";
import { type DateOrder, readClock, readTime, splitTimeRange } from "./written-times";
import { zoneClock } from "./zone-clock";
import { fitsCurrency, isZone, ZONES, zoneIn, zoneNamed, zoneOfOffset, zoneTyped } from "./zone-names";

const AS_WRITTEN = "as written in each time";
const BY_ROW = "as each row says";
const isAsWritten = (zone: string | undefined): boolean => zone === AS_WRITTEN || zone === BY_ROW;
const US_ZONES: readonly string[] = ["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"];
const ORDERS: readonly DateOrder[] = ["day first", "month first"];
const STAMPS = ["start", "end"] as const;
const FIRST_ROWS = 3_000;

/** Null if it must be asked. */
export function chooseOrder(known: Known, answers: Answers): DateOrder | null {
  const { time, table, header, choices, market, columns, sample } = known;
  const wanted = orderNamed(choices.order);
  const { timeAt, titleDate } = time;
  const dates = time.isYearMonthDay
    ? []
    : titleDate !== null
      ? [titleDate]
      : cellsOf(table, header.firstRow, timeAt ?? 0);
  const others = columns.filter(({ at, isTime }) => isTime && at !== timeAt);
  const pairs = sample
    .flatMap((row) => others.map(({ at }) => [startOf(cell(row, timeAt)), startOf(cell(row, at))] as const))
    .slice(0, 2_000);
  const ranges = sample.flatMap((row) => {
    const [from, to] = splitTimeRange(cell(row, timeAt));
    return to === undefined ? [] : [[from, to] as const];
  });
  const { order, example, isOrdered } = findDateOrder(dates, [
    ...pairs.filter(([one, other]) => one !== "" && other !== ""),
    ...ranges,
  ]);
  const isAmerican =
    US_ZONES.includes(
      zoneOfHeaders(time.headers) ?? zoneIn(columns.find(({ at }) => at === timeAt)?.header ?? "") ?? "",
    ) || US_ZONES.includes(cellZone(known) ?? "");
  if (choices.order !== undefined && wanted === undefined) {
    answers.refuse("order", choices.order, ORDERS);
    return null;
  }
  if (choices.order !== undefined && isOrdered) answers.ignore("order", choices.order, DATES_ARE_CLEAR);
  const likely = example === "" ? order : (market?.order ?? order ?? (isAmerican ? "month first" : null));
  const value = wanted ?? likely;
  if (value === null) {
    answers.ask(
      "order",
      `Dates such as ${quoted(example)} can be read in two ways. Is the day first, or the month?`,
      ORDERS,
    );
    return null;
  }
  answers.say("order", value, isOrdered ? undefined : wanted, true, isOrdered ? [] : ORDERS);
  return value;
}

function orderNamed(text: string | undefined): DateOrder | undefined {
  const name = text?.trim() ?? "";
  return ORDERS.find((order) => (order === "day first" ? /^(d|eu)/i : /^(m|us)/i).test(name));
}

/** The first zone that a header of the times names. */
const zoneOfHeaders = (headers: readonly string[]): string | null =>
  headers.map(zoneIn).find((zone) => zone !== null) ?? null;

/** The zone that cells name without an offset, as "EPT"; null if there is none. */
function cellZone({ sample, time }: Known): string | null {
  for (const row of sample.slice(0, 20)) {
    const zone = readTime(startOf(cell(row, time.timeAt)), "month first")?.zone;
    if (zone !== undefined && zone !== null) return zone;
  }
  return null;
}

/** Null if it must be asked. */
export function chooseZone(known: Known, order: DateOrder | null, answers: Answers): string | null {
  const { time, market, choices, columns, title, sample } = known;
  const column = columns.find(({ at }) => at === time.timeAt);
  const chosen = isAsWritten(choices.zone) ? undefined : choices.zone;
  const written = chosen === undefined ? null : zoneTyped(chosen);
  if (chosen !== undefined && written === null) {
    answers.refuse("zone", chosen, ZONES);
    return null;
  }
  if (column?.hasOffsets === true) {
    const times = sample.flatMap((row) => readTime(startOf(cell(row, time.timeAt)), order ?? "day first") ?? []);
    const value = times.every(({ offset }) => offset === 0) ? "UTC" : AS_WRITTEN;
    // Abbreviations may be those of several countries.
    const isOpen = times.some(({ abbreviation }) => abbreviation !== null) && value !== "UTC";
    answers.say("zone", (isOpen ? written : null) ?? value, isOpen ? choices.zone : undefined, true, [
      value,
      ...(isOpen ? ZONES : []),
    ]);
    if (chosen !== undefined && chosen !== value && !isOpen) answers.ignore("zone", chosen, OFFSETS_IN_TIMES);
    return written ?? "UTC";
  }
  if (time.zoneAt !== null && written === null) {
    answers.say("zone", BY_ROW, choices.zone, true, [BY_ROW, ...ZONES]);
    return market?.zone ?? "UTC";
  }
  const stated = zoneOfHeaders(time.headers) ?? cellZone(known) ?? market?.zone ?? zoneInTitle(title);
  const value = written ?? stated;
  if (value === null || !isZone(value)) {
    const said = unknownZone(known);
    answers.ask("zone", whichZone(firstTime(known), said, /UTC|GMT/i.test(said ?? "")), ZONES);
    return null;
  }
  answers.say("zone", value, chosen, true, [...new Set([value, ...ZONES])]);
  return value;
}

/** Asks for the zone if the file names it by an abbreviation that means another where the currency is. */
export function doubtZone(known: Known, currency: string | null, answers: Answers): void {
  const { time, sample } = known;
  const { found, options, value } = answers.choices.zone;
  if (currency === null || found !== "recognised" || value === null) return;
  const [row] = sample;
  const ofRow = cell(row, time.zoneAt);
  const ofTime = readTime(startOf(cell(row, time.timeAt)), "day first");
  const ofCell = ofTime?.abbreviation ?? /[A-Z]+$/.exec(ofTime?.zone === null ? "" : cell(row, time.timeAt))?.[0] ?? "";
  const texts = [
    ...time.headers.map((text) => [text, zoneIn(text)] as const),
    [ofRow, zoneNamed(ofRow)] as const,
    [ofCell, zoneNamed(ofCell)] as const,
  ];
  const misfit = texts.find(([text, zone]) => !fitsCurrency(text, zone, currency));
  if (misfit === undefined) return;
  answers.ask("zone", whichZone(firstTime(known), misfit[0], true), isAsWritten(value) ? options : [...ZONES]);
}

/** The zone of the place of the prices: the one that the first row names, or else `zone`; null if it is not known. */
export function zoneOfPlace({ time, sample }: Known, zone: string | null): string | null {
  const offset = readTime(startOf(cell(sample[0], time.timeAt)), "day first")?.offset ?? null;
  if (offset !== null) return zoneOfOffset(offset);
  return time.zoneAt === null ? zone : (zoneNamed(cell(sample[0], time.zoneAt)) ?? zone);
}
function firstTime({ sample, time }: Known): string {
  const date = time.isYearMonthDay
    ? [0, 1, 2].map((at) => cell(sample[0], at)).join("-")
    : cell(sample[0], time.timeAt);
  const others = [time.clockAt, time.numberAt].flatMap((at) => (at === null ? [] : [cell(sample[0], at)]));
  return time.titleDate ?? [date, ...others].join(" ");
}

/** What the file says of a zone, and does not name one that is known; null if it says nothing. */
function unknownZone({ sample, time, columns }: Known): string | null {
  const inCells = sample.map((row) => /\d ?([A-Z]{2,4}T)$/.exec(startOf(cell(row, time.timeAt)))?.[1]);
  const inHeaders = time.headers.map((text) =>
    /UTC|GMT/i.test(text) ? text : /[([]([A-Z]{2,4}T)[)\]]/.exec(text)?.[1],
  );
  const inColumn = columns.find(({ words }) => SAYS_ZONE.test(words))?.values[0];
  return [...inCells, ...inHeaders, inColumn].find((name) => name !== undefined) ?? null;
}

/** Null if the title says nothing of times but when the file was made. */
function zoneInTitle(title: string): string | null {
  const words = title.replace(/\b(creat|generat|updat|publish|retriev|download|export|print|as of)\w*.{0,60}/gi, "");
  const isAboutTimes = /time ?zones?|times? (are |is )?(in|given)|all (times|hours)|\b(CET|CEST|UTC|GMT)\b/i;
  const ofUtc = /.{0,25}?(?:UTC|GMT)(?:[\s(]*[-+−–]\s?\d{1,2}(?::?\d{2})?)?/i.exec(words)?.[0];
  return isAboutTimes.test(words) ? zoneIn(ofUtc ?? words) : null;
}

export function chooseStamp(
  known: Known,
  order: DateOrder | null,
  zone: string | null,
  answers: Answers,
): "start" | "end" {
  const chosen = known.choices.stamp;
  const wanted = optionNamed(chosen, STAMPS);
  if (chosen !== undefined && wanted === undefined) {
    answers.refuse("stamp", chosen, STAMPS);
    return "start";
  }
  if (hasEnds(known)) {
    answers.say("stamp", "start", undefined, true, []);
    if (wanted === "end") answers.ignore("stamp", wanted, ENDS_IN_FILE);
    return "start";
  }
  const { stamp, isSure, question } = findStamp(known, order, zone);
  if (question !== undefined && wanted === undefined) answers.ask("stamp", question, STAMPS);
  else answers.say("stamp", wanted ?? stamp, wanted, isSure, STAMPS);
  return wanted ?? stamp;
}

type StampFound = { readonly stamp: "start" | "end"; readonly isSure: boolean; readonly question?: string };

function findStamp(known: Known, order: DateOrder | null, zone: string | null): StampFound {
  const { time, market } = known;
  const say = (stamp: "start" | "end", how: "recognised" | "assumed"): StampFound => ({
    stamp,
    isSure: how === "recognised",
  });
  if (time.periodMs !== null) {
    // Hours are counted from 1, so that hour 1 ends at 01:00; or from 0.
    const first = time.firstNumber ?? firstNumberOf(known);
    if (first !== null) return say(first === 1 ? "end" : "start", "recognised");
    if (typeof market?.stamp === "string") return say(market.stamp, "recognised");
    return say("end", time.isEnd ? "recognised" : "assumed");
  }
  if (time.hours.length > 0) {
    const has = (clock: number): boolean => time.hours.some(({ from }) => from === clock);
    return say(has(DAY_MS) && !has(0) ? "end" : "start", "recognised");
  }
  const hours = known.sample.flatMap((row) => /\sH[ER]?(?:our)?\s?(\d{1,2})$/i.exec(cell(row, time.timeAt))?.[1] ?? []);
  if (hours.length > 0) return say(hours.some((hour) => Number(hour) === 0) ? "start" : "end", "recognised");
  const { stepMs, isWholeDays, first } = stepsOf(known, order);
  const ofMarket = typeof market?.stamp === "object" ? market.stamp[Math.round(stepMs / MINUTE_MS)] : market?.stamp;
  if (ofMarket !== undefined) return say(ofMarket, "recognised");
  if (time.isEnd) return say("end", "recognised");
  if (time.isStart) return say("start", "recognised");
  if (hasMidnightEnds(known)) return say("end", "recognised");
  if (!isWholeDays) return say("start", "assumed");
  // In the winter of Paris, 01:00 to 00:00 are also the starts of a day of UTC.
  const isOfUtc = zone !== null && isZone(zone) && zoneClock(zone).offset(first) === stepMs;
  const found = say("end", "assumed");
  return isOfUtc ? { ...found, question: whichStamp(clockText(first), clockText(0)) } : found;
}

const clockText = (wall: number): string => new Date(wall).toISOString().slice(11, 16);

/** Whether times are written with their ends, in a column or as "00:00 - 01:00". */
function hasEnds({ time, sample }: Known): boolean {
  if (time.periodMs !== null || time.hours.length > 0) return false;
  if (time.endAt !== null) return true;
  const isRange = (row: Row): boolean =>
    time.clockAt === null
      ? splitTimeRange(cell(row, time.timeAt))[1] !== undefined
      : readClock(cell(row, time.clockAt))?.to != null;
  return sample.some(isRange);
}

/** The number of the first period of the day; null if neither 0 nor 24 occurs. */
function firstNumberOf({ table, header, time }: Known): 0 | 1 | null {
  if (time.numberAt === null) return null;
  let last = "";
  for (const text of cellsOf(table, header.firstRow, time.numberAt)) {
    if (text === last) continue;
    last = text;
    const number = periodNumber(text)?.number;
    if (number === 0) return 0;
    if (number !== undefined && number >= 24) return 1;
  }
  return null;
}

/** Whether the file writes 24:00 for the end of the day. */
export function hasMidnightEnds({ table, header, time }: Known): boolean {
  const at = time.clockAt ?? time.timeAt;
  if (at === null || time.periodMs !== null || !table.mayContain("24")) return false;
  let last = "";
  for (const text of cellsOf(table, header.firstRow, at)) {
    if (text === last || !text.includes("24")) continue;
    last = text;
    const isEnd =
      time.clockAt === null
        ? readTime(text, "day first")?.isMidnightEnd === true || readTime(text, "month first")?.isMidnightEnd === true
        : readClock(text)?.from === DAY_MS;
    if (isEnd) return true;
  }
  return false;
}

/**
 * The step of the first rows; and whether the times run from one step after midnight to midnight,
 * as the ends of whole days do.
 */
function stepsOf(
  { table, header, time }: Known,
  order: DateOrder | null,
): { stepMs: number; isWholeDays: boolean; first: number } {
  const wallOf = (at: number): number => {
    const row = table.row(at);
    const date = readTime(startOf(cell(row, time.timeAt)), order ?? "day first");
    const clock = time.clockAt === null ? 0 : (readClock(cell(row, time.clockAt))?.from ?? NaN);
    return (date?.wall ?? NaN) + clock;
  };
  const to = Math.min(table.length, header.firstRow + FIRST_ROWS);
  const walls = Array.from({ length: to - header.firstRow }, (_, at) => wallOf(header.firstRow + at)).filter(
    (wall) => !Number.isNaN(wall),
  );
  const steps = walls.slice(1).map((wall, at) => Math.abs(wall - (walls[at] ?? 0)));
  const stepMs = commonStep(steps.filter((step) => step > 0 && step <= DAY_MS));
  let end = table.length - 1;
  while (end > header.firstRow && Number.isNaN(wallOf(end))) end -= 1;
  const [first, last] = [walls[0] ?? NaN, wallOf(end)];
  const isWholeDays =
    stepMs <= HOUR_MS && Math.min(first, last) % DAY_MS === stepMs && Math.max(first, last) % DAY_MS === 0;
  return { stepMs, isWholeDays, first: Math.min(first, last) };
}
