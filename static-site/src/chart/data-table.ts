// The table with the chart's data.

import { byId, el, find } from "../dom";
import { clockName, minute, orDash, whole } from "../format";
import { tablePager } from "../table-pager";
import { rightAxisName, rightAxisText, type ShownChart, unitName, valueText } from "./shown-chart";

/** Fills the table; called while it is open, first when it is opened. */
export function dataTable(): (shown: ShownChart) => void {
  const details = byId("chart-data");
  const showRows = tablePager(details);
  return (shown) => {
    const newestFirst = shown.points.toReversed();
    find(details, "thead").replaceChildren(head(shown));
    showRows(newestFirst.length, (at) => row(shown, newestFirst[at] ?? 0));
  };
}

function head({ view, columns }: ShownChart): HTMLTableRowElement {
  const machines = columns.lines.map(({ name }) => `${name}, ${unitName(view)}`);
  const second = columns.second === null ? [] : [rightAxisName(view)];
  const names = [`Time (${clockName(view.time)})`, "Block", ...machines, ...second];
  return el("tr", {}, ...names.map((name) => el("th", { scope: "col" }, name)));
}

function row(shown: ShownChart, at: number): HTMLTableRowElement {
  const { view, columns } = shown;
  const second = columns.second === null ? [] : [rightAxisText(shown, at)];
  const cells = [
    orDash(columns.height[at], whole),
    ...columns.lines.map((line) => valueText(line, at, view)),
    ...second,
  ];
  const time = orDash(columns.time[at], (time) => minute(time, view.time));
  return el("tr", {}, el("th", { scope: "row" }, time), ...cells.map((text) => el("td", {}, text)));
}
