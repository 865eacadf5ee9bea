// Reads the text of a CSV file as a table. Other formats are rejected with an error that names the
// format.

import Papa from "papaparse";

import { PowerPricesError } from "./power-file";

export type Row = readonly string[];
export type Table = { readonly rows: readonly Row[]; readonly delimiter: string };

/** There may be titles and notes above the table. */
export const HEADER_WITHIN_ROWS = 1_000;
const MAX_ROWS = 1_000_000; // A year of 15-minute prices at 28 places.
const MAX_COLUMNS = 1_000;

/** The trimmed text of a cell; empty if there is no such cell. */
export const cell = (row: Row | undefined, at: number | undefined): string =>
  at === undefined ? "" : (row?.[at]?.trim() ?? "");

export const isBlank = (row: Row): boolean => row.every((text) => text.trim() === "");

/** The cells of some columns, row by row. */
export function* cellsOf(rows: readonly Row[], columns: readonly (number | undefined)[]): Generator<string> {
  for (const row of rows) for (const at of columns) yield cell(row, at);
}

/** Throws `PowerPricesError` if the text is not a CSV table, or is too large. */
export function readTable(text: string): Table {
  refuseOtherFormats(text);
  const lines = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  refuseTooManyLines(lines);
  const delimiter = findDelimiter(lines);
  const { data, errors } = Papa.parse<string[]>(lines, { delimiter, newline: "\n" });
  const open = errors.find((error) => error.code === "MissingQuotes");
  if (open) {
    const line = (open.row ?? 0) + 1;
    throw new PowerPricesError(
      `Line ${line} opens a quotation mark that nothing closes. Close it, or export the file again.`,
    );
  }
  if (data.some((row) => row.length > MAX_COLUMNS)) {
    throw new PowerPricesError(
      "The file has a line of more than 1,000 columns. Export it with one line for each time.",
    );
  }
  return { rows: data, delimiter };
}

function refuseOtherFormats(text: string): void {
  const start = text.slice(0, 2_000).trimStart();
  if (start === "" && text.trim() === "") {
    throw new PowerPricesError("The file is empty. Choose a CSV file with a column of times and a column of prices.");
  }
  if (start.startsWith("PK\u0003\u0004")) {
    throw new PowerPricesError(
      "This is an Excel or ZIP file. Save the sheet as CSV, or unpack the archive, and choose that file.",
    );
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

/** Counts lines before parsing, because parsing needs much more memory. */
function refuseTooManyLines(text: string): void {
  let count = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  if (count <= MAX_ROWS + HEADER_WITHIN_ROWS) return;
  throw new PowerPricesError("The file is too long: 1,000,000 rows can be read. Keep fewer places or a shorter time.");
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
  const most = ["\t", ";"].find((delimiter) => have(delimiter) * 2 >= filled.length);
  const found = most ?? [",", ";", "\t"].find((delimiter) => have(delimiter) > 0);
  if (found !== undefined) return found;
  throw new PowerPricesError(
    "The file has only one column. It takes a column of times and one of prices, with a comma, semicolon or tab between.",
  );
}
