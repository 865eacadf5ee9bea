// Tables that have no times as they are written: turned by a quarter, with day numbers, with the month
// and the day apart, with the date in the first row of each day, or with dates and times of day in words
// or signs of some countries. Loaded only when a table is refused.

import { withDayNumbers } from "./day-numbers";
import { hourOfHeader } from "./hour-headers";
import { withPlainDates } from "./plain-dates";
import { PowerPricesError } from "./power-file";
import type { Reading } from "./reading";
import { cell, firstRows, isBlank, type Row, type Table, tableOfRows } from "./table";
import { findHeader } from "./table-header";
import { isTime, readTime } from "./written-times";

const MAX_TURNED_ROWS = 400;
const MIN_HOUR_COLUMNS = 20;
const FIRST_ROWS = 50;

/** Reads the table in its usual shape; null if it has that already. */
export function readUnusual(table: Table, read: (table: Table) => Reading): Reading | null {
  const dated = withMonthAndDay(withDayNumbers(turned(table) ?? withPlainDates(table)));
  const usual = withEachDate(dated) ?? dated;
  return usual === table ? null : read(usual);
}

/**
 * A table with a column for each day, and hours in the first: it is turned so that each row is a
 * day. Null if the table is not so.
 */
function turned(table: Table): Table | null {
  const rows = firstRows(table, MAX_TURNED_ROWS);
  const at = rows.findIndex((row) => row.slice(1).filter((text) => isDay(text.trim())).length >= 2);
  const header = rows[at];
  if (header === undefined || isDay(cell(header, 0))) return null;
  const hours = rows.slice(at + 1).filter((row) => hourOfHeader(cell(row, 0)) !== null);
  if (hours.length < MIN_HOUR_COLUMNS) return null;
  const days = header.flatMap((text, column) => (isDay(text.trim()) ? [column] : []));
  const title = rows.slice(0, at);
  const first = [cell(header, 0) || "Date", ...hours.map((row) => cell(row, 0))];
  return tableOfRows([
    ...title,
    [/hour|date|time|zone|utc|ce?st/i.test(first[0] ?? "") ? `Date ${first[0]}` : "Date", ...first.slice(1)],
    ...days.map((column) => [cell(header, column), ...hours.map((row) => cell(row, column))]),
  ]);
}

const isDay = (text: string): boolean =>
  text.length <= 12 && (readTime(text, "day first") ?? readTime(text, "month first"))?.dateOnly === true;

/** The table with a month such as 202506 and the day in another column as a date, as Brazil's exchange has them. */
function withMonthAndDay(table: Table): Table {
  const rows = firstRows(table, FIRST_ROWS);
  const at = rows.findIndex((row, index) => row.some((_, column) => isMonth(cell(rows[index + 1], column))));
  const header = rows[at] ?? [];
  const monthAt = header.findIndex((_, column) => isMonth(cell(rows[at + 1], column)));
  const dayAt = header.findIndex((text) => /^(dia|day|tag|jour|giorno)$/i.test(text.trim()));
  if (monthAt < 0 || dayAt < 0 || hasTimes(rows)) return table;
  const dateIn = (row: Row): string =>
    `${cell(row, monthAt).replace(/(?=..$)/, "-")}-${cell(row, dayAt).padStart(2, "0")}`;
  const change = (row: Row): Row =>
    isMonth(cell(row, monthAt)) ? row.map((text, column) => (column === monthAt ? dateIn(row) : text)) : row;
  return {
    ...table,
    row: (index) => change(table.row(index)),
    cellAt: (index, column) =>
      column === monthAt ? cell(change(table.row(index)), column) : table.cellAt(index, column),
  };
}

const hasTimes = (rows: readonly Row[]): boolean => rows.some((row) => row.some((text) => isTime(text.trim())));
const isMonth = (text: string): boolean => /^20\d{2}(0[1-9]|1[0-2])$/.test(text);

/** The table with the date of each row, if only the first row of each day has it; else null. */
function withEachDate(table: Table): Table | null {
  const firstRow = startOf(table);
  if (firstRow === null) return null;
  const first = table.row(firstRow);
  const dateAt = first.findIndex((text) => isTime(text.trim()));
  const isOpen = (at: number): boolean => table.cellAt(at, dateAt) === "" && !isBlank(table.row(at));
  const seen = Math.min(FIRST_ROWS, table.length - firstRow);
  const open = Array.from({ length: seen }, (_, at) => firstRow + at).filter(isOpen);
  if (dateAt < 0 || open.length * 2 < seen || open.some((at) => table.row(at).length !== first.length)) return null;
  const dates = new Uint32Array(table.length);
  for (let at = firstRow; at < table.length; at += 1) dates[at] = isOpen(at) ? (dates[at - 1] ?? 0) : at;
  const row = (at: number): Row =>
    at < firstRow ? table.row(at) : table.row(at).map((text, column) => (column === dateAt ? dateOf(at) : text));
  const dateOf = (at: number): string => table.cellAt(dates[at] ?? 0, dateAt);
  return {
    ...table,
    row,
    cellAt: (at, column) => (column === dateAt && at >= firstRow ? dateOf(at) : table.cellAt(at, column)),
  };
}

/** The first row of the table; null if it has no times. */
function startOf(table: Table): number | null {
  try {
    return findHeader(table).firstRow;
  } catch (error) {
    if (error instanceof PowerPricesError) return null;
    throw error;
  }
}
