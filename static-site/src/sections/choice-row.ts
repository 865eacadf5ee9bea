// One choice about how a file is read: its label, a control to change it, and how it was found.

import { el, setText } from "../lib/dom";
import { isRate } from "../power-prices/file-choices";
import type { ChoiceKey } from "../power-prices/reading";
import { matchOption, type ReadingRow } from "../power-prices/reading-rows";
import { zoneIn, zoneNamed } from "../power-prices/zone-names";
import * as words from "../words/reading";

export type ChoiceEvents = {
  readonly choose: (key: ChoiceKey, value: string) => void;
  /** Null if what the user entered is not a rate. */
  readonly enterRate: (usd: number | null) => void;
  /** The user typed what is not possible. */
  readonly refuse: (problem: string) => void;
};

export type ChoiceRow = {
  readonly element: HTMLElement;
  readonly show: (row: ReadingRow) => void;
  readonly focus: () => void;
};

/** More suggestions than these nobody reads. */
const MAX_SUGGESTIONS = 100;

export function choiceRow(key: ReadingRow["key"], events: ChoiceEvents): ChoiceRow {
  const id = `sell-${key}`;
  const label = el("label", { for: id });
  const text = el("span", { class: "reading-value" });
  const found = el("span", { id: `${id}-found`, class: "found" });
  const detail = el("span", { id: `${id}-detail`, class: "detail" });
  const suggestions = el("datalist", { id: `${id}-options` });
  const term = el("dt");
  const value = el("dd", {}, text, detail, found);
  const element = el("div", {}, term, value);
  const shared = { id, "aria-describedby": `${found.id} ${detail.id}` };
  const select = el("select", shared);
  const search = el("input", { ...shared, list: suggestions.id, autocomplete: "off", spellcheck: "false" });
  const number = el("input", { ...shared, type: "number", min: "0", step: "any", inputmode: "decimal" });
  const controls = { none: null, select, search, number };
  let shown: ReadingRow | null = null;
  /** What the user chose last; it is shown once the files are read with it. */
  let last = "";

  function choose(value: string): void {
    if (key === "rate" || value === last) return;
    last = value;
    events.choose(key, value);
  }

  function pick(): void {
    if (select.value !== "") choose(select.value);
  }

  function pickText(): void {
    if (key === "rate" || shown === null) return;
    const typed = search.value.trim();
    if (typed === "") {
      search.value = last;
      return;
    }
    const meant = key === "zone" ? zoneMeant(typed, shown) : matchOption(typed, valuesOf(shown));
    search.setAttribute("aria-invalid", String(meant === null));
    if (meant === null) {
      const problem = key === "zone" ? words.noZone(typed) : words.noMatch(typed, shown.label.toLowerCase());
      setText(detail, problem);
      events.refuse(problem);
    } else {
      search.value = meant;
      setText(detail, shown.detail);
      choose(meant);
    }
  }

  function suggest(): void {
    if (shown === null) return;
    const wanted = search.value === last ? "" : search.value.toLowerCase().replaceAll("_", " ");
    const all = key === "zone" ? allZones(shown) : valuesOf(shown);
    const near = all.filter((option) => option.toLowerCase().replaceAll("_", " ").includes(wanted));
    suggestions.replaceChildren(...near.slice(0, MAX_SUGGESTIONS).map((option) => el("option", { value: option })));
  }

  select.addEventListener("change", pick);
  search.addEventListener("focus", () => {
    search.select(); // What is typed replaces it.
    suggest();
  });
  search.addEventListener("input", (event) => {
    suggest();
    if ((event as InputEvent).inputType === "insertReplacementText") pickText(); // A suggestion was picked.
  });
  search.addEventListener("change", pickText);
  search.addEventListener("keydown", ({ key: pressed }) => {
    if (pressed === "Escape") search.value = last;
  });
  number.addEventListener("input", () => {
    const usd = number.valueAsNumber;
    events.enterRate(isRate(usd) ? usd : null);
  });
  number.addEventListener("change", () => {
    const isWrong = !isRate(number.valueAsNumber) && (number.value !== "" || number.validity.badInput);
    number.setAttribute("aria-invalid", String(isWrong));
    if (!isWrong) return;
    setText(detail, words.NOT_A_RATE);
    events.refuse(words.NOT_A_RATE);
  });

  function showControl(row: ReadingRow): void {
    const control = controls[row.control];
    term.replaceChildren(control === null ? row.label : label);
    setText(text, row.options[0]?.label ?? row.value);
    text.hidden = control !== null;
    for (const other of [select, search, number]) if (other !== control) other.remove();
    // An element that is moved loses the focus.
    if (control !== null && control.parentElement !== value) value.insertBefore(control, detail);
    if (control === search) value.append(suggestions);
    else suggestions.remove();
    control?.toggleAttribute("required", row.found === "needed");
  }

  return {
    element,
    show(row) {
      shown = row;
      last = row.value;
      element.dataset.found = row.found;
      setText(label, row.label);
      showControl(row);
      if (row.control === "select") showOptions(select, row);
      // The user may be typing.
      if (document.activeElement !== search) search.value = row.value;
      if (document.activeElement !== number) number.value = row.value;
      search.removeAttribute("aria-invalid");
      setText(found, words.FOUND[row.found]);
      setText(detail, row.detail);
    },
    focus: () => controls[shown?.control ?? "none"]?.focus(),
  };
}

function showOptions(select: HTMLSelectElement, { value, options }: ReadingRow): void {
  const all = value === "" ? [{ value: "", label: words.NOT_CHOSEN }, ...options] : options;
  const isSame =
    all.length === select.options.length &&
    all.every(({ value, label }, at) => select.options[at]?.value === value && select.options[at]?.text === label);
  if (!isSame) select.replaceChildren(...all.map((one) => el("option", { value: one.value }, one.label)));
  select.value = value;
}

const valuesOf = ({ options }: ReadingRow): readonly string[] => options.map(({ value }) => value);

/** The zones of markets first, then all that the browser knows. */
const allZones = (row: ReadingRow): readonly string[] => [
  ...new Set([...valuesOf(row), ...Intl.supportedValuesOf("timeZone")]),
];

/** A zone by its name or a part of it, or as people write it: "EST", "Central time", "UTC+1". Null if it is unknown. */
function zoneMeant(text: string, row: ReadingRow): string | null {
  const all = allZones(row);
  const exact = all.find((zone) => zone.toLowerCase() === text.toLowerCase());
  return exact ?? zoneNamed(text) ?? matchOption(text, valuesOf(row)) ?? matchOption(text, all) ?? zoneIn(text);
}
