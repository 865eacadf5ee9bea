// Chooses the order of dates, the time zone, and whether times are starts or ends.

import { DAY_MS, HOUR_MS, MINUTE_MS } from "../model/units";
import { DATES_ARE_CLEAR, OFFSETS_IN_TIMES, whichZone } from "../words/reader";
import { type Answers, optionNamed } from "./answers";
import { findDateOrder } from "./date-order";
import { hourNumber } from "./hour-headers";
import { commonStep } from "./intervals";
import { cellsOf, type Known, startOf } from "./known-table";
import { quoted } from "./power-file";
import { cell, type Row } from "./table";
import { type DateOrder, readClock, readTime, splitTimeRange } from "./written-times";
import { isZone, ZONES, zoneIn, zoneNamed, zoneOfOffset, zoneTyped } from "./zone-names";

const AS_WRITTEN = "as written in each time";
const BY_ROW = "as each row says";
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
    US_ZONES.includes(zoneIn(time.headers) ?? zoneIn(columns.find(({ at }) => at === timeAt)?.header ?? "") ?? "") ||
    US_ZONES.includes(cellZone(known) ?? "");
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
  const written = choices.zone === undefined ? null : zoneTyped(choices.zone);
  if (choices.zone !== undefined && written === null) {
    answers.refuse("zone", choices.zone, ZONES);
    return null;
  }
  if (column?.hasOffsets === true) {
    const offsets = new Set(
      sample.flatMap((row) => readTime(startOf(cell(row, time.timeAt)), order ?? "day first")?.offset ?? []),
    );
    const value = offsets.size === 1 && offsets.has(0) ? "UTC" : AS_WRITTEN;
    answers.say("zone", value, undefined, true, [value]);
    if (choices.zone !== undefined && choices.zone !== value) answers.ignore("zone", choices.zone, OFFSETS_IN_TIMES);
    return written ?? "UTC";
  }
  if (time.zoneAt !== null && written === null) {
    answers.say("zone", BY_ROW, undefined, true, [BY_ROW, ...ZONES]);
    return market?.zone ?? "UTC";
  }
  const stated = zoneIn(time.headers) ?? cellZone(known) ?? market?.zone ?? zoneInTitle(title);
  const value = written ?? stated;
  if (value === null || !isZone(value)) {
    answers.ask("zone", whichZone(firstTime(known), unknownZone(known)), ZONES);
    return null;
  }
  answers.say("zone", value, choices.zone, true, [...new Set([value, ...ZONES])]);
  return value;
}

/** The zone of the place of the prices: the one that the first row names, or else `zone`; null if it is not known. */
export function zoneOfPlace({ time, sample }: Known, zone: string | null): string | null {
  const offset = readTime(startOf(cell(sample[0], time.timeAt)), "day first")?.offset ?? null;
  if (offset !== null) return zoneOfOffset(offset);
  return time.zoneAt === null ? zone : (zoneNamed(cell(sample[0], time.zoneAt)) ?? zone);
}
const firstTime = ({ sample, time }: Known): string =>
  time.titleDate ??
  [time.timeAt, time.clockAt, time.numberAt].flatMap((at) => (at === null ? [] : [cell(sample[0], at)])).join(" ");

/** An abbreviation of a zone that is not known, after the times or in their header; null if there is none. */
function unknownZone({ sample, time }: Known): string | null {
  const inCells = sample.map((row) => /\d ?([A-Z]{2,4}T)$/.exec(startOf(cell(row, time.timeAt)))?.[1]);
  return inCells.find((name) => name !== undefined) ?? /[([]([A-Z]{2,4}T)[)\]]/.exec(time.headers)?.[1] ?? null;
}

/** Null if the title says nothing of times but when the file was made. */
function zoneInTitle(title: string): string | null {
  const words = title.replace(/\b(creat|generat|updat|publish|retriev|download|export|print|as of)\w*.{0,60}/gi, "");
  const isAboutTimes = /time ?zones?|times? (are |is )?(in|given)|all (times|hours)|\b(CET|CEST|UTC|GMT)\b/i;
  return isAboutTimes.test(words) ? zoneIn(words) : null;
}

export function chooseStamp(known: Known, order: DateOrder | null, answers: Answers): "start" | "end" {
  const chosen = known.choices.stamp;
  const wanted = optionNamed(chosen, STAMPS);
  if (chosen !== undefined && wanted === undefined) {
    answers.refuse("stamp", chosen, STAMPS);
    return "start";
  }
  const { stamp, isSure } = wanted === undefined ? findStamp(known, order) : sureStamp(wanted);
  answers.say("stamp", stamp, wanted, isSure, STAMPS);
  return stamp;
}

const sureStamp = (stamp: "start" | "end"): StampFound => ({ stamp, isSure: true });

type StampFound = { readonly stamp: "start" | "end"; readonly isSure: boolean };

function findStamp(known: Known, order: DateOrder | null): StampFound {
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
  if (time.endAt !== null || hasRanges(known)) return say("start", "recognised");
  const { stepMs, isWholeDays } = stepsOf(known, order);
  const ofMarket = typeof market?.stamp === "object" ? market.stamp[Math.round(stepMs / MINUTE_MS)] : market?.stamp;
  if (ofMarket !== undefined) return say(ofMarket, "recognised");
  if (time.isEnd) return say("end", "recognised");
  if (time.isStart) return say("start", "recognised");
  if (hasMidnightEnds(known)) return say("end", "recognised");
  return isWholeDays ? say("end", "assumed") : say("start", "assumed");
}

/** Whether times are written with their ends: "00:00 - 01:00". */
function hasRanges({ time, sample }: Known): boolean {
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
    const number = hourNumber(text)?.number;
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
function stepsOf({ table, header, time }: Known, order: DateOrder | null): { stepMs: number; isWholeDays: boolean } {
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
  return { stepMs, isWholeDays };
}
