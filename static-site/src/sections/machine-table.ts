// The machine table: search, sort, and choose machines to compare.

import { type Column, emptyCell, headerRow, headerText, setTableRoles, showCells, shownColumns } from "../lib/columns";
import { byId, download, el, find, setText, TYPING_PAUSE_MS } from "../lib/dom";
import { NO_VALUE } from "../lib/format";
import { comparedIds } from "../model/catalogue";
import { steadyHashprice, supposed } from "../model/now";
import { powerPrice, unitLabel } from "../model/power-unit";
import type { UnixMs } from "../model/units";
import { customMachine, MAX_MACHINES, type MachineColumn, type View } from "../model/view";
import type { Choose, Section, State } from "../state";
import * as words from "../words/tables";
import { type MachineTableColumn, machineColumns, machinesCsv } from "./machine-columns";
import {
  countProfitable,
  customMachineId,
  filterRows,
  isUnreleased,
  type MachineRow,
  machineRows,
  nextSort,
  sortColumn,
  sortRows,
} from "./machine-rows";
import html from "./machine-table.html?raw";
import { showSpecs } from "./specs-panel";
import "../style/tables.css";

const CARDS_AT_FIRST = 10; // On phones, as in tables.css.

/** The section with all machines of the catalogue, and custom ones. */
export function machineTable(choose: Choose): Section {
  const section = byId("machines");
  section.innerHTML = html;
  const [region, head, body] = [
    find(section, ".listing-scroll"),
    find<HTMLTableSectionElement>(section, "thead"),
    find<HTMLTableSectionElement>(section, "tbody"),
  ];
  const [search, own] = [byId<HTMLInputElement>("machines-find"), byId<HTMLFormElement>("machines-own")];
  const order = byId<HTMLSelectElement>("machines-sort");
  const elements = new Map<string, HTMLTableRowElement>();
  let columns: readonly MachineTableColumn[] = [];
  let rows: readonly MachineRow[] = [];
  let shown: State | null = null;
  let count = "";
  let typing: ReturnType<typeof setTimeout> | undefined;

  search.addEventListener("input", () => choose({ find: search.value }));
  byId("machines-all").addEventListener("click", () => {
    search.focus();
    choose({ find: "" });
    search.value = "";
  });
  const more = byId<HTMLButtonElement>("machines-more");
  more.addEventListener("click", () => {
    body.classList.add("all");
    more.hidden = true;
    (body.children[CARDS_AT_FIRST]?.querySelector("input") ?? region).focus({ preventScroll: true });
  });
  own.addEventListener("submit", (event) => {
    event.preventDefault();
    addOwn();
  });
  head.addEventListener("click", ({ target }) => {
    const column = (target as Element).closest("button")?.closest("th")?.dataset.column as MachineColumn | undefined;
    if (column !== undefined && shown !== null) choose({ sort: nextSort(column, shown.view.sort) });
  });
  order.addEventListener("change", () => choose({ sort: order.value as View["sort"] }));
  body.addEventListener("click", (event) => {
    const { target } = event;
    if ((target as Element).closest("tr input")?.ariaDisabled === "true") event.preventDefault();
    const id = (target as Element).closest("button") === null ? undefined : rowId(target);
    const row = rows.find((row) => row.id === id);
    if (row !== undefined) showSpecs(row);
  });
  body.addEventListener("change", ({ target }) => {
    const id = rowId(target);
    if (id === undefined || shown === null) return;
    const ids = comparedIds(shown);
    choose({ asics: ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id] });
  });
  body.addEventListener("keydown", moveInTable);
  byId("machines-csv").addEventListener("click", () =>
    download(
      `hashlake-machines${shown?.view.hashpriceChange ? "-what-if" : ""}.csv`,
      new Blob([machinesCsv(rows)], { type: "text/csv" }),
    ),
  );

  function addOwn(): void {
    if (shown === null) return;
    const [hashrate, power] = [
      byId<HTMLInputElement>("machines-own-hashrate"),
      byId<HTMLInputElement>("machines-own-power"),
    ];
    const id = customMachineId(hashrate.valueAsNumber, power.valueAsNumber);
    const ids = comparedIds(shown);
    const problem = ownProblem(id, ids);
    setText(byId("machines-own-message"), problem ?? "");
    if (id === null || problem !== null) return;
    own.reset();
    choose({ asics: [...ids, id] });
  }

  /** Replaces header and rows if other columns are to be shown. */
  function placeColumns(next: readonly MachineTableColumn[]): void {
    if (next === columns || next.map(({ id }) => id).join() === columns.map(({ id }) => id).join()) return;
    columns = next;
    elements.clear();
    head.replaceChildren(newHeader(columns));
    order.replaceChildren(
      ...columns.flatMap((column) =>
        column.sort === undefined
          ? []
          : [el("option", { value: nextSort(column.sort, "name") }, headerText(column).map(textOf).join(""))],
      ),
    );
  }

  function placeRows(): void {
    const placed = rows.map((row) => elements.get(row.id) ?? newRow(row));
    if (placed.length === body.children.length && placed.every((row, at) => row === body.children[at])) return;
    const focused = document.activeElement;
    const before = body.contains(focused);
    body.replaceChildren(...placed);
    setTableRoles(body);
    // A row that moves would lose the focus; if the focused row disappears, the table takes the
    // focus.
    if (before) (body.contains(focused) ? (focused as HTMLElement) : region).focus({ preventScroll: true });
  }

  function newRow(row: MachineRow): HTMLTableRowElement {
    const element = newElement(row, shownColumns(columns));
    elements.set(row.id, element);
    return element;
  }

  function showCount(text: string, isTyping: boolean): void {
    if (text === count) return;
    count = text;
    clearTimeout(typing);
    const show = () => setText(byId("machines-count"), text);
    if (isTyping) typing = setTimeout(show, TYPING_PAUSE_MS);
    else show();
  }

  return {
    show(state) {
      const { view, catalogue, summary } = state;
      const isTyping = document.activeElement === search && shown !== null && shown.view.find !== view.find;
      shown = state;
      const ids = comparedIds(state);
      const steady = steadyHashprice(summary);
      const all = machineRows(
        catalogue ?? [],
        view.asics.flatMap((id) => customMachine(id, view.names) ?? []),
        { usd: supposed(steady.usd, view), sat: supposed(steady.sat, view) },
        view,
      );
      rows = sortRows(filterRows(all, view.find), view.sort);
      placeColumns(machineColumns(view));
      placeRows();
      const now = summary === null ? null : (Date.parse(summary.block.time) as UnixMs);
      for (const row of rows) showRow(elements.get(row.id) as HTMLTableRowElement, row, columns, ids, now);
      for (const header of head.querySelectorAll<HTMLTableCellElement>("[data-column]")) showSort(header, view.sort);
      if (document.activeElement !== order) order.value = view.sort;
      if (document.activeElement !== search && search.value !== view.find) search.value = view.find;
      more.hidden = rows.length <= CARDS_AT_FIRST || body.classList.contains("all");
      setText(more, words.showAll(rows.length));
      showCount(countText(rows.length, all.length, state), isTyping);
      const profitable = countProfitable(all);
      const price = `${powerPrice(view.power, view.powerUnit)} ${unitLabel(view.powerUnit)}`;
      setText(
        byId("machines-profitable"),
        profitable === null ? "" : words.profitableMiners(profitable, all.length, price),
      );
      setText(byId("machines-what-if"), view.hashpriceChange === 0 ? "" : words.whatIf(view.hashpriceChange));
      setText(byId("machines-compared"), words.selected(ids.length, MAX_MACHINES));
      byId("machines-none").hidden = catalogue === null || 0 < rows.length;
      setText(find(byId("machines-none"), "span"), words.noMinerMatches(view.find.trim()));
    },
  };
}

/** Arrow keys move the focus between rows, and between the controls of a row. */
function moveInTable(event: KeyboardEvent): void {
  const [dx, dy] = MOVES[event.key] ?? [0, 0];
  const from = (event.target as Element).closest("tr");
  if (from === null || (dx === 0 && dy === 0) || event.ctrlKey || event.altKey || event.metaKey) return;
  const controls = (row: Element) => [...row.querySelectorAll<HTMLElement>("input, button")];
  const at = controls(from).indexOf(event.target as HTMLElement);
  const row = dy === 0 ? from : dy < 0 ? from.previousElementSibling : from.nextElementSibling;
  const to = row === null ? undefined : (controls(row)[at + dx] ?? controls(row)[0]);
  event.preventDefault();
  to?.focus();
}

const MOVES: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

function textOf(node: Node | string): string {
  return typeof node === "string" ? node : (node.textContent ?? "");
}

function ownProblem(id: string | null, compared: readonly string[]): string | null {
  if (id === null) return words.BOTH_FIGURES;
  if (compared.includes(id)) return words.ALREADY_ADDED;
  return MAX_MACHINES <= compared.length ? words.tooManyMiners(MAX_MACHINES) : null;
}

function rowId(target: EventTarget | null): string | undefined {
  return (target as Element).closest("tr")?.dataset.id;
}

function countText(found: number, all: number, { catalogue, lastError, view }: State): string {
  if (catalogue === null) return lastError === null ? words.LOADING : words.cannotLoadMiners(lastError.message);
  return words.minersFound(found, all, view.find.trim() !== "");
}

function showSort(header: HTMLTableCellElement, sort: State["view"]["sort"]): void {
  const column = sortColumn(sort);
  if (header.dataset.column !== column) header.removeAttribute("aria-sort");
  else header.setAttribute("aria-sort", sort === column ? "ascending" : "descending");
}

/** Shows what never changes in a row. */
function newElement(row: MachineRow, columns: readonly Column<MachineRow>[]): HTMLTableRowElement {
  const box = el("input", { type: "checkbox" });
  const name = el(
    "span",
    {},
    el("bdi", { "data-field": "name" }, row.name),
    " ",
    el("small", { "data-field": "kind" }, row.vendor === null ? "" : `${row.vendor}, ${row.cooling}`),
    " ",
    el("small", { "data-field": "unreleased" }),
  );
  // One tab stop a row: arrow keys move to the button.
  const specs = el(
    "button",
    { type: "button", tabindex: -1, popovertarget: "machine-source", "aria-label": words.specsOf(row.name) },
    words.SPECS,
  );
  return el(
    "tr",
    { role: "row", "data-id": row.id },
    el("th", { scope: "row", role: "rowheader", class: "stays" }, el("label", {}, box, name)),
    ...columns.map(emptyCell),
    el("td", { role: "cell", class: "words" }, ...(row.source === null ? [NO_VALUE] : [specs])),
  );
}

function newHeader(columns: readonly MachineTableColumn[]): HTMLTableRowElement {
  return headerRow(columns, (column) => {
    const text = headerText(column);
    return column.sort === undefined ? text : [el("button", { type: "button" }, ...text)];
  });
}

function showRow(
  element: HTMLTableRowElement,
  row: MachineRow,
  columns: readonly MachineTableColumn[],
  compared: readonly string[],
  now: UnixMs | null,
): void {
  const box = find<HTMLInputElement>(element, "input");
  box.ariaLabel = words.compareMiner(row.name);
  box.checked = compared.includes(row.id);
  const isFixed = box.checked ? compared.length === 1 : MAX_MACHINES <= compared.length;
  box.ariaDisabled = isFixed ? "true" : null; // It stays a tab stop, so that the row can be reached.
  element.classList.toggle("compared", box.checked);
  setText(find(element, '[data-field="name"]'), row.name);
  const isTooNew = now !== null && isUnreleased(row, now);
  setText(find(element, '[data-field="unreleased"]'), isTooNew ? words.NOT_RELEASED : "");
  showCells(element, shownColumns(columns), row);
  for (const { id, left } of columns) {
    if (left === undefined) continue;
    const value = left(row);
    find(element, `[data-field="${id}"]`).dataset.pays = value === null ? "unknown" : 0 < value ? "yes" : "no";
  }
}
