// Rows of tables whose first column is the header of the row.

import { type Column, shownColumns } from "../columns";
import { el } from "../dom";

export function headOf<Row>(columns: readonly Column<Row>[]): HTMLTableRowElement {
  return el("tr", {}, ...shownColumns(columns).map(({ header }) => el("th", { scope: "col" }, header)));
}

export function rowOf<Row>(columns: readonly Column<Row>[], row: Row): HTMLTableRowElement {
  const [first, ...others] = shownColumns(columns);
  const cells = others.map(({ cell }) => el("td", {}, cell(row)));
  return el("tr", {}, el("th", { scope: "row" }, first?.cell(row) ?? ""), ...cells);
}
