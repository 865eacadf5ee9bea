// Finds where the table begins in a file, and reads the header and titles above it.

import { cell, HEADER_WITHIN_ROWS, isBlank, type Row } from "./csv-table";
import { PowerPricesError, quoted } from "./power-file";
import { isMissing, isNumber } from "./price-cells";
import { isTime } from "./written-times";

const MAX_HEADER_CHARACTERS = 200;
const MAX_TITLE_CHARACTERS = 2_000;

type TableHeader = {
  /** Empty if the file has no header. */
  readonly headers: Row;
  /** The other text above the table. */
  readonly title: string;
  /** Index of the first row of the table. */
  readonly firstRow: number;
};

/** A row that is not blank; `timeAt` is its first column with a time, or -1. */
type FilledRow = { readonly row: Row; readonly at: number; readonly timeAt: number };

/**
 * The table begins at the first two rows that have a time in the same column, and a number or a
 * dash beside it.
 */
export function findHeader(rows: readonly Row[]): TableHeader {
  const lines = rows.slice(0, HEADER_WITHIN_ROWS).flatMap((row, at): FilledRow[] => {
    return isBlank(row) ? [] : [{ row, at, timeAt: row.findIndex((text) => isTime(text.trim())) }];
  });
  const isData = ({ row, timeAt }: FilledRow): boolean => timeAt >= 0 && row.some((text) => isPriceOrDash(text.trim()));
  const isFollowed = ({ timeAt }: FilledRow, index: number): boolean => (lines[index + 1]?.timeAt ?? timeAt) === timeAt;
  const first = lines.find((line, index) => isData(line) && isFollowed(line, index)) ?? lines.find(isData);
  if (first === undefined) throw noTimes(rows);

  // The first rows may have a time, but no price yet.
  const belongs = ({ row, timeAt }: FilledRow): boolean => timeAt === first.timeAt && row.length > timeAt + 1;
  const lastAbove = lines.findLastIndex((line) => line.at < first.at && !belongs(line));
  const above = lines.slice(0, lastAbove + 1).map(({ row }) => row.map((text) => text.trim()));
  return { ...readAbove(above, first.timeAt), firstRow: lines[lastAbove + 1]?.at ?? first.at };
}

const isPriceOrDash = (text: string): boolean => isNumber(text) || (text !== "" && isMissing(text));
const isTimeHeader = (text: string): boolean => /\b(start|end|time|date)\b/i.test(text);

/** The header is the last row above the table with several cells. */
function readAbove(above: readonly Row[], timeAt: number): Pick<TableHeader, "headers" | "title"> {
  const candidates = above.filter((row) => row.filter((text) => text !== "").length > 1);
  const lower = candidates.at(-1) ?? [];
  const upper = candidates.at(-2);
  // Nord Pool has areas in one row and "Price (EUR)" in the next.
  const isUnits = upper !== undefined && (cell(lower, timeAt) === "" || /^price\b/i.test(cell(lower, timeAt)));
  const headers = isUnits
    ? upper.map((text, at) => (isTimeHeader(text) ? text : `${text} ${cell(lower, at)}`.trim()))
    : lower;
  const titles = above.filter((row) => row !== lower && !(isUnits && row === upper));
  return {
    headers: headers.map((text) => text.slice(0, MAX_HEADER_CHARACTERS)),
    title: titles.flat().join(" ").slice(0, MAX_TITLE_CHARACTERS),
  };
}

export function noTimes(rows: readonly Row[]): PowerPricesError {
  const filled = rows.flatMap((row, at) => (isBlank(row) ? [] : [at]));
  const at = filled[1] ?? filled[0] ?? 0;
  const row = rows[at] ?? [];
  if (filled.length === 1 && row.some((text) => /time|date|mtu|start/i.test(text))) return headerOnly(at + 1);
  const example = quoted(row.join(" | "));
  return new PowerPricesError(
    `No row has a time and a price. Line ${at + 1} reads ${example}. Write times as 2024-01-31 13:00 and prices as 42.50.`,
  );
}

export function headerOnly(line: number): PowerPricesError {
  return new PowerPricesError(`The file ends with its header in line ${line}. Download it again, with prices.`);
}
