// Tables whose header, cells and CSV come from one list of columns.

import { toCsv } from "../csv";
import { el } from "../dom";

export type Column<Row> = {
  /** In the header of the CSV. */
  readonly name: string;
  /** In the header of the table; null if only the CSV has the column. */
  readonly header: string | null;
  /** As the CSV has it: all digits, null if unknown. */
  readonly value: (row: Row) => string | number | null;
  /** As the table shows it. */
  readonly text: (row: Row) => string;
};

export function headOf<Row>(columns: readonly Column<Row>[]): HTMLTableRowElement {
  const headers = columns.flatMap(({ header }) => header ?? []);
  return el("tr", {}, ...headers.map((header) => el("th", { scope: "col" }, header)));
}

/** The first column is the header of the row. */
export function rowOf<Row>(columns: readonly Column<Row>[], row: Row): HTMLTableRowElement {
  const [first, ...others] = columns.filter(({ header }) => header !== null);
  const cells = others.map(({ text }) => el("td", {}, text(row)));
  return el("tr", {}, el("th", { scope: "row" }, first?.text(row) ?? ""), ...cells);
}

export function csvOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  return toCsv(
    columns.map(({ name }) => name),
    rows.map((row) => columns.map(({ value }) => value(row))),
  );
}
