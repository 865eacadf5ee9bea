// Reads the rows of a table by a plan: which columns hold what, in which time zone and order.

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../model/units";
import { tooMany } from "../words/reader";
import { MAX_PRICES } from "./bounds";
import { periodNumber } from "./hour-headers";
import {
  type Conflict,
  commonStep,
  type Draft,
  type Intervals,
  isSparse,
  newDraft,
  OTHER_CURRENCY,
  toIntervals,
  UNREADABLE,
} from "./intervals";
import { type LeftOut, leaveOut, leaveOutUnreadable, newLeftOut } from "./left-out";
import { uncommon } from "./on-demand";
import { type PowerInterval, PowerPricesError, quoted } from "./power-file";
import { type DecimalSign, isMissing, isNumber, isPlaceholder, readPrice } from "./price-cells";
import type { PriceColumn } from "./price-columns";
import { codeIn, priceUnit } from "./price-units";
import { cell, isBlank, type Row, type Table } from "./table";
import { durationMs, TIME_WORDS, type TimePlan } from "./time-plan";
import {
  type DateOrder,
  type Pass,
  readClock,
  type TimeRange,
  timeReader,
  type WrittenClock,
  type WrittenTime,
} from "./written-times";
import { type ZoneClock, zoneClock } from "./zone-clock";
import { abbreviationOffset, zoneNamed } from "./zone-names";

const MAX_INTERVAL_MS = 366 * DAY_MS;
const PROGRESS_ROWS = 50_000;
const FIRST_ROWS = 3_000;
const BETWEEN_KEYS = "\u0000";

export type PricePlan = PriceColumn & { readonly perMwh: number };

export type RowPlan = {
  readonly headers: Row;
  readonly time: TimePlan;
  readonly zone: string;
  /** Whether the user chose the zone: then it is also that of rows that name another. */
  readonly isZoneChosen: boolean;
  readonly order: DateOrder;
  readonly stamp: "start" | "end";
  /** Whether 24:00 is the end of the day: then ends belong to the hour before them. */
  readonly hasMidnightEnds: boolean;
  readonly prices: readonly PricePlan[];
  readonly sign: DecimalSign;
  /** The columns that tell series apart. */
  readonly keys: readonly number[];
  /** Only rows with this value in this column count. */
  readonly only: { readonly at: number; readonly value: string } | null;
  readonly currencyAt: number | null;
  readonly currency: string;
  /** The column that names the unit of each row. */
  readonly unitAt: number | null;
};

export type Progress = (share: number) => void;

/** A series: what its row has in the key columns, its price column, and its intervals. */
export type SeriesRead = {
  readonly keys: readonly string[];
  readonly column: PricePlan;
  readonly intervals: PowerInterval[];
  readonly written: readonly string[];
  /** Whether its times are events, which last until the next. */
  readonly areEvents: boolean;
};
export type RowsRead = {
  /** The columns that told series apart. */
  readonly keyColumns: readonly number[];
  readonly series: readonly SeriesRead[];
  readonly leftOut: LeftOut;
  readonly conflicts: readonly Conflict[];
  /** Rows that are not blank and of the kind that is read. */
  readonly rowCount: number;
  readonly priceCount: number;
  /** The row that is the header of another table below; null if there is none. */
  readonly nextHeader: number | null;
};

/** Where an interval ends, as written; a time of day may be that of the next day. */
type End = Pick<WrittenTime, "wall" | "offset"> & { readonly isTimeOfDay?: boolean };

/** A row near a change of the clocks, which can only be understood with the others of its day. */
type Waiting = {
  readonly drafts: readonly Draft[];
  readonly key: string;
  readonly row: number;
  readonly prices: readonly number[];
  /** Local time that the row names: its start, or its end. */
  readonly wall: number;
  readonly day: number;
  /** Number of the period in the day; -1 if times are not numbered. */
  readonly number: number;
  readonly lengthMs: number;
  readonly isEnd: boolean;
  readonly pass: Pass;
  readonly end: End | null;
  readonly clock: ZoneClock;
  /** A column of hours, which most days leave empty for the repeated hour. */
  readonly isOptional: boolean;
};

/** Reads rows `from` to `to`; rows that cannot be read are counted. */
export function readRows(
  table: Table,
  from: number,
  to: number,
  plan: RowPlan,
  progress: Progress = () => {},
): RowsRead {
  const { time, keys, only, prices, sign } = plan;
  const leftOut = newLeftOut();
  const groups = new Map<string, { keys: string[]; drafts: Draft[] }>();
  const waiting: Waiting[] = [];
  const toTime = timeReader(plan.order);
  const toEnd = timeReader(plan.order);
  const toClock = remembering(readClock);
  const toNumber = remembering(periodNumber);
  const clock = zoneClock(plan.zone);
  const clockNamed = remembering((name) => zoneClock(zoneNamed(name) ?? plan.zone));
  const titleDay = time.titleDate === null ? null : toTime(time.titleDate);
  const hours = time.hours.length > 0 ? hourStarts(plan) : null;
  const periodMs = time.periodMs ?? (hours === null ? HOUR_MS : stepOfHours(time));
  const rhythm = rhythmOf(table, from, to, plan);
  const stepMs = hours === null && time.periodMs === null ? rhythm.stepMs : periodMs;
  const toUnit = remembering(priceUnit);
  const values = prices.map(() => NaN);
  let rowCount = 0;
  let nextHeader: number | null = null;
  let priceCount = 0;

  const add = (drafts: readonly Draft[], row: number, start: number, end: number, values: readonly number[]): void => {
    priceCount += drafts.length;
    if (priceCount > MAX_PRICES) throw new PowerPricesError(tooMany(MAX_PRICES));
    for (let at = 0; at < drafts.length; at += 1) {
      const draft = drafts[at];
      if (draft === undefined) continue;
      draft.starts.push(start);
      draft.ends.push(end);
      draft.prices.push(values[at] ?? NaN);
      draft.rows.push(row);
    }
  };

  const priceOf = (row: Row, isOther: boolean, at: number, column: PricePlan | undefined, line: number): number => {
    const text = cell(row, at);
    const price = readPrice(text, sign);
    if (price === null) {
      if (isMissing(text)) return NaN;
      if (leftOut.firstBadRow < 0) Object.assign(leftOut, { firstBadRow: line, firstBadPrice: quoted(text) });
      return UNREADABLE;
    }
    const unit = plan.unitAt === null ? "" : cell(row, plan.unitAt);
    const perMwh = unit === "" ? (column?.perMwh ?? 1) : toUnit(unit).perMwh;
    const isNone = isPlaceholder(price);
    if (isNone || perMwh === null) {
      leaveOut(leftOut, isNone ? "placeholder" : "otherUnit", 0, null);
      return NaN;
    }
    if (!isOther) return timesUnit(price, perMwh);
    leaveOut(leftOut, "otherCurrency", 0, price);
    return OTHER_CURRENCY;
  };
  const isInOther = (row: Row): boolean => {
    const { currencyAt, unitAt, currency } = plan;
    if (currencyAt !== null) return (codeIn(cell(row, currencyAt)) ?? currency) !== currency;
    const unit = unitAt === null ? null : toUnit(cell(row, unitAt));
    return unit?.isSure === true && unit.currency !== currency;
  };

  for (let at = from; at < to; at += 1) {
    if ((at - from) % PROGRESS_ROWS === 0) progress((at - from) / (to - from));
    const row = table.row(at);
    if (only !== null && cell(row, only.at) !== only.value) {
      if (isBlank(row) || cell(row, only.at) !== "") continue;
    }
    const range = timeOfRow(row, time, toTime, titleDay);
    if (range === null) {
      if (isBlank(row)) continue;
      if (isHeader(row, time.timeAt, plan.headers) && toTime(cell(table.row(at + 1), time.timeAt)) !== null) {
        nextHeader = at;
        break;
      }
      rowCount += 1;
      leaveOutUnreadable(leftOut, row, at + 1);
      continue;
    }
    const written = range.start;
    rowCount += 1;
    const isOther = isInOther(row);

    let key = "";
    for (const column of keys) key += cell(row, column) + BETWEEN_KEYS;
    let group = groups.get(key);
    if (group === undefined) {
      group = { keys: keys.map((column) => cell(row, column)), drafts: prices.map(newDraft) };
      groups.set(key, group);
    }
    const { drafts } = group;

    let rowClock = clock;
    let { offset, pass } = written;
    const zone = time.zoneAt === null || plan.isZoneChosen ? "" : cell(row, time.zoneAt);
    if (zone !== "" && offset === null) {
      offset = abbreviationOffset(zone);
      if (offset === null) rowClock = clockNamed(zone);
    } else if (written.zone !== null && !plan.isZoneChosen) rowClock = clockNamed(written.zone);
    // The user may know better what an abbreviation means; where both agree, it tells the pass.
    if (offset !== null && plan.isZoneChosen && written.abbreviation !== null) {
      if (!clock.instants(written.wall).includes(written.wall - offset)) offset = null;
    }
    if (time.flagAt !== null && pass === 0) pass = passOfFlag(cell(row, time.flagAt), time.flagsSummer);

    const common = { drafts, key, row: at, clock: rowClock };
    if (hours !== null) {
      const day = written.wall;
      const known = offset ?? rowClock.offset(day);
      const quarter = time.partAt === null ? 0 : partOf(row, time, toNumber);
      if (quarter === null) {
        leaveOutUnreadable(leftOut, row, at + 1);
        continue;
      }
      const lengthMs = time.partAt === null ? periodMs : time.partMs;
      for (const hour of hours) {
        const price = priceOf(row, isOther, hour.at, prices[0], at);
        const wall = day + hour.startMs + quarter * lengthMs;
        // On most days the columns of the hour that autumn repeats are empty.
        if ((known !== null && hour.pass === 2) || (Number.isNaN(price) && hour.startMs >= DAY_MS)) continue;
        if (known !== null) add(drafts, at, wall - known, wall - known + lengthMs, [price]);
        else {
          const { pass } = hour;
          const number = hour.number < 0 ? -1 : (hour.number * periodMs) / lengthMs + quarter;
          waiting.push({
            ...common,
            ...{ number, pass, wall, day },
            ...HOUR_COLUMN,
            prices: [price],
            lengthMs,
          });
        }
      }
      continue;
    }

    const label = labelOf(row, written, plan, toClock, toNumber);
    if (label === null) {
      leaveOutUnreadable(leftOut, row, at + 1);
      continue;
    }
    prices.forEach((column, index) => {
      values[index] = priceOf(row, isOther, column.at, column, at);
    });
    const { wall, number, lengthMs, isEnd } = label;
    const endAsWritten =
      label.end ?? range.end ?? (time.endAt === null ? null : (toEnd(cell(row, time.endAt))?.start ?? null));
    const end =
      endAsWritten === null || rhythm.inclusiveMs === 0
        ? endAsWritten
        : { ...endAsWritten, wall: endAsWritten.wall + rhythm.inclusiveMs };
    // A day of 25 hours has an hour that seems to be of the next day.
    const known = offset ?? rowClock.offset(number < 0 ? wall : written.wall);
    if (known === null) {
      const day = Math.floor(written.wall / DAY_MS) * DAY_MS;
      const rest = { day, end, pass: label.pass === 0 ? pass : label.pass, isOptional: false };
      waiting.push({ ...common, ...label, ...rest, prices: [...values] });
    } else if (isEnd) add(drafts, at, wall - known - lengthMs, wall - known, values);
    else {
      const start = wall - known;
      add(drafts, at, start, endOf(end, start, wall, offset, false, rowClock) ?? start + lengthMs, values);
    }
  }

  settle(waiting, plan, stepMs, add, leftOut);
  const conflicts: Conflict[] = [];
  const series = [...groups.values()].flatMap(({ keys, drafts }) =>
    drafts.flatMap((draft, at): SeriesRead[] => {
      const column = prices[at];
      if (column === undefined) return [];
      const read = toIntervals(
        drafts.length > 1 && isSparse(draft) ? uncommon().rowsOfOwnStep(draft) : draft,
        time.saysEvents,
        leftOut,
        conflicts,
      );
      return [{ keys, column, ...read, written: writtenPrices(table, plan, column, read) }];
    }),
  );
  return { keyColumns: keys, series, leftOut, conflicts, rowCount, priceCount, nextHeader };
}

/** Whether a row is a header, and not that of the table, which reports of several pages repeat. */
function isHeader(row: Row, timeAt: number | null, headers: Row): boolean {
  const filled = row.flatMap((text, at) => (text.trim() === "" ? [] : [at]));
  const named = cell(row, timeAt);
  return (
    filled.length > 1 &&
    named !== "" &&
    (named === cell(headers, timeAt) || TIME_WORDS.test(named)) &&
    filled.some((at) => cell(row, at) !== cell(headers, at)) &&
    filled.every((at) => !isNumber(cell(row, at)))
  );
}

/** The texts of the first prices; of columns of hours, the cell that has the price. */
function writtenPrices(
  table: Table,
  { time, sign }: RowPlan,
  column: PricePlan,
  { intervals, firstRows }: Intervals,
): string[] {
  const columns = time.hours.length > 0 ? time.hours : [column];
  return firstRows.map((at, index) => {
    const row = table.row(at);
    const isShown = (text: string): boolean =>
      timesUnit(readPrice(text, sign) ?? NaN, column.perMwh) === intervals[index]?.price;
    const found = columns.length === 1 ? columns[0] : columns.find((one) => isShown(cell(row, one.at)));
    return cell(row, found?.at);
  });
}

/** What a column of hours has in common with a row that waits. */
const HOUR_COLUMN = { isEnd: false, end: null, isOptional: true } as const;

/** What a row says of its time: local time at its start or its end. */
type Label = Pick<Waiting, "wall" | "number" | "lengthMs" | "isEnd" | "pass" | "end">;

/** Null if the row's hour, clock or quarter cannot be read. */
function labelOf(
  row: Row,
  { wall: day }: WrittenTime,
  { time, stamp }: RowPlan,
  toClock: (text: string) => WrittenClock | null,
  toNumber: typeof periodNumber,
): Label | null {
  let wall = day;
  let number = -1;
  let lengthMs = time.durationAt === null ? NaN : durationMs(cell(row, time.durationAt));
  let isEnd = stamp === "end";
  let pass: Pass = 0;
  let end: End | null = null;
  if (time.numberAt !== null) {
    const found = toNumber(cell(row, time.numberAt));
    if (found === null) return null;
    lengthMs = time.periodMs ?? HOUR_MS;
    number = found.number - (isEnd ? 1 : 0);
    wall += number * lengthMs;
    pass = found.pass;
    isEnd = false;
  } else if (time.clockAt !== null) {
    const found = toClock(cell(row, time.clockAt));
    if (found === null) return null;
    wall += found.from;
    pass = found.pass;
    if (found.to !== null) {
      end = { wall: day + found.to, offset: null, isTimeOfDay: true };
      isEnd = false;
    } else if (isEnd && time.partAt !== null) {
      wall -= HOUR_MS;
      isEnd = false;
    }
  }
  if (time.partAt !== null) {
    const isMinute = time.partMs < HOUR_MS / 12;
    const part = partOf(row, time, toNumber);
    if (part === null) return null;
    wall += part * time.partMs;
    end = null;
    lengthMs = isMinute ? NaN : time.partMs;
  }
  return { wall, number, lengthMs, isEnd, pass, end };
}

/** Which part of its hour a row is, from 0; null if that cannot be read. */
function partOf(row: Row, time: TimePlan, toNumber: typeof periodNumber): number | null {
  const part = (toNumber(cell(row, time.partAt))?.number ?? NaN) - time.firstPart;
  return part >= 0 && part < 61 ? part : null;
}

function timeOfRow(
  row: Row,
  plan: TimePlan,
  toTime: (text: string) => TimeRange | null,
  titleDay: TimeRange | null,
): TimeRange | null {
  if (plan.titleDate !== null) return titleDay;
  if (!plan.isYearMonthDay) return toTime(cell(row, plan.timeAt));
  const text = [0, 1, 2].map((at) => cell(row, at)).join("-");
  return /^20\d{2}-/.test(text) ? toTime(text) : null;
}

/** Dividing by whole numbers keeps 0.02137 EUR/kWh at 21.37 EUR/MWh. */
const timesUnit = (price: number, perMwh: number): number =>
  perMwh === 1 ? price : Number((price * perMwh).toPrecision(14));

function passOfFlag(text: string, flagsSummer: boolean): Pass {
  if (text === "") return 0;
  const isSet = /^(y|yes|true|1|s)$/i.test(text);
  return isSet === flagsSummer ? 1 : 2;
}

/** Reads each different text once: most columns of clocks, numbers and zones have few. */
function remembering<Value>(read: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) {
      value = read(text);
      known.set(text, value);
    }
    return value;
  };
}

type HourStart = { readonly at: number; readonly startMs: number; readonly number: number; readonly pass: Pass };

/** When the hour of each column starts, in milliseconds since midnight. */
function hourStarts({ time, stamp }: RowPlan): HourStart[] {
  const periodMs = time.periodMs ?? stepOfHours(time);
  return time.hours.map(({ at, number, from, pass }) => {
    if (number < 0) return { at, startMs: stamp === "end" ? from - periodMs : from, number: -1, pass };
    const index = stamp === "end" ? number - 1 : number;
    return { at, startMs: index * periodMs, number: index, pass };
  });
}

const stepOfHours = ({ hours }: TimePlan): number =>
  commonStep(hours.slice(1).map(({ from }, at) => from - (hours[at]?.from ?? 0)));

type Rhythm = {
  /** The most common step between the times. */
  readonly stepMs: number;
  /** From the end that a row names to the start of the next: an end such as 00:59 or 30 June is part of its row. */
  readonly inclusiveMs: number;
};

/** How the times of the first rows follow one another. */
function rhythmOf(table: Table, from: number, to: number, plan: RowPlan): Rhythm {
  const { titleDate, clockAt, endAt } = plan.time;
  const toTime = timeReader(plan.order);
  const toEnd = timeReader(plan.order);
  const toClock = remembering(readClock);
  const titleDay = titleDate === null ? null : toTime(titleDate);
  const spans: { start: number; end: number }[] = [];
  for (let at = from; at < Math.min(to, from + FIRST_ROWS); at += 1) {
    const row = table.row(at);
    const range = timeOfRow(row, plan.time, toTime, titleDay);
    const clock = clockAt === null ? null : toClock(cell(row, clockAt));
    if (range === null || (clockAt !== null && clock === null)) continue;
    const day = range.start.wall;
    const start = day + (clock?.from ?? 0);
    const until = clock?.to == null ? (range.end ?? (endAt === null ? null : toEnd(cell(row, endAt))?.start)) : null;
    spans.push({ start, end: until?.wall ?? day + (clock?.to ?? NaN) });
  }
  const steps = spans.slice(1).map(({ start }, at) => Math.abs(start - (spans[at]?.start ?? 0)));
  const step = commonStep(steps.filter((one) => one > 0 && one <= DAY_MS));
  return { stepMs: Number.isFinite(step) ? step : HOUR_MS, inclusiveMs: inclusiveUnit(spans) };
}

const INCLUSIVE_UNITS = [1, SECOND_MS, MINUTE_MS, DAY_MS];

function inclusiveUnit(spans: readonly { start: number; end: number }[]): number {
  const starts = new Set(spans.map(({ start }) => start));
  const follow = (unit: number): number =>
    spans.filter(({ start, end }) => end + unit > start && starts.has(end + unit)).length;
  const isDay = spans.every(({ end }) => Number.isNaN(end) || end % DAY_MS === 0);
  const found = INCLUSIVE_UNITS.find((unit) => (unit < DAY_MS || isDay) && follow(unit) > follow(0));
  return found ?? 0;
}

/**
 * The end of an interval; null if there is none. In the first pass of the hour repeated in autumn,
 * 02:00 to 03:00 is one hour long, although 03:00 is two hours away; so is 02:00 to 02:00. `offset`
 * is that of the row, if it names one.
 */
function endOf(
  end: End | null,
  start: number,
  wall: number,
  offset: number | null,
  repeats: boolean,
  clock: ZoneClock,
): number | null {
  if (end === null) return null;
  const ahead = end.offset ?? offset;
  const instants = ahead === null ? clock.instants(end.wall) : [end.wall - ahead];
  const goesByWall = ahead === null && (repeats || instants.length === 0);
  const ends = goesByWall ? [start + end.wall - wall, ...instants] : instants;
  const later = ends.filter((instant) => instant > start && instant <= start + MAX_INTERVAL_MS);
  if (later.length > 0) return Math.min(...later);
  if (end.isTimeOfDay !== true) return null;
  return endOf({ wall: end.wall + DAY_MS, offset: end.offset }, start, wall, offset, repeats, clock);
}

type AddRow = (drafts: readonly Draft[], row: number, start: number, end: number, prices: readonly number[]) => void;

/** Decides which instants the rows near a change of the clocks mean. */
function settle(waiting: readonly Waiting[], plan: RowPlan, stepMs: number, add: AddRow, leftOut: LeftOut): void {
  const counts = countsElapsed(waiting);
  const labels = plan.hasMidnightEnds || endsAreLabels(waiting, stepMs);
  const seen = new Map<string, number>();
  const walls = waiting.map(({ wall }) => wall);
  const isBackwards = (walls[0] ?? 0) > (walls.at(-1) ?? 0);
  for (const row of isBackwards ? waiting.toReversed() : waiting) {
    const { drafts, wall, prices, clock, pass, lengthMs, isEnd, number, day } = row;
    const skipped = (): void => {
      const price = prices.find((value) => !Number.isNaN(value) && value !== UNREADABLE);
      if (!row.isOptional || price !== undefined) leaveOut(leftOut, "noSuchHour", 0, price ?? null);
    };
    if (counts && number >= 0) {
      const midnight = clock.instants(day)[0];
      const start = (midnight ?? NaN) + wall - day;
      if (row.isOptional && start >= (clock.instants(day + DAY_MS)[0] ?? Infinity)) continue;
      add(drafts, row.row, start, start + lengthMs, prices);
      continue;
    }
    const named = isEnd && labels ? wall - stepMs : wall;
    const instants = clock.instants(named);
    if (row.isOptional && instants.length < 2 && pass === 2) continue;
    const isSecond =
      instants.length > 1 && (pass === 2 || (pass === 0 && isSeen(seen, `${row.key}${row.isOptional} ${named}`)));
    const instant = instants[isSecond ? 1 : 0];
    if (instant === undefined) skipped();
    else if (isEnd) {
      const end = labels ? instant + stepMs : instant;
      add(drafts, row.row, end - lengthMs, end, prices);
    } else {
      const end = endOf(row.end, instant, wall, null, instants.length > 1, clock);
      add(drafts, row.row, instant, end ?? instant + lengthMs, prices);
    }
  }
}

/** Whether this is the second row of a time: then it is the second pass. */
function isSeen(seen: Map<string, number>, key: string): boolean {
  const count = seen.get(key) ?? 0;
  seen.set(key, count + 1);
  return count > 0;
}

/**
 * Whether the numbers of a day's periods count the time that passed since midnight, so that days
 * have 23 or 25 hours, and not the hours of the clock.
 */
function countsElapsed(waiting: readonly Waiting[]): boolean {
  const days = new Map<
    number,
    { last: number; numbers: Set<number>; periods: number; usual: number; clock: ZoneClock; lengthMs: number }
  >();
  for (const { day, number, lengthMs, clock, prices } of waiting) {
    if (number < 0 || prices.every(Number.isNaN)) continue;
    let found = days.get(day);
    if (found === undefined) {
      const length = (clock.instants(day + DAY_MS)[0] ?? NaN) - (clock.instants(day)[0] ?? NaN);
      found = { last: -1, numbers: new Set(), periods: length / lengthMs, usual: DAY_MS / lengthMs, clock, lengthMs };
      days.set(day, found);
    }
    found.last = Math.max(found.last, number);
    found.numbers.add(number);
  }
  let isElapsed = false;
  for (const [day, { last, numbers, periods, usual, clock, lengthMs }] of days) {
    if (periods > usual && last >= usual) isElapsed = true;
    if (periods < usual) {
      const skipped = [...numbers].find((number) => clock.instants(day + number * lengthMs).length === 0);
      if (last === periods - 1 && skipped !== undefined) isElapsed = true;
      if (last >= periods) return false;
    }
  }
  return isElapsed;
}

/**
 * Whether ends name the hour before them: then, in autumn, the end of the repeated hour occurs
 * twice, and not its start.
 */
function endsAreLabels(waiting: readonly Waiting[], stepMs: number): boolean {
  const counts = new Map<string, number>();
  for (const { isEnd, wall, key, clock } of waiting) {
    if (!isEnd || clock.instants(wall).length !== 1 || clock.instants(wall - stepMs).length !== 2) continue;
    const name = `${key} ${wall}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts.values()].some((count) => count > 1);
}
