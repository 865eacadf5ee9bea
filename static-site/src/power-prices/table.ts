// A table of text cells. The rows of a CSV file are cut from its text one at a time, so that a
// million rows need little more memory than the text.

import { NumberList } from "./number-list";
import { PowerPricesError } from "./power-file";

export type Row = readonly string[];
export type Table = {
  readonly delimiter: string;
  readonly length: number;
  /** The headers of its columns, if they are not those above its rows. */
  readonly headers?: Row;
  /** The cells of a row; empty beyond the table. */
  readonly row: (at: number) => Row;
  /** The trimmed text of one cell, without cutting the rest of its row. */
  readonly cellAt: (row: number, column: number) => string;
  /** Whether a text may be anywhere in the table. */
  readonly mayContain: (text: string) => boolean;
};

/** There may be titles and notes above the table. */
export const HEADER_WITHIN_ROWS = 1_000;
const MAX_ROWS = 5_000_000;
const MAX_COLUMNS = 1_000;
const QUOTE = 34;
const LINE_FEED = 10;

/** The trimmed text of a cell; empty if there is no such cell. */
export const cell = (row: Row | undefined, at: number | null | undefined): string =>
  at === undefined || at === null ? "" : (row?.[at]?.trim() ?? "");

export const isBlank = (row: Row): boolean => row.every((text) => text.trim() === "");

/** The first rows of a table. */
export const firstRows = (table: Table, count = HEADER_WITHIN_ROWS): Row[] =>
  Array.from({ length: Math.min(count, table.length) }, (_, at) => table.row(at));

/** The table with other texts in some columns. */
export const withCells = (table: Table, columns: ReadonlySet<number>, change: (text: string) => string): Table => ({
  ...table,
  row: (index) => table.row(index).map((text, at) => (columns.has(at) ? change(text.trim()) : text)),
  cellAt: (row, column) => (columns.has(column) ? change(table.cellAt(row, column)) : table.cellAt(row, column)),
});

/** A table whose cells are already separate, as those of a spreadsheet. */
export const tableOfRows = (rows: readonly Row[]): Table => ({
  delimiter: "",
  length: rows.length,
  row: (at) => rows[at] ?? [],
  cellAt: (row, column) => cell(rows[row], column),
  mayContain: () => true,
});

/** Throws `PowerPricesError` if the text is not a CSV table, or is too large. */
export function tableOfText(text: string): Table {
  refuseOtherFormats(text);
  const start = text.startsWith("\uFEFF") ? 1 : 0;
  const lines = withoutOuterQuotes(text.includes("\r") && !text.includes("\n") ? text.replaceAll("\r", "\n") : text);
  const delimiter = findDelimiter(lines);
  const hasQuotes = lines.includes('"');
  const starts = rowStarts(lines, start, delimiter.charCodeAt(0), hasQuotes);
  const length = starts.length - 1;
  const row = (at: number): Row => {
    const from = starts[at];
    const next = starts[at + 1];
    if (from === undefined || next === undefined) return [];
    let to = next - 1;
    if (lines[to - 1] === "\r") to -= 1;
    return splitRow(lines.slice(from, to), delimiter, hasQuotes);
  };
  const cellAt = (at: number, column: number): string => {
    if (hasQuotes) return cell(row(at), column);
    const to = (starts[at + 1] ?? 0) - 1;
    let from = starts[at] ?? 0;
    for (let passed = 0; passed < column; passed += 1) {
      const next = lines.indexOf(delimiter, from);
      if (next < 0 || next >= to) return "";
      from = next + 1;
    }
    const end = lines.indexOf(delimiter, from);
    return lines.slice(from, end < 0 || end > to ? to : end).trim();
  };
  const table: Table = { delimiter, length, row, cellAt, mayContain: (part) => lines.includes(part) };
  const wide = firstRows(table).findIndex((cells) => cells.length > MAX_COLUMNS);
  if (wide >= 0) {
    throw new PowerPricesError(
      `Line ${wide + 1} has more than 1,000 columns. Export the prices with one line for each time.`,
    );
  }
  return table;
}

/** Some programs put each line, and not each cell, in quotation marks. */
function withoutOuterQuotes(text: string): string {
  const first = text
    .slice(0, 2_000)
    .split(/\r?\n/)
    .slice(0, -1)
    .filter((line) => line !== "");
  const areQuoted = first.length > 1 && first.every((line) => /^\uFEFF?"(?:[^"]|"")*[,;\t](?:[^"]|"")*"$/.test(line));
  return areQuoted ? text.replace(/^"|"(?=\r?$)/gm, "").replaceAll('""', '"') : text;
}

/** Where each row starts, and one more where the next would start. Line ends in quotes are text. */
function rowStarts(text: string, from: number, delimiter: number, hasQuotes: boolean): Uint32Array {
  const starts = new NumberList(new Uint32Array(1_024));
  starts.push(from);
  if (hasQuotes) {
    let isOpen = false;
    let isCellStart = true;
    let row = 0;
    let openRow = 0;
    for (let at = from; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (isOpen) {
        if (code === QUOTE) {
          if (text.charCodeAt(at + 1) === QUOTE) at += 1;
          else isOpen = false;
        }
      } else if (code === LINE_FEED) {
        starts.push(at + 1);
        row += 1;
        isCellStart = true;
      } else if (code === delimiter) isCellStart = true;
      else if (code === QUOTE && isCellStart) {
        isOpen = true;
        openRow = row;
        isCellStart = false;
      } else if (code !== 32) isCellStart = false;
    }
    if (isOpen) {
      throw new PowerPricesError(
        `Line ${openRow + 1} opens a quotation mark that nothing closes. Close it, or export the file again.`,
      );
    }
  } else {
    for (let at = text.indexOf("\n", from); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  }
  if (starts.last() < text.length) starts.push(text.length + 1);
  if (starts.length > MAX_ROWS) {
    throw new PowerPricesError(
      "The file is too long: 5,000,000 rows can be read. Keep fewer places or a shorter time.",
    );
  }
  return starts.toArray();
}

function splitRow(line: string, delimiter: string, hasQuotes: boolean): string[] {
  if (!hasQuotes || !line.includes('"')) return line.split(delimiter);
  const cells: string[] = [];
  let at = 0;
  while (at <= line.length) {
    const quote = /^ *"/.exec(line.slice(at, at + 8));
    if (quote === null) {
      const next = line.indexOf(delimiter, at);
      const to = next < 0 ? line.length : next;
      cells.push(line.slice(at, to));
      at = to + 1;
      continue;
    }
    let text = "";
    at += quote[0].length;
    for (;;) {
      const close = line.indexOf('"', at);
      text += line.slice(at, close);
      at = close + 1;
      if (line[at] !== '"') break;
      text += '"';
      at += 1;
    }
    const next = line.indexOf(delimiter, at);
    const to = next < 0 ? line.length : next;
    cells.push(text + line.slice(at, to).trimEnd());
    at = to + 1;
  }
  return cells;
}

function refuseOtherFormats(text: string): void {
  const start = text.slice(0, 2_000).trimStart();
  if (start === "" && text.trim() === "") {
    throw new PowerPricesError("The file is empty. Choose a file with a column of times and a column of prices.");
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters mark binary files.
  if (/[\u0000-\u0008\u000e-\u001f]/.test(start)) {
    throw new PowerPricesError(
      "This is not a text file that can be read here. Save it as CSV (UTF-8) and choose that file.",
    );
  }
  if (/^<[!?a-z]/i.test(start)) {
    throw new PowerPricesError(
      "This is a web page, not CSV: perhaps the download asked for a login. Download the file again.",
    );
  }
  if (/^[{[]\s*["{[]/.test(start)) {
    throw new PowerPricesError("This is JSON, not CSV. Export the prices as CSV and choose that file.");
  }
}

/**
 * The first of tab, semicolon and comma that most lines contain: commas may also be decimal signs.
 */
function findDelimiter(text: string): string {
  const lines = text
    .slice(0, 100_000)
    .split("\n")
    .slice(0, 200)
    .map((line) => line.slice(0, 2_000).replace(/"[^"]*"/g, ""));
  const filled = lines.filter((line) => line.trim() !== "");
  const have = (delimiter: string): number => filled.filter((line) => line.includes(delimiter)).length;
  const count = (line: string, mark: string): number => line.split(mark).length - 1;
  // "BZN|FR" is a place. Each cell but the time may have one decimal comma.
  const isPlace = filled.filter((line) => count(line, "|") < count(line, ",")).length * 2 > filled.length;
  const most = ["\t", ";", ...(isPlace ? [] : ["|"])].find((delimiter) => have(delimiter) * 2 >= filled.length);
  const found = most ?? [",", ";", "\t"].find((delimiter) => have(delimiter) > 0);
  if (found !== undefined) return found;
  throw new PowerPricesError(
    "The file has only one column. It needs a column of times and one of prices, with a comma, semicolon or tab between.",
  );
}
