// Tables of hours whose date is in the title above them.

import {
  type FilledRow,
  MAX_HEADER_CHARACTERS,
  MAX_TITLE_CHARACTERS,
  MIN_HOUR_COLUMNS,
  type TableHeader,
  UNDATED_ROWS,
} from "./header-rows";
import { hourOfHeader } from "./hour-headers";
import { cell, type Row } from "./table";
import { readTime } from "./written-times";

const RECORD_TITLE = /creat|generat|updat|publish|publica[cd]|print|download/i;

/**
 * Reports of one day may have its date in the title, and in the table only hours: as columns, or as
 * a column of their own.
 */
export function withDateInTitle(lines: readonly FilledRow[]): TableHeader | null {
  const index = lines.findIndex(({ row }, at) => hasHours(row) || hasHourColumn(row, lines[at + 1]?.row));
  const header = lines[index];
  const first = lines[index + 1];
  if (header === undefined || first === undefined) return null;
  // A line of column types may be between the header and rows that have dates of their own.
  if (lines.slice(index, index + UNDATED_ROWS).some(({ timeAt }) => timeAt >= 0)) return null;
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

const DATES_IN_TEXT =
  /\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4}|\d{1,2}[-./ ][a-zäéûç]{3,10}[-./ ]\d{4}|[a-zäéûç]{3,10} \d{1,2}, ?\d{4}/gi;

/** The first date in a text such as "Report for 11/02/2025" or "Fecha: 01/Jul/2025"; null if there is none. */
function dateIn(text: string): string | null {
  const dates = text.match(DATES_IN_TEXT) ?? [];
  return dates.find((date) => (readTime(date, "day first") ?? readTime(date, "month first")) !== null) ?? null;
}
