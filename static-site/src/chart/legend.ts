// The chart's legend: values at the cursor, and how often mining was profitable.

import { byId, el, find, setFields, setText } from "../lib/dom";
import { monthOf, orDash, wholePercent } from "../lib/format";
import { blockName, makeLeading, median, notSoldYet } from "../words/chart";
import type { Line, Profitability } from "./columns";
import {
  marginText,
  rightAxisName,
  rightAxisText,
  type ShownChart,
  timeText,
  unitName,
  valueText,
} from "./shown-chart";
import { setSwatch, swatch } from "./swatch";

const MAX_WIDE_ROWS = 4; // More rows are set more tightly.
const EMPTY = "\u00a0"; // Keeps the height of a row.

/** Binds the legend's rows: a click on a machine's name calls `lead` with its identifier. */
export function bindLegend(lead: (id: string) => void): void {
  byId("legend").addEventListener("click", ({ target }) => {
    const id = (target as Element).closest<HTMLElement>("[data-id]")?.dataset.id;
    if (id === undefined) return;
    lead(id);
    byId("legend")
      .querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)
      ?.focus();
  });
}

/** Rows without values, until there are any: the chart below keeps its place. */
export function showEmptyLegend(rows: number): void {
  for (const row of rowsOf(rows)) setFields(row, { name: EMPTY, value: "", profitable: "", margin: "" });
}

/** Shows the values at a point, or at the newest visible one. */
export function showLegend(shown: ShownChart, pointed: number | null): void {
  const { view, columns, colours, profits } = shown;
  const at = pointed ?? shown.points.at(-1) ?? -1;
  setText(byId("legend-time"), `${timeText(shown, at)}${orDash(columns.height[at], blockName)}`);
  setFields(byId("legend"), { unit: unitName(view) });
  byId("legend").toggleAttribute("data-figures", columns.power === null);
  const rows = rowsOf(columns.lines.length);
  columns.lines.forEach((line, place) => {
    const row = rows[place] as HTMLElement;
    const found = profits[place];
    setFields(row, {
      name: line.name,
      value: valueText(line, at, view),
      profitable: orDash(found, ({ share }) => wholePercent(share)),
      margin: found ? marginOf(found, shown) : reasonForNone(line, shown),
    });
    showSample(row, line, colours.get(line.id) ?? 1, columns.power !== null && 1 < columns.lines.length, place === 0);
  });
  showRightAxis(shown, at);
}

function marginOf({ margin, marginIs }: Profitability, { view }: ShownChart): string {
  const text = marginText(margin, view);
  return marginIs === "median" ? median(text) : text;
}

function reasonForNone({ soldFrom }: Line, { visible }: ShownChart): string {
  return soldFrom !== null && visible.to < soldFrom ? notSoldYet(monthOf(soldFrom, "utc")) : orDash(null, String);
}

function showSample(row: HTMLElement, line: Line, colour: number, canLead: boolean, isLeading: boolean): void {
  const button = find<HTMLButtonElement>(row, "button");
  setSwatch(find(row, "svg"), colour);
  button.disabled = !canLead;
  if (canLead) {
    button.dataset.id = line.id;
    button.title = makeLeading(line.name);
    button.setAttribute("aria-pressed", String(isLeading));
  } else {
    delete button.dataset.id;
    button.removeAttribute("title");
    button.removeAttribute("aria-pressed");
  }
}

/** As many rows as there are lines. */
function rowsOf(count: number): HTMLCollection {
  const table = byId("legend");
  const body = find(table, "tbody");
  while (body.children.length < count) body.append(newRow());
  while (count < body.children.length) body.lastElementChild?.remove();
  table.toggleAttribute("data-compact", MAX_WIDE_ROWS < count);
  return body.children;
}

function newRow(): HTMLTableRowElement {
  const cell = (name: string) => el("td", { "data-field": name });
  const name = el("button", { type: "button", class: "lead" }, swatch(), el("span", { "data-field": "name" }));
  return el("tr", {}, el("th", { scope: "row" }, name), cell("value"), cell("profitable"), cell("margin"));
}

function showRightAxis(shown: ShownChart, at: number): void {
  const foot = find(byId("legend"), "tfoot");
  if (shown.view.second === "none") {
    foot.replaceChildren();
    return;
  }
  if (foot.children.length === 0) {
    const sample = swatch();
    setSwatch(sample, "second");
    const name = el("th", { scope: "row" }, sample, el("span", { "data-field": "second-name" }));
    foot.append(el("tr", {}, name, el("td", { id: "legend-second", colspan: 3 })));
  }
  setFields(foot, { "second-name": rightAxisName(shown.view) });
  setText(byId("legend-second"), rightAxisText(shown, at));
}
