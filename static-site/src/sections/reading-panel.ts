// Shows how a file of power prices was read, and lets the user change it.

import { el, setText } from "../lib/dom";
import { cents, orDash, plain } from "../lib/format";
import type { FileChoices } from "../power-prices/file-choices";
import type { Reading } from "../power-prices/reading";
import {
  firstPrices,
  hasChoices,
  localZone,
  type ReadingRow,
  readingRows,
  rowCurrency,
  rowOrder,
  summaryOf,
} from "../power-prices/reading-rows";
import * as words from "../words/reading";
import { type ChoiceEvents, type ChoiceRow, choiceRow } from "./choice-row";

export type PanelEvents = ChoiceEvents & { readonly undo: () => void };

export type ReadingPanel = {
  readonly show: (reading: Reading, chosen: FileChoices) => void;
  /**
   * Shows another file: what should be looked at comes first, and the panel is open if there is
   * something to check or to answer.
   */
  readonly open: (reading: Reading, chosen: FileChoices) => void;
  /** Puts the focus on the first control that must be answered; false if there is none. */
  readonly focusNeeded: () => boolean;
  readonly focus: () => void;
};

/** Notes beyond these are folded. */
const MAX_NOTES = 3;

export function readingPanel(root: HTMLElement, events: PanelEvents): ReadingPanel {
  const sentence = el("span");
  const summary = el("summary", {}, sentence, " ", el("span", { class: "change" }, words.CHANGE));
  const list = el("dl", { class: "reading-rows" });
  const undo = el("button", { type: "button" }, words.UNDO);
  const prices = el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": words.FIRST_PRICES });
  const notes = el("div");
  const details = el(
    "details",
    {},
    summary,
    el("p", { class: "hint" }, words.EXPLANATION),
    list,
    el("p", { class: "controls" }, undo),
    prices,
  );
  root.replaceChildren(details, notes);
  undo.addEventListener("click", () => {
    summary.focus();
    events.undo();
  });
  const rows = new Map<ReadingRow["key"], ChoiceRow>();
  let shown: readonly ReadingRow[] = [];
  let order: readonly ReadingRow["key"][] = [];

  function show(reading: Reading, chosen: FileChoices): void {
    shown = readingRows(reading, chosen).toSorted((one, other) => order.indexOf(one.key) - order.indexOf(other.key));
    setText(sentence, summaryOf(reading, chosen));
    for (const row of shown) {
      if (!rows.has(row.key)) rows.set(row.key, choiceRow(row.key, events));
      rows.get(row.key)?.show(row);
    }
    const elements = shown.flatMap(({ key }) => rows.get(key)?.element ?? []);
    for (const child of [...list.children]) if (!elements.some((one) => one === child)) child.remove();
    // An element that is moved loses the focus.
    elements.forEach((element, at) => {
      if (list.children[at] !== element) list.insertBefore(element, list.children[at] ?? null);
    });
    undo.hidden = !hasChoices(chosen.choices);
    const first = firstPricesTable(reading, chosen);
    prices.hidden = first === null;
    if (first !== null) prices.replaceChildren(first);
    notes.replaceChildren(...notesOf(reading));
  }

  return {
    show,
    open(reading, chosen) {
      order = rowOrder(readingRows(reading, chosen));
      show(reading, chosen);
      details.open = shown.some(({ found }) => found === "assumed" || found === "needed");
    },
    focusNeeded() {
      const needed = shown.find(({ found }) => found === "needed");
      if (needed === undefined) return false;
      details.open = true;
      rows.get(needed.key)?.focus();
      return true;
    },
    focus: () => summary.focus(),
  };
}

function firstPricesTable(reading: Reading, chosen: FileChoices): HTMLElement | null {
  const first = firstPrices(reading, chosen);
  if (first.length === 0) return null;
  const zone = localZone(reading);
  const currency = rowCurrency(reading);
  const isUsd = currency === "USD" || currency === null;
  const times = zone === null ? ["UTC"] : [zone, "UTC"];
  const money = isUsd ? ["USD/MWh"] : [`${currency}/MWh`, "USD/MWh"];
  return el(
    "table",
    { class: "first-prices" },
    el("caption", {}, words.firstPricesCaption(first.length)),
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        ...times.map((head) => el("th", { scope: "col", class: "time" }, head)),
        el("th", { scope: "col" }, words.AS_WRITTEN),
        ...money.map((head) => el("th", { scope: "col" }, head)),
      ),
    ),
    el(
      "tbody",
      {},
      ...first.map(({ local, utc, written, price, usd }) =>
        el(
          "tr",
          {},
          ...(local === null ? [] : [el("td", { class: "time" }, local)]),
          el("td", { class: "time" }, utc),
          el("td", {}, written),
          ...(isUsd ? [] : [el("td", {}, plain(price))]),
          el("td", {}, orDash(usd, isUsd ? plain : cents)),
        ),
      ),
    ),
  );
}

function notesOf({ notes }: Reading): HTMLElement[] {
  const list = (some: readonly string[]): HTMLElement =>
    el("ul", { class: "reading-notes" }, ...some.map((note) => el("li", {}, note)));
  const [first, others] = [notes.slice(0, MAX_NOTES), notes.slice(MAX_NOTES)];
  return [
    ...(first.length > 0 ? [list(first)] : []),
    ...(others.length > 0 ? [el("details", {}, el("summary", {}, words.andMore(others.length)), list(others))] : []),
  ];
}
