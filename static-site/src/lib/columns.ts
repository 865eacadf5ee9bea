// Columns of a table as data: header, cell, sort and CSV from one list. A column without cells is in the CSV file
// only, and one without a CSV value is only shown.

import { toCsv } from "./csv";
import { el, setText } from "./dom";

export type Column<Row> = {
  /** Name of the cell's `data-field`. */
  readonly id: string;
  readonly header: string;
  readonly unit?: string;
  /** The cell's text. */
  readonly cell?: (row: Row) => string;
  /** The table makes these cells itself, as they are the headers of their rows, or have a button. */
  readonly own?: "header" | "button";
  /** Name and value in the CSV file. */
  readonly csv?: readonly [name: string, value: (row: Row) => string | number | null];
  /** Whether the cells are words rather than numbers. */
  readonly isWords?: boolean;
};

type ShownColumn<Row> = Column<Row> & { readonly cell: (row: Row) => string };

export function shownColumns<Row>(columns: readonly Column<Row>[]): readonly ShownColumn<Row>[] {
  return columns.filter((column): column is ShownColumn<Row> => column.cell !== undefined);
}

/** The header of a table whose rows may become cards. */
export function headerRow<Shown extends Column<never>>(
  columns: readonly Shown[],
  content: (column: Shown) => readonly (Node | string)[],
): HTMLTableRowElement {
  const cells = columns
    .filter(({ cell, own }) => cell !== undefined || own !== undefined)
    .map((column) =>
      el(
        "th",
        {
          scope: "col",
          role: "columnheader",
          "data-column": column.id,
          class: column.own === "header" ? "stays" : column.isWords === true ? "words" : false,
        },
        ...content(column),
      ),
    );
  return el("tr", { role: "row" }, ...cells);
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

export function headOf<Row>(columns: readonly Column<Row>[]): HTMLTableRowElement {
  return el("tr", {}, ...shownColumns(columns).map((column) => el("th", { scope: "col" }, ...headerText(column))));
}

/** A row that is replaced when it changes; its first cell is its header. */
export function rowOf<Row>(columns: readonly Column<Row>[], row: Row): HTMLTableRowElement {
  const [first, ...others] = shownColumns(columns);
  const cells = others.map(({ cell }) => el("td", {}, cell(row)));
  return el("tr", {}, el("th", { scope: "row" }, first?.cell(row) ?? ""), ...cells);
}
