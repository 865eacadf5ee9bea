// The machine table: search, sort, and choose machines to compare.

import { comparedIds } from "../catalogue";
import { byId, download, el, find, setFields, setText } from "../dom";
import { cents, day, NO_VALUE, orDash, plain, signedCents, tenths, whole } from "../format";
import type { Choose, Section, State } from "../state";
import type { SatPerPhDay, UnixMs, UsdPerPhDay } from "../units";
import { customMachine, MAX_MACHINES, type MachineColumn } from "../view";
import {
  customMachineId,
  filterRows,
  firstLink,
  type MachineRow,
  machineRows,
  machinesCsv,
  nextSort,
  type SourcePiece,
  sortColumn,
  sortRows,
  sourceParts,
} from "./machine-rows";

/** The section with all machines of the catalogue, and custom ones. */
export function machineTable(choose: Choose): Section {
  const section = byId("machines");
  const [region, body] = [find(section, ".listing-scroll"), find<HTMLTableSectionElement>(section, "tbody")];
  const [search, own] = [byId<HTMLInputElement>("machines-find"), byId<HTMLFormElement>("machines-own")];
  const headers = [...section.querySelectorAll<HTMLTableCellElement>("th[data-column]")];
  const elements = new Map<string, HTMLTableRowElement>();
  let rows: readonly MachineRow[] = [];
  let shown: State | null = null;

  search.addEventListener("input", () => choose({ find: search.value }));
  own.addEventListener("submit", (event) => {
    event.preventDefault();
    addOwn();
  });
  find(section, "thead").addEventListener("click", ({ target }) => {
    const column = (target as Element).closest("button")?.closest("th")?.dataset.column as MachineColumn | undefined;
    if (column !== undefined && shown !== null) choose({ sort: nextSort(column, shown.view.sort) });
  });
  body.addEventListener("change", ({ target }) => {
    const id = rowId(target);
    if (id === undefined || shown === null) return;
    const ids = comparedIds(shown);
    choose({ asics: ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id] });
  });
  body.addEventListener("click", ({ target }) => {
    const id = (target as Element).closest("button") === null ? undefined : rowId(target);
    const row = rows.find((row) => row.id === id);
    if (row !== undefined) showSource(row);
  });
  byId("machines-csv").addEventListener("click", () =>
    download("hashlake-machines.csv", new Blob([machinesCsv(rows)], { type: "text/csv" })),
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

  function placeRows(): void {
    const placed = rows.map((row) => elements.get(row.id) ?? newRow(row));
    if (placed.length === body.children.length && placed.every((row, at) => row === body.children[at])) return;
    const focused = document.activeElement;
    const before = body.contains(focused);
    body.replaceChildren(...placed);
    // A row that moves would lose the focus; if the focused row disappears, the table takes the
    // focus.
    if (before) (body.contains(focused) ? (focused as HTMLElement) : region).focus({ preventScroll: true });
  }

  function newRow(row: MachineRow): HTMLTableRowElement {
    const copy = byId<HTMLTemplateElement>("machine-row").content.cloneNode(true) as DocumentFragment;
    const element = find<HTMLTableRowElement>(copy, "tr");
    element.dataset.id = row.id;
    showFixed(element, row);
    elements.set(row.id, element);
    return element;
  }

  return {
    show(state) {
      shown = state;
      const { view, catalogue, summary } = state;
      const ids = comparedIds(state);
      const hashprice = {
        usd: (summary?.usd_per_ph_day ?? null) as UsdPerPhDay | null,
        sat: (summary?.sat_per_ph_day ?? null) as SatPerPhDay | null,
      };
      const all = machineRows(
        catalogue ?? [],
        view.asics.flatMap((id) => customMachine(id, view.names) ?? []),
        hashprice,
        view,
      );
      rows = sortRows(filterRows(all, view.find), view.sort);
      placeRows();
      for (const row of rows) showRow(elements.get(row.id) as HTMLTableRowElement, row, ids);
      for (const header of headers) showSort(header, view.sort);
      if (document.activeElement !== search && search.value !== view.find) search.value = view.find;
      setText(byId("machines-count"), countText(rows.length, all.length, state));
      setText(byId("machines-compared"), comparedText(ids.length));
    },
  };
}

function ownProblem(id: string | null, compared: readonly string[]): string | null {
  if (id === null) return "Both numbers must be from 1 to 999,999.";
  if (compared.includes(id)) return "It is in the table already.";
  return MAX_MACHINES <= compared.length ? `${MAX_MACHINES} machines are the most that fit: uncheck one first.` : null;
}

function rowId(target: EventTarget | null): string | undefined {
  return (target as Element).closest("tr")?.dataset.id;
}

function countText(found: number, all: number, { catalogue, lastError, view }: State): string {
  if (catalogue === null) return lastError === null ? "Loading" : `The catalogue has not come: ${lastError.message}.`;
  return view.find.trim() === "" ? `${whole(all)} machines` : `${whole(found)} of ${whole(all)} machines`;
}

function comparedText(compared: number): string {
  const many = `Checked, and so in tiles and chart: ${compared} of at most ${MAX_MACHINES}.`;
  if (MAX_MACHINES <= compared) return `${many} Uncheck one to check another.`;
  return compared === 1 ? `${many} The last one stays.` : many;
}

function showSort(header: HTMLTableCellElement, sort: State["view"]["sort"]): void {
  const column = sortColumn(sort);
  if (header.dataset.column !== column) header.removeAttribute("aria-sort");
  else header.setAttribute("aria-sort", sort === column ? "ascending" : "descending");
}

/** Shows what never changes in a row. */
function showFixed(element: HTMLTableRowElement, row: MachineRow): void {
  setFields(element, {
    name: row.name,
    kind: row.vendor === null ? "" : `${row.vendor}, ${row.cooling}`,
    released: orDash(row.released, (date) => day(Date.parse(date) as UnixMs, "utc")),
    efficiency: tenths(row.efficiency),
  });
  find(element, "input").setAttribute("aria-label", `Compare ${row.name}`);
  const cell = find(element, ".machine-source");
  if (row.source === null) {
    setText(cell, NO_VALUE);
    return;
  }
  const [link, href] = [find<HTMLAnchorElement>(cell, "a"), firstLink(row.source)];
  if (href === null) link.remove();
  else link.href = href;
  link.setAttribute("aria-label", `Source of ${row.name}, in a new tab`);
  find(cell, "button").setAttribute("aria-label", `All sources of ${row.name}`);
}

function showRow(element: HTMLTableRowElement, row: MachineRow, compared: readonly string[]): void {
  const box = find<HTMLInputElement>(element, "input");
  box.checked = compared.includes(row.id);
  box.disabled = box.checked ? compared.length === 1 : MAX_MACHINES <= compared.length;
  element.classList.toggle("compared", box.checked);
  setFields(element, {
    usd: orDash(row.usd, cents),
    sat: orDash(row.sat, whole),
    breakeven: orDash(row.breakeven, cents),
    margin: orDash(row.margin, signedCents),
    machine: orDash(row.machine, cents),
    profit: orDash(row.profit, signedCents),
    mw: orDash(row.mw, cents),
    mwprofit: orDash(row.mwprofit, signedCents),
  });
  for (const name of ["margin", "profit", "mwprofit"] as const) {
    const left = row[name];
    find(element, `[data-field="${name}"]`).dataset.pays = left === null ? "unknown" : 0 < left ? "yes" : "no";
  }
}

function showSource({ name, source, hashrate, power }: MachineRow): void {
  setText(byId("machine-source-title"), `Sources of ${name}`);
  setText(byId("machine-source-figures"), `${plain(hashrate)} TH/s, ${plain(power)} W`);
  byId("machine-source-parts").replaceChildren(
    ...sourceParts(source ?? "").map((pieces) => el("li", {}, ...pieces.map(pieceNode))),
  );
}

function pieceNode({ text, href }: SourcePiece): Node | string {
  return href === null ? text : el("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);
}
