// Finds where the table begins in a file, and reads the header and titles above it.

import { noTimeAndPrice, onlyFormulas } from "../words/reader";
import { hourOfHeader } from "./hour-headers";
import { PowerPricesError, quoted } from "./power-file";
import { isMissing, isNumber } from "./price-cells";
import { cell, firstRows, isBlank, type Row, type Table } from "./table";
import { dateIn, dateOf, isTime } from "./written-times";

const MAX_HEADER_CHARACTERS = 200;
const MAX_TITLE_CHARACTERS = 2_000;
const MIN_HOUR_COLUMNS = 20;
const TYPE_NAME = /^(string|number|date|integer|float|double|varchar|he)$/i;
const SUMMARY =
  /^(average|avg|mean|min|max|lowest|highest|median|total|sum|base|peak|off-?peak|mittel|durchschnitt|moyenne|media|promedio|gemiddeld)/i;
const RECORD_TITLE = /creat|generat|updat|publish|publica[cd]|print|download/i;

export type TableHeader = {
  /** Empty if the file has no header. */
  readonly headers: Row;
  /** The other text above the table. */
  readonly title: string;
  /** Index of the first row of the table. */
  readonly firstRow: number;
  /** The date in the title, if the rows have none. */
  readonly titleDate: string | null;
};

/** A row that is not blank; `timeAt` is its first column with a time, or -1. */
type FilledRow = { readonly row: Row; readonly at: number; readonly timeAt: number };

/**
 * The table begins at the first two rows that have a time in the same column, and a number or a
 * dash beside it. Throws `PowerPricesError` if there is no such row.
 */
export function findHeader(table: Table): TableHeader {
  const rows = firstRows(table);
  const lines = rows.flatMap((row, at): FilledRow[] => (isBlank(row) ? [] : [{ row, at, timeAt: timeColumn(row) }]));
  const isData = ({ row, timeAt }: FilledRow): boolean =>
    timeAt >= 0 && row.some((text, at) => at !== timeAt && isPriceOrDash(text.trim()));
  const isFollowed = ({ timeAt }: FilledRow, index: number): boolean => (lines[index + 1]?.timeAt ?? timeAt) === timeAt;
  const undated = withDateInTitle(lines);
  const first = lines.find((line, index) => isData(line) && isFollowed(line, index)) ?? lines.find(isData);
  if (undated !== null && (first === undefined || first.at > undated.firstRow)) return undated;
  if (first === undefined) throw noTimes(rows);

  // The first rows may have a time, but no price yet.
  const belongs = ({ row, timeAt }: FilledRow): boolean => timeAt === first.timeAt && row.length > timeAt + 1;
  const lastAbove = lines.findLastIndex((line) => line.at < first.at && !belongs(line));
  const above = lines.slice(0, lastAbove + 1).map(({ row }) => row.map((text) => text.trim()));
  const read = readAbove(above, first.timeAt);
  return {
    ...read,
    headers: table.headers ?? read.headers,
    firstRow: lines[lastAbove + 1]?.at ?? first.at,
    titleDate: null,
  };
}

/** The column of the first time, or of the year in year, month, day; -1 if there is none. */
function timeColumn(row: Row): number {
  const at = row.findIndex((text) => isTime(text.trim()));
  return at >= 0 ? at : isYearMonthDay(row, 0) ? 0 : -1;
}

/** Whether three columns from `at` on are year, month and day. */
export const isYearMonthDay = (row: Row, at: number): boolean =>
  /^20\d{2}$/.test(cell(row, at)) &&
  dateOf(Number(cell(row, at)), Number(cell(row, at + 1)), Number(cell(row, at + 2))) > 0;

const isPriceOrDash = (text: string): boolean => isNumber(text) || (text !== "" && isMissing(text));
const isTimeHeader = (text: string): boolean => /\b(start|end|time|date)\b/i.test(text);

/**
 * Reports of one day may have its date in the title, and in the table only hours: as columns, or as
 * a column of their own.
 */
function withDateInTitle(lines: readonly FilledRow[]): TableHeader | null {
  const index = lines.findIndex(({ row }, at) => hasHours(row) || hasHourColumn(row, lines[at + 1]?.row));
  const header = lines[index];
  const first = lines[index + 1];
  if (header === undefined || first === undefined) return null;
  // A line of column types may be between the header and rows that have dates of their own.
  if (lines.slice(index, index + 4).some(({ timeAt }) => timeAt >= 0)) return null;
  const above = lines.slice(0, index).flatMap(({ row }) => row.map((text) => text.trim()));
  const dated = above.flatMap((text) => {
    const parts = text.split(/(?=\bfor\b)/i); // "CREATED AT .. FOR 2025/05/01"
    return parts.filter((part) => !RECORD_TITLE.test(part)).flatMap((part) => dateIn(part) ?? []);
  });
  const titleDate = dated[0];
  if (titleDate === undefined) return null;
  return {
    headers: header.row.map((text) => text.trim().slice(0, MAX_HEADER_CHARACTERS)),
    title: above.join(" ").slice(0, MAX_TITLE_CHARACTERS),
    firstRow: first.at,
    titleDate,
  };
}

const HOUR_COLUMN = /^(delivery |trading )?(hour|hora|hour ending|he|period|interval)$/i;

/** Whether a header names a column of hours, and the row below has one. */
const hasHourColumn = (row: Row, below: Row | undefined): boolean =>
  row.length > 1 && row.some((text, at) => HOUR_COLUMN.test(text.trim()) && hourOfHeader(cell(below, at)) !== null);

const hasHours = (row: Row): boolean =>
  row.filter((text) => hourOfHeader(text.trim()) !== null).length >= MIN_HOUR_COLUMNS &&
  row.some((text) => /[a-z]{3}/i.test(text));

/** The header is the last row above the table with several cells. */
function readAbove(rows: readonly Row[], timeAt: number): Pick<TableHeader, "headers" | "title"> {
  const above = rows.filter((row) => row.filter((text) => TYPE_NAME.test(text)).length < 3 && !isSummary(row));
  const widest = above.reduce((most, row) => Math.max(most, row.length), 0);
  const candidates = above.filter((row) => {
    const filled = row.filter((text) => text !== "").length;
    return (
      filled > 1 ||
      (filled === 1 && row.length === widest && widest > 1 && cell(row, timeAt) === "" && row !== above[0])
    );
  });
  const lower = candidates.at(-1) ?? [];
  const upper = candidates.at(-2);
  // Nord Pool has areas in one row and "Price (EUR)" in the next.
  const isUnits = upper !== undefined && isUnitRow(lower, upper, timeAt);
  const headers = isUnits ? namesWithUnits(upper, lower, timeAt) : withNames(lower, upper ?? []);
  const titles = above.filter((row) => row !== lower && !(isUnits && row === upper));
  return {
    headers: headers.map((text) => text.slice(0, MAX_HEADER_CHARACTERS)),
    title: titles.flat().join(" ").slice(0, MAX_TITLE_CHARACTERS),
  };
}

/** Whether a row is the average, the highest or the like of the prices: a word and numbers. */
function isSummary(row: Row): boolean {
  const [first = "", ...others] = row.filter((text) => text !== "");
  return SUMMARY.test(first) && others.length > 0 && others.length < MIN_HOUR_COLUMNS && others.every(isNumber);
}

/** Whether the lower of two rows has only units, or nothing where the upper has the time's header. */
function isUnitRow(lower: Row, upper: Row, timeAt: number): boolean {
  const first = cell(lower, timeAt);
  return cell(upper, timeAt) !== "" && (first === "" || /^price\b/i.test(first));
}

/** A name counts to the next one, as in a cell that is merged with those after it. */
function namesWithUnits(names: Row, units: Row, timeAt: number): Row {
  let name = "";
  return Array.from({ length: Math.max(names.length, units.length) }, (_, at) => {
    const own = cell(names, at);
    if (isTimeHeader(own)) return own;
    if (own !== "") name = at === timeAt ? "" : own;
    return `${own === "" && cell(units, at) !== "" ? name : own} ${cell(units, at)}`.trim();
  });
}

/** Where columns have the same header: with the names in the row above, which count to the next name. */
function withNames(headers: Row, names: Row): Row {
  const isSame = (text: string): boolean =>
    text !== "" && !isTimeHeader(text) && headers.indexOf(text) !== headers.lastIndexOf(text);
  let name = "";
  const named = headers.map((text, at) => {
    name = cell(names, at) || name;
    return isSame(text) ? `${name} ${text}`.trim() : text;
  });
  return new Set(named.filter((_, at) => isSame(headers[at] ?? ""))).size > 1 ? named : headers;
}

export function noTimes(rows: readonly Row[]): PowerPricesError {
  const filled = rows.flatMap((row, at) => (isBlank(row) ? [] : [at]));
  const at = filled[1] ?? filled[0] ?? 0;
  const row = rows[at] ?? [];
  if (filled.length === 1 && row.some((text) => /time|date|mtu|start/i.test(text))) return headerOnly(at + 1);
  const timed = rows.findIndex((cells) => timeColumn(cells) >= 0);
  const shown = timed < 0 ? at : timed;
  const formula = rows[shown]?.find((text) => /^=./.test(text));
  if (formula !== undefined) return new PowerPricesError(onlyFormulas(formula));
  const text = quoted((rows[shown] ?? []).map((one) => one.trim()).join(" | "));
  return new PowerPricesError(noTimeAndPrice(shown + 1, text, timed >= 0));
}

export function headerOnly(line: number): PowerPricesError {
  return new PowerPricesError(`The file ends with its header in line ${line}. Download it again, with prices.`);
}
