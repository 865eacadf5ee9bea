// The table with the chart's data.

import { byId, el, find } from "../dom";
import { clockName, minute, orDash, whole } from "../format";
import { tablePager } from "../table-pager";
import { RIGHT_AXIS_LABELS, rightAxisText, type ShownChart, unitName, valueText, visiblePoints } from "./shown-chart";

/** Binds the table. The returned function updates it if it is open. */
export function bindDataTable(): (shown: ShownChart) => void {
  const details = byId<HTMLDetailsElement>("chart-data");
  const showRows = tablePager(details);
  let latest: ShownChart | null = null;

  function show(shown: ShownChart): void {
    latest = shown;
    if (!details.open) return;
    const newestFirst = visiblePoints(shown).toReversed();
    find(details, "thead").replaceChildren(head(shown));
    showRows(newestFirst.length, (at) => row(shown, newestFirst[at] ?? 0));
  }

  details.addEventListener("toggle", () => latest && show(latest));
  return show;
}

function head({ view, columns }: ShownChart): HTMLTableRowElement {
  const machines = columns.lines.map(({ machine }) => `${machine.name}, ${unitName(view)}`);
  const second = columns.second === null ? [] : [RIGHT_AXIS_LABELS[view.second]];
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
