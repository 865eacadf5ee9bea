// Columns of a table as data: header, cell and CSV from one list.

import { toCsv } from "./csv";
import { el, setText } from "./dom";

export type Column<Row> = {
  /** Name of the cell's `data-field`. */
  readonly id: string;
  readonly header: string;
  readonly unit?: string;
  /** The cell's text; a column without it is in the CSV file only. */
  readonly cell?: (row: Row) => string;
  /** Name and value in the CSV file; a column without it is only shown. */
  readonly csv?: readonly [name: string, value: (row: Row) => string | number | null];
  /** Whether the cells are words rather than numbers. */
  readonly isWords?: boolean;
};

type ShownColumn<Row> = Column<Row> & { readonly cell: (row: Row) => string };

export function shownColumns<Row>(columns: readonly Column<Row>[]): readonly ShownColumn<Row>[] {
  return columns.filter((column): column is ShownColumn<Row> => column.cell !== undefined);
}

/** The rows as CSV, with all digits. */
export function columnsCsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const written = columns.flatMap(({ csv }) => (csv === undefined ? [] : [csv]));
  return toCsv(
    written.map(([name]) => name),
    rows.map((row) => written.map(([, value]) => value(row))),
  );
}

/** What a column's header says: its name, and its unit in small. */
export function headerText({ header, unit }: Column<never>): (Node | string)[] {
  return unit === undefined ? [header] : [header, " ", el("small", {}, unit)];
}

/** An empty cell. Its label is shown where rows are cards instead of rows. */
export function emptyCell({ id, header, unit, isWords = false }: Column<never>): HTMLTableCellElement {
  const label = unit === undefined ? header : `${header}, ${unit}`;
  return el(
    "td",
    { role: "cell", class: isWords ? "words" : false, "data-label": label },
    el("bdi", { "data-field": id }),
  );
}

/**
 * Keeps a table a table for screen readers when its display changes. A table without rows would be
 * an error.
 */
export function setTableRoles(body: HTMLTableSectionElement): void {
  const hasRows = 0 < body.children.length;
  const table = body.closest("table");
  if (table !== null) table.role = hasRows ? "table" : null;
  for (const part of table?.tHead ? [table.tHead, body] : [body]) part.role = hasRows ? "rowgroup" : null;
}

/** Shows a row in cells that `emptyCell` has made. */
export function showCells<Row>(element: Element, columns: readonly ShownColumn<Row>[], row: Row): void {
  const fields = new Map(
    [...element.querySelectorAll<HTMLElement>("[data-field]")].map((field) => [field.dataset.field, field]),
  );
  for (const { id, cell } of columns) {
    const field = fields.get(id);
    if (field !== undefined) setText(field, cell(row));
  }
}
