// Finds where the table begins in a file, and reads the header and titles above it.

import {
  type FilledRow,
  MAX_HEADER_CHARACTERS,
  MAX_TITLE_CHARACTERS,
  MIN_HOUR_COLUMNS,
  type TableHeader,
  timeColumn,
  UNDATED_ROWS,
} from "./header-rows";
import { uncommon } from "./on-demand";
import { isMissing, isNumber } from "./price-cells";
import { cell, firstRows, isBlank, type Row, type Table } from "./table";

const TYPE_NAME = /^(string|number|date|integer|float|double|varchar|he)$/i;
const SUMMARY =
  /^(average|avg|mean|min|max|lowest|highest|median|total|sum|base|peak|off-?peak|mittel|durchschnitt|moyenne|media|promedio|gemiddeld)/i;

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
  const first = lines.find((line, index) => isData(line) && isFollowed(line, index)) ?? lines.find(isData);
  // A table of hours below its date has no times in four rows.
  const isBelow = first !== undefined && lines.indexOf(first) < UNDATED_ROWS;
  const undated = isBelow ? null : uncommon().withDateInTitle(lines);
  if (undated !== null && (first === undefined || first.at > undated.firstRow)) return undated;
  if (first === undefined) throw uncommon().noTimes(rows);

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

const isPriceOrDash = (text: string): boolean => isNumber(text) || (text !== "" && isMissing(text));
const isTimeHeader = (text: string): boolean => /\b(start|end|time|date)\b/i.test(text);

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
