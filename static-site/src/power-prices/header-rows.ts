// The rows above a table, and the first below its header.

import { cell, type Row } from "./table";
import { dateOf, isTime } from "./written-times";

export const MAX_HEADER_CHARACTERS = 200;
export const MAX_TITLE_CHARACTERS = 2_000;
export const MIN_HOUR_COLUMNS = 20;
/** A table of hours, whose date is above it, has no times in so many rows from its header on. */
export const UNDATED_ROWS = 4;

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
export type FilledRow = { readonly row: Row; readonly at: number; readonly timeAt: number };

/** The column of the first time, or of the year in year, month, day; -1 if there is none. */
export function timeColumn(row: Row): number {
  const at = row.findIndex((text) => isTime(text.trim()));
  return at >= 0 ? at : isYearMonthDay(row, 0) ? 0 : -1;
}

/** Whether three columns from `at` on are year, month and day. */
export const isYearMonthDay = (row: Row, at: number): boolean =>
  /^20\d{2}$/.test(cell(row, at)) &&
  dateOf(Number(cell(row, at)), Number(cell(row, at + 1)), Number(cell(row, at + 2))) > 0;
