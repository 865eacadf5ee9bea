// The table with the chart's data.

import { headOf, rowOf } from "../lib/columns";
import { byId, find } from "../lib/dom";
import { tablePager } from "../lib/table-pager";
import type { ShownChart } from "./shown-chart";
import { tableColumns } from "./table-columns";

/** Fills the table; called while it is open, first when it is opened. */
export function dataTable(): (shown: ShownChart) => void {
  const details = byId("chart-data");
  const showRows = tablePager(details);
  return ({ columns, view, points }) => {
    const table = tableColumns(columns, view);
    const newestFirst = points.toReversed();
    find(details, "thead").replaceChildren(headOf(table));
    showRows(newestFirst.length, (at) => rowOf(table, newestFirst[at] ?? 0));
  };
}
