// Finds where a table has its times: in one column, in columns of dates and hours, in the headers
// of hour columns, or partly in the title.

import { DAY_MS, HOUR_MS, MINUTE_MS } from "../model/units";
import { twoSetsOfHours } from "../words/reader";
import type { Column } from "./column-profile";
import { isYearMonthDay } from "./header-rows";
import { hourNumber, hourOfHeader, periodNumber } from "./hour-headers";
import { type Market, normalised } from "./markets/market";
import { PowerPricesError } from "./power-file";
import { cell, type Row } from "./table";
import type { Pass } from "./written-times";
import { zoneIn, zoneNamed } from "./zone-names";

/** A column that holds the prices of one hour of the day. */
export type HourColumn = { readonly at: number; readonly number: number; readonly from: number; readonly pass: Pass };

export type TimePlan = {
  /** The column of times or of dates; null if the date is in the title. */
  readonly timeAt: number | null;
  /** Whether `timeAt` is the first of three columns: year, month, day. */
  readonly isYearMonthDay: boolean;
  readonly titleDate: string | null;
  /** Whether the column of times has days without a time of day. */
  readonly isDay: boolean;
  readonly endAt: number | null;
  /** Time of day, if it is not in the column of the date. */
  readonly clockAt: number | null;
  /** The number of the hour or period in the day. */
  readonly numberAt: number | null;
  /** The number of the quarter (or the like) within the hour, and how long it is. */
  readonly partAt: number | null;
  readonly partMs: number;
  /** The number of the first part. */
  readonly firstPart: number;
  /** How long each price holds, as "PT15M". */
  readonly durationAt: number | null;
  /** One column for each hour of the day. */
  readonly hours: readonly HourColumn[];
  /** How long a numbered period is; null if times are not numbered. */
  readonly periodMs: number | null;
  /** The number of the first period of the day, if the numbers say it. */
  readonly firstNumber: 0 | 1 | null;
  readonly zoneAt: number | null;
  readonly flagAt: number | null;
  /** Whether the flag marks summer time, and not the second pass. */
  readonly flagsSummer: boolean;
  /** What the headers of the times say: the zone may be in one of them. */
  readonly headers: readonly string[];
  readonly name: string;
  readonly options: readonly string[];
  /** Whether several columns may be the start. */
  readonly isUnclear: boolean;
  readonly isEnd: boolean;
  readonly isStart: boolean;
  /** Whether times are events, such as those of a tariff, which last until the next. */
  readonly saysEvents: boolean;
  /** Columns that hold no price. */
  readonly taken: ReadonlySet<number>;
};

const ID_WORDS = /\b(id|ids|ptid|eic|mrid|code)\b/;
const RECORD_WORDS = /updat|publi[sc]|creat|insert|posted|modified|extract|retriev|download/;
export const END_WORDS = /\b(end|ending|ends|until|to|till|bis|fin|fine|hasta|he|slut|datetill)\b/;
export const TIME_WORDS = /date|time|stamp|datum|zeit|fecha|hora\b|heure|dat[ae]\b|\bmtu\b|\bday\b|interval/i;
export const START_WORDS = /\b(start|starting|starts|begin|beginning|from|von|ab|since|inicio|desde|début|od)\b/;
/** In AEMO's files, the end of the interval. */
const AEMO_END = /^settlementdate\b/;
const EVENT_WORDS = /\b(effective|valid from|changed?|since|gültig ab|seit|vigente|en vigor|en vigueur)\b/;
export const HOUR_WORDS =
  /\b(hour|hours|hr|hrs|he|hora|heure|stunde|std|ora|saat|tid|tund|godzina|godz|hodina|hod|óra|uur|tunti|time|timme)\b|hour|시간/;
const PERIOD_WORDS =
  /\b(period|periods|periodo|período|interval|mtu|sp|tp|product|quarter|block|isp)\b|時刻コード|period/;
const PART_WORDS =
  /\b(interval|quarter|qtr|minute|min|viertel|viertelstunde|qh|q|kvart\w*|kwartier|kwadrans|cuarto|quarto|quart)\b/;
const FLAG_WORDS = /\b(repeat|repeated|dst|summer|sommerzeit|daylight)\b/;
const FLAG_VALUE = /^(y|n|yes|no|true|false|0|1|s|w)$/i;
const MIN_HOUR_COLUMNS = 20;
/** Several places may follow each other within a day. */
const MIN_SHARE_OF_STEPS = 0.9;
const TITLE = "the date in the title";

/** Null if the table has no times. */
export function findTimes(
  columns: readonly Column[],
  sample: readonly Row[],
  market: Market | null,
  titleDate: string | null,
  chosen: string | undefined,
): TimePlan | null {
  const first = sample.find((row) => isYearMonthDay(row, 0));
  const years =
    first !== undefined && columns[0]?.isTime !== true && /year|año|ano|jahr|^$/.test(columns[0]?.words ?? "");
  const times = columns.filter(
    ({ isTime, words, isWhole }) => isTime && !(ID_WORDS.test(words) && isWhole) && !RECORD_WORDS.test(words),
  );
  const isEnd = ({ words }: Column): boolean => END_WORDS.test(words);
  // Starts may all be at midnight, in a file of one row for each day: their ends are not dates.
  const isDay = (column: Column): boolean => column.isDate && endColumn(times, column)?.isDate !== false;
  const moments = times.filter((column) => !isDay(column));
  const dates = times.filter(isDay);
  const hasDates = titleDate !== null || years || dates.length > 0;
  const hours = hasDates || times.length > 0 ? hourColumns(columns, hasDates) : [];
  const best = hours.length > 0 ? [...dates, ...moments] : moments.length > 0 ? moments : dates;
  // A time that is the same in all rows is that of the report.
  const varied = hours.length > 0 ? [] : best.filter(({ distinct }) => distinct.size > 1);
  const likely = varied.length > 0 ? varied : best;
  const time = best.find((column) => isNamed(column, chosen)) ?? choose(likely, market) ?? null;
  if (time === null && titleDate === null && !years) return null;

  const end = time === null ? undefined : endColumn(times, time);
  const isDated = time === null || isDay(time);
  const others = columns.filter(
    ({ at }) => at !== time?.at && !(years && at < 3) && !times.some((one) => one.at === at),
  );
  const clocks =
    isDated && hours.length === 0 ? others.filter((column) => column.isClock && !isHourEnding(column)) : [];
  const clockColumn = clocks.find((column) => !isEnd(column)) ?? clocks[0];
  const number =
    isDated && hours.length === 0 && clockColumn === undefined
      ? (numberColumn(others, years) ?? countingColumn(others, sample, years ? 2 : time?.at))
      : undefined;
  const inHours =
    hours.length > 0 && hours.length <= 25 ? quarterColumn(others, sample, years ? 2 : time?.at) : undefined;
  const part = number === undefined && clockColumn === undefined ? inHours : partColumn(others, number ?? clockColumn);
  const flag = flagColumn(columns);
  const zone = zoneColumn(columns);
  const headerColumns = [time, clockColumn, number].filter((column) => column !== undefined && column !== null);
  const words = headerColumns.map((column) => column.words).join(" ");
  const numbers =
    hours.length > 0 ? hours.filter(({ number }) => number >= 0).map(({ number }) => number) : numbersOf(number);
  return {
    timeAt: years ? 0 : (time?.at ?? null),
    isYearMonthDay: years,
    isDay: isDated,
    titleDate: time === null && !years ? titleDate : null,
    endAt: clockColumn === undefined && number === undefined ? (end?.at ?? null) : null,
    clockAt: clockColumn?.at ?? null,
    numberAt: number?.at ?? null,
    partAt: part?.at ?? null,
    partMs: part === undefined ? 0 : partLength(part),
    firstPart: part === undefined ? 0 : firstPart(part),
    durationAt:
      columns.find(({ distinct }) => distinct.size > 0 && [...distinct].every((text) => durationMs(text) > 0))?.at ??
      null,
    hours,
    periodMs: numbers.length === 0 ? null : periodLength(numbers, number, market),
    firstNumber: firstNumber(numbers),
    zoneAt: zone?.at ?? null,
    flagAt: flag?.at ?? null,
    flagsSummer: flag !== undefined && /summer|sommer|daylight|^is dst$|^dst$/.test(flag.words),
    headers: headerColumns.map(({ header }) => header),
    name: time === null ? TITLE : headerName(time),
    options: best.length === 0 ? [TITLE] : best.map(headerName),
    isUnclear: market?.time === undefined && likely.filter((column) => !isEnd(column) && !isSure(column)).length > 1,
    isEnd: (END_WORDS.test(words) && !/\bfrom\b.*\bto\b/.test(words)) || (!isDated && AEMO_END.test(words)),
    isStart: end !== undefined || START_WORDS.test(words) || EVENT_WORDS.test(words),
    saysEvents: EVENT_WORDS.test(words),
    taken: new Set([
      ...times.map(({ at }) => at),
      ...others.filter((column) => column.isClock).map(({ at }) => at),
      ...(years ? [0, 1, 2] : []),
      ...[number, part, flag, zone].flatMap((column) => column?.at ?? []),
    ]),
  };
}

/** Whether the times are days, and nothing says which part of a day a row is of. */
export const isDaily = ({ isDay, clockAt, numberAt, hours }: TimePlan): boolean =>
  isDay && clockAt === null && numberAt === null && hours.length === 0;

/** A column's header, or its number if it has none. */
export const headerName = ({ header, at }: Column): string => header || `column ${at + 1}`;

/** Whether a column's times are clear without knowing the zone. */
const isSure = (column: Column): boolean => column.hasOffsets || zoneIn(column.header) === "UTC";

/** Whether the user means this column. */
export const isNamed = (column: Column, text: string | undefined): boolean =>
  headerName(column).toLowerCase() === text?.trim().toLowerCase();

function choose(times: readonly Column[], market: Market | null): Column | undefined {
  const byMarket = times.find(({ header }) => market?.time?.test(normalised(header)));
  if (byMarket !== undefined) return byMarket;
  const starts = times.filter(({ words }) => !END_WORDS.test(words));
  return starts.find(isSure) ?? times.find(isSure) ?? starts[0] ?? times[0];
}

/** The end of the intervals that start in a column, in the same time zone. */
function endColumn(times: readonly Column[], start: Column): Column | undefined {
  if (END_WORDS.test(start.words)) return undefined;
  const ends = times.filter((column) => column.at !== start.at && END_WORDS.test(column.words));
  return ends.find(
    (column) =>
      zoneIn(column.header) === zoneIn(start.header) &&
      column.hasOffsets === start.hasOffsets &&
      /\blocal\b/.test(column.words) === /\blocal\b/.test(start.words),
  );
}

/** Words of prices, and units in brackets, beside the hours in headers: "Price H1 (EUR/MWh)". */
const BESIDE_HOURS =
  /[([].*?[)\]]|price|preis|precio|preço|prix|prezzo|prijs|cena|valu?e?|valor|wert|[a-z€$]+\/[kmg]wh/gi;
/** Places and days that are counted. */
export const COUNTED = /node|zone|area|region|hub|bus|plant|unit|gen|site|station|day|month|week/i;

function hourColumns(columns: readonly Column[], hasDates: boolean): readonly HourColumn[] {
  const plain = hoursIn(columns, (header) => header);
  if (plain.length > 0 || !hasDates) return plain;
  const bare = hoursIn(columns, (header) => header.replace(BESIDE_HOURS, " ").replace(/_/g, " ").trim());
  return bare.length > 0 ? bare : hoursIn(columns, commonWord(columns));
}

/** Removes what all headers that end with a number begin with: "Slot 1" to "Slot 96". */
function commonWord(columns: readonly Column[]): (header: string) => string {
  const first = columns.flatMap(({ header }) => /^(\D+)0?1$/.exec(header)?.[1] ?? []);
  const numbers = (word: string): number =>
    columns.filter(({ header }) => header.startsWith(word) && /^\d+$/.test(header.slice(word.length))).length;
  const words = first.filter((word) => !COUNTED.test(word) && numbers(word) >= MIN_HOUR_COLUMNS);
  const [word, other] = words;
  if (word !== undefined && other !== undefined) throw new PowerPricesError(twoSetsOfHours(word.trim(), other.trim()));
  return (header) => (word !== undefined && header.startsWith(word) ? header.slice(word.length) : "");
}

function hoursIn(columns: readonly Column[], bare: (header: string) => string): readonly HourColumn[] {
  const hours = columns.flatMap(({ at, header }): HourColumn[] => {
    const text = bare(header);
    const hour = text === "" ? null : hourOfHeader(text);
    if (hour === null) return [];
    return [
      {
        at,
        number: hour.kind === "number" ? hour.number : -1,
        from: hour.kind === "clock" ? hour.from : 0,
        pass: hour.pass,
      },
    ];
  });
  const different = new Set(hours.map(({ number, from, pass }) => `${number} ${from} ${pass}`));
  if (different.size < MIN_HOUR_COLUMNS || different.size < hours.length - 1) return [];
  // 01:00 to 00:00 are ends, and the last is that of the day.
  const isLastMidnight =
    hours.at(-1)?.from === 0 &&
    hours.every(({ number, from }, at) => number < 0 && (from > 0 || at === hours.length - 1));
  return isLastMidnight ? hours.map((hour) => (hour.from === 0 ? { ...hour, from: DAY_MS } : hour)) : hours;
}

/** The column that marks one pass of the hour that autumn repeats, or summer time. */
const flagColumn = (columns: readonly Column[]): Column | undefined =>
  columns.find(
    ({ words, distinct }) =>
      FLAG_WORDS.test(words) && distinct.size > 0 && [...distinct].every((text) => FLAG_VALUE.test(text)),
  );

/** "PT" is also Portugal, "CT" Connecticut, "WEST" a zone of New York's grid. */
const PLACE_OR_ZONE = /^(?:[ECMP]T|WEST)$/i;

export const SAYS_ZONE = /time ?zone|zeitzone|\btz\b|daylight|^time ?basis$|\b(utc|gmt|time) ?offset/;

/**
 * The column that names the time zone of each row. A bidding zone or a load zone is a place, and so
 * is a column "zone" whose cells may be places.
 */
const zoneColumn = (columns: readonly Column[]): Column | undefined =>
  columns.find(({ words, distinct, isTime }) => {
    const isTimeZone = SAYS_ZONE.test(words);
    const cells = [...distinct];
    if (isTime || cells.length === 0 || !(isTimeZone || words === "zone")) return false;
    return cells.every((text) => zoneNamed(text) !== null && (isTimeZone || !PLACE_OR_ZONE.test(text)));
  });

/** "Hour Ending" with 01:00 to 24:00 counts hours. */
const isHourEnding = ({ words, distinct }: Column): boolean =>
  END_WORDS.test(words) && HOUR_WORDS.test(words) && [...distinct].every((text) => hourNumber(text) !== null);

/** By its header, or else by its values: all numbers of a day's hours. */
function numberColumn(columns: readonly Column[], isHeaderless: boolean): Column | undefined {
  const isCount = ({ values, words }: Column): boolean =>
    values.length > 0 &&
    !ID_WORDS.test(words.replace("時刻コード", "")) &&
    numbered(values).every((text) => {
      const number = hourNumber(text)?.number;
      return number !== undefined && number <= 300;
    });
  const counts = columns.filter(isCount);
  const isDay = ({ distinct, words }: Column): boolean => {
    const numbers = [...distinct].map((text) => hourNumber(text)?.number ?? NaN);
    return (
      (words === "" || isHeaderless) &&
      numbers.length >= 23 &&
      numbers.length <= 25 &&
      numbers.every((one) => one <= 25)
    );
  };
  return (
    counts.find(({ words }) => HOUR_WORDS.test(words)) ??
    counts.find(({ words }) => PERIOD_WORDS.test(words)) ??
    counts.find(isDay)
  );
}

/** Without "Average", "Peak" and the like, if most have a number. */
function numbered(values: readonly string[]): readonly string[] {
  const some = values.filter((text) => /\d/.test(text));
  return some.length * 4 > values.length * 3 ? some : values;
}

/**
 * A column that counts the hours, half-hours or quarter-hours of each day, whatever its header: from
 * row to row of a day, its numbers change by one.
 */
function countingColumn(columns: readonly Column[], sample: readonly Row[], dayAt: number | undefined) {
  return columns.find(({ at, words, values, distinct }) => {
    // Places may have numbers too: "Plant 7".
    const read = HOUR_WORDS.test(words) || PERIOD_WORDS.test(words) ? periodNumber : hourNumber;
    const numberOf = (text: string): number => read(text)?.number ?? NaN;
    if (distinct.size < MIN_HOUR_COLUMNS || /\d:/.test(values[0] ?? "")) return false;
    const numbers = numbered(values).map(numberOf);
    if (numbers.some(Number.isNaN)) return false;
    const most = Math.max(...numbers);
    const isWholeDay = [24, 48, 96, 144, 288].some((count) => most >= count - 1 && most <= count + count / 24);
    if (!isWholeDay || Math.min(...numbers) > 1) return false;
    const pairs = sample
      .slice(1)
      .flatMap((row, before) => (cell(row, dayAt) === cell(sample[before], dayAt) ? [[sample[before], row]] : []));
    const steps = pairs
      .map(([one, other]) => Math.abs(numberOf(cell(other, at)) - numberOf(cell(one, at))))
      .filter((step) => !Number.isNaN(step));
    return steps.includes(1) && steps.filter((step) => step <= 1).length >= steps.length * MIN_SHARE_OF_STEPS;
  });
}

function partColumn(columns: readonly Column[], hour: Column | undefined): Column | undefined {
  return columns.find(
    ({ at, words, distinct }) =>
      at !== hour?.at &&
      PART_WORDS.test(words) &&
      distinct.size > 1 &&
      [...distinct].every((text) => (periodNumber(text)?.number ?? 61) < 61),
  );
}

/** The column that numbers the quarters of each hour, beside columns of hours: a date has several rows. */
function quarterColumn(columns: readonly Column[], sample: readonly Row[], dayAt: number | undefined) {
  const part = partColumn(columns, undefined);
  const isOfDay = sample.some(
    (row, at) => at > 0 && cell(row, dayAt) === cell(sample[at - 1], dayAt) && cell(row, part?.at) !== "",
  );
  return isOfDay ? part : undefined;
}

const partsOf = (part: Column): number => Math.max(...numbersOf(part));

/** How long a numbered part of an hour is; a minute if the numbers are minutes. */
function partLength(part: Column): number {
  const most = partsOf(part);
  if (most > 12) return MINUTE_MS;
  return HOUR_MS / (most <= 2 ? 2 : most <= 4 ? 4 : most <= 6 ? 6 : 12);
}

/** Parts are counted from 1; minutes from 0, or from 5 to 60 if they are ends. */
function firstPart(part: Column): number {
  const numbers = numbersOf(part);
  if (partsOf(part) <= 12) return 1;
  return Math.max(...numbers) === 60 ? Math.min(...numbers) : 0;
}

/** The length of "PT15M", "PT1H" or "P1D"; NaN for other texts. */
export function durationMs(text: string): number {
  if (text === "P1D") return DAY_MS;
  const found = /^PT(\d+)([HM])$/.exec(text);
  return found === null ? NaN : Number(found[1]) * (found[2] === "H" ? HOUR_MS : MINUTE_MS);
}

const numbersOf = (column: Column | undefined): number[] =>
  column === undefined ? [] : [...column.distinct].flatMap((text) => periodNumber(text)?.number ?? []);

function firstNumber(numbers: readonly number[]): 0 | 1 | null {
  if (numbers.length === 0) return null;
  if (numbers.includes(0)) return 0;
  return Math.max(...numbers) >= 24 ? 1 : null;
}

function periodLength(numbers: readonly number[], column: Column | undefined, market: Market | null): number {
  if (market?.periodMinutes !== undefined) return market.periodMinutes * MINUTE_MS;
  const most = Math.max(...numbers);
  const perDay = [24, 48, 96, 144, 288].find((count) => most <= count + count / 24) ?? 288;
  if (perDay === 24 && column !== undefined && /settlement ?period|trading ?period/.test(column.words))
    return DAY_MS / 48;
  return DAY_MS / perDay;
}
