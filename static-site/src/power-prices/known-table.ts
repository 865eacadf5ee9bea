// Finds what is known of a table before its rows are read: its header, its market, what its columns hold.

import { asHours, notHours } from "../words/reader";
import { isBareClock, isWordedClock, withColon, withoutWord } from "./bare-clocks";
import { type Column, profileColumns, sampleRows } from "./column-profile";
import type { Known } from "./known";
import { MARKETS } from "./markets";
import { recognise } from "./markets/market";
import { uncommon } from "./on-demand";
import { PowerPricesError } from "./power-file";
import { saysPrice } from "./price-columns";
import type { Choices } from "./reading";
import { cell, isBlank, type Row, type Table, withCells } from "./table";
import { findHeader } from "./table-header";
import { END_WORDS, findTimes, HOUR_WORDS, isDaily } from "./time-plan";
import { isTime, shortYearAt, splitTimeRange, withFullYear } from "./written-times";

/** The hour that autumn repeats may have a label that other days do not have. */
const MIN_NUMBERED = 0.9;

/** Throws `PowerPricesError` if the table has no times. */
export function look(whole: Table, fileName: string, choices: Choices): Known {
  const top = findHeader(whole);
  const given =
    (areRepeated(top.headers) ? uncommon().withTablesBeside(whole, top.headers, top.firstRow) : null) ?? whole;
  const start = given === whole ? top : { ...top, headers: given.headers ?? top.headers };
  const title = `${start.title} ${fileName}`.trim();
  const market = recognise(MARKETS, start.headers, title);
  const headers = start.headers.length === 0 ? (market?.columns ?? []) : start.headers;
  const header = { ...start, headers };
  const written = sampleRows(given, start.firstRow);
  refuseDecimalCommas(written, headers, given.delimiter, start.firstRow + 1);
  const profiles = profileColumns(written, headers);
  const table = withPlainTimes(given, profiles);
  const all = table === given ? written : sampleRows(table, start.firstRow);
  const first = table === given ? profiles : profileColumns(all, headers);
  const time = findTimes(first, all, market, start.titleDate, choices.time);
  const labels = time === null || !isDaily(time) ? null : uncommon().periodLabels(table, start.firstRow, first, time);
  if (time !== null && labels !== null && choices.time === asHours(time.name, labels.header)) {
    const withNumbers = withCells(table, new Set([labels.at]), uncommon().numbered(labels));
    const known = look({ ...withNumbers, headers }, fileName, { ...choices, time: time.name });
    const texts = known.columns.find(({ at }) => at === labels.at)?.values ?? [];
    const isRead = texts.filter((text) => /^\d+$/.test(text)).length > MIN_NUMBERED * texts.length;
    // Otherwise the hours would be taken for places with one price for each day.
    if (!isRead || known.time.numberAt !== labels.at)
      throw new PowerPricesError(notHours(labels.header, labels.labels[0] ?? ""));
    const name = choices.time;
    return { ...known, time: { ...known.time, name, options: [name, time.name] } };
  }
  if (time === null)
    throw uncommon().noTimes(Array.from({ length: Math.min(50, table.length) }, (_, at) => table.row(at)));
  const { timeAt } = time;
  const sample = timeAt === null || time.isYearMonthDay ? all : all.filter((row) => isTime(cell(row, timeAt)));
  if (sample.length === 0) throw uncommon().headerOnly(start.firstRow);
  const columns = sample.length === all.length ? first : profileColumns(sample, headers);
  return { table, header, title, columns, sample, market, time, unclearPeriods: labels, choices };
}

/** Whether several columns have one header, as those of tables beside one another. */
const areRepeated = (headers: Row): boolean => {
  const named = headers.map((text) => text.trim()).filter((text) => text !== "");
  return new Set(named).size < named.length;
};

/** The table with 1345 as 13:45, 25/11/03 as 2025-11-03 and "kl. 00-01" as 00 - 01, and with a date's hour left out if its time of day is beside it. */
function withPlainTimes(given: Table, columns: readonly Column[]): Table {
  const withPlain = (table: Table, has: (column: Column) => boolean, plain: (text: string) => string): Table => {
    const found = columns.filter(has).map(({ at }) => at);
    return found.length === 0 ? table : withCells(table, new Set(found), plain);
  };
  const isYearFirst = ({ isTime, distinct }: Column): boolean => isTime && shortYearAt([...distinct]) === "first";
  const dated = withPlain(given, isYearFirst, (text) => withFullYear(text, "first"));
  const table = withPlain(dated, ({ distinct }) => isWordedClock(distinct), withoutWord);
  const clocks = columns.filter((column) => isBareClock(column, saysTime(column))).map(({ at }) => at);
  if (clocks.length > 0) return withCells(table, new Set(clocks), (text) => withColon(text) ?? text);
  const ranges = columns.filter(hasClockRanges).map(({ at }) => at);
  if (ranges.length > 0) return withCells(table, new Set(ranges), withBlanks);
  const date = columns.find(({ header }) => /^date\b.*\(HE\)/i.test(header));
  const hasTime = columns.some(({ words, isClock }) => isClock && words === "time");
  return date === undefined || !hasTime
    ? table
    : withCells(table, new Set([date.at]), (text) => text.replace(/ \d{1,2}$/, ""));
}

/** "01.06.2025 00:00-01:00", whose end is not an offset. */
const CLOCK_RANGE = /(\s\d{1,2})(:\d{2})?\s?-\s?(\d{1,2})(:\d{2})?(?:\s?h)?$/;
/** More are not offsets of one zone. */
const MAX_OFFSETS = 3;

const hasClockRanges = ({ distinct }: Column): boolean =>
  new Set([...distinct].flatMap((text) => CLOCK_RANGE.exec(text)?.[3] ?? [])).size > MAX_OFFSETS;

const withBlanks = (text: string): string =>
  text.replace(CLOCK_RANGE, (_, from, minute = ":00", to, end = ":00") => `${from}${minute} - ${to}${end}`);

const saysTime = (column: Column): boolean =>
  (HOUR_WORDS.test(column.words) || END_WORDS.test(column.words)) && !saysPrice(column);

/** The start of a range of times, or the time itself. */
export const startOf = (text: string): string => splitTimeRange(text)[0];

/** The cells of a column, from a row on. */
export function* cellsOf(table: Table, from: number, at: number): Generator<string> {
  for (let row = from; row < table.length; row += 1) yield table.cellAt(row, at);
}

/**
 * If columns are separated by commas, an unquoted 12,50 is read as two columns: better no price
 * than a wrong one.
 */
function refuseDecimalCommas(sample: readonly Row[], headers: Row, delimiter: string, firstLine: number): void {
  const isLonger = (row: Row): boolean => row.slice(headers.length).some((text) => text.trim() !== "");
  const filled = sample.filter((row) => !isBlank(row));
  if (
    headers.length === 0 ||
    delimiter !== "," ||
    filled.filter(isLonger).length * 2 < filled.length ||
    filled.length === 0
  )
    return;
  throw new PowerPricesError(
    `Line ${firstLine} has more columns than the header. If prices have decimal commas, put semicolons between columns.`,
  );
}
