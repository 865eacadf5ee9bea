// The panel that adds miners to the comparison: loaded when it is opened.

import { byId, el, setText, TYPING_PAUSE_MS } from "../lib/dom";
import { chosenMachines, comparedIds } from "../model/catalogue";
import { findMiners } from "../model/miner-search";
import { MAX_MACHINES } from "../model/view";
import type { Choose, Section, State } from "../state";
import * as words from "../words/tables";
import html from "./add-miner.html?raw";
import { customMachineId } from "./machine-rows";

const LISTED = 8;

export function addMiner(choose: Choose): Section {
  const panel = byId("add-machine");
  panel.insertAdjacentHTML("beforeend", html);
  const [known, own] = [byId<HTMLFormElement>("add-known"), byId<HTMLFormElement>("add-own")];
  const [text, list, message] = [
    byId<HTMLInputElement>("machine-name"),
    byId("machine-found"),
    byId("add-machine-message"),
  ];
  let count = 0;
  let shown: State | null = null;

  const search = () => findMiners(text.value, shown?.catalogue ?? []);

  function add(id: string): void {
    const asics = shown === null ? [] : comparedIds(shown);
    const problem = addProblem(id, asics);
    setText(message, problem ?? "");
    if (problem !== null) return;
    for (const form of [known, own]) form.reset();
    panel.hidePopover();
    choose({ asics: [...asics, id] });
    const [added] = shown === null ? [] : chosenMachines({ ...shown.view, asics: [id] }, shown.catalogue ?? []);
    setText(byId("machine-added"), added === undefined ? "" : words.addedMiner(added.name));
  }

  function showFound(): void {
    const { all } = search();
    const compared = shown === null ? [] : comparedIds(shown);
    list.replaceChildren(
      ...all.slice(0, LISTED).map(({ id, name }) => {
        const isAdded = compared.includes(id);
        const label = isAdded ? `${name} (${words.ADDED})` : name;
        return el("li", {}, el("button", { type: "button", "data-id": id, disabled: isAdded }, label));
      }),
      ...(LISTED < all.length ? [el("li", {}, words.moreMiners(all.length - LISTED))] : []),
    );
  }

  function sayCount(): void {
    clearTimeout(count);
    const text = () => words.minersFound(search().all.length, shown?.catalogue?.length ?? 0, true);
    count = window.setTimeout(() => setText(byId("machine-found-count"), isTyped() ? text() : ""), TYPING_PAUSE_MS);
  }
  const isTyped = () => text.value.trim() !== "";

  panel.addEventListener("toggle", ({ newState }) => {
    setText(message, "");
    if (newState === "open") setText(byId("machine-added"), "");
    showFound();
    sayCount();
  });
  panel.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = [text, ...list.querySelectorAll<HTMLElement>("button:enabled")];
    const at = stops.indexOf(event.target as HTMLElement);
    if (step === undefined || at < 0) return;
    event.preventDefault();
    stops[at + step]?.focus();
  });
  text.addEventListener("input", () => {
    setText(message, "");
    showFound();
    sayCount();
  });
  list.addEventListener("click", ({ target }) => {
    const id = (target as Element).closest("button")?.dataset.id;
    if (id !== undefined) add(id);
  });
  known.addEventListener("submit", () => {
    const { one, all } = search();
    if (one !== null) add(one.id);
    else setText(message, words.whichMiner(all.length, text.value.trim()));
  });
  own.addEventListener("submit", () => {
    const [hashrate, power] = [
      byId<HTMLInputElement>("own-hashrate").valueAsNumber,
      byId<HTMLInputElement>("own-power").valueAsNumber,
    ];
    const id = customMachineId(hashrate, power);
    if (id === null) setText(message, words.BOTH_FIGURES);
    else add(id);
  });
  return {
    show(state) {
      const isNew = state.catalogue !== shown?.catalogue;
      shown = state;
      if (isNew) showFound();
    },
  };
}

/** Why the miner cannot be added to the comparison; null if it can. */
function addProblem(id: string, compared: readonly string[]): string | null {
  if (compared.includes(id)) return words.ALREADY_ADDED;
  return MAX_MACHINES <= compared.length ? words.tooManyMiners(MAX_MACHINES) : null;
}
