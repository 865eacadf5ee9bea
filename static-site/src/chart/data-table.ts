// The table behind the chart.

import { byId, el, find } from "../dom";
import { clockName, known, minute, whole } from "../format";
import { paged } from "../table-pager";
import { pointsInSight, SECOND_LABELS, type Shown, secondText, unitName, valueText } from "./shown-chart";

/** Binds it: the answer brings it up to date, where it is open. */
export function bindTable(): (shown: Shown) => void {
  const details = byId<HTMLDetailsElement>("chart-data");
  const showRows = paged(details);
  let latest: Shown | null = null;

  function show(shown: Shown): void {
    latest = shown;
    if (!details.open) return;
    const newestFirst = pointsInSight(shown).toReversed();
    find(details, "thead").replaceChildren(head(shown));
    showRows(newestFirst.length, (at) => row(shown, newestFirst[at] ?? 0));
  }

  details.addEventListener("toggle", () => latest && show(latest));
  return show;
}

function head({ view, columns }: Shown): HTMLTableRowElement {
  const machines = columns.lines.map(({ machine }) => `${machine.name}, ${unitName(view)}`);
  const second = columns.second === null ? [] : [SECOND_LABELS[view.second]];
  const names = [`Time (${clockName(view.time)})`, "Block", ...machines, ...second];
  return el("tr", {}, ...names.map((name) => el("th", { scope: "col" }, name)));
}

function row(shown: Shown, at: number): HTMLTableRowElement {
  const { view, columns } = shown;
  const second = columns.second === null ? [] : [secondText(shown, at)];
  const cells = [
    known(columns.height[at], whole),
    ...columns.lines.map((line) => valueText(line, at, view)),
    ...second,
  ];
  const time = known(columns.time[at], (time) => minute(time, view.time));
  return el("tr", {}, el("th", { scope: "row" }, time), ...cells.map((text) => el("td", {}, text)));
}
