// The inputs of "Site, fleet, what if" and the fleet's figures: loaded when the user opens or has them.

import { byId, el, find, setText, showNumber } from "../lib/dom";
import { cents, orDash, plain, signedCents, tenths, whole } from "../lib/format";
import { chosenMachines } from "../model/catalogue";
import type { Machine } from "../model/economics";
import { type Fleet, fleetOf, fleetParts } from "../model/fleet";
import { nextHashprice, steadyHashprice, supposed } from "../model/now";
import { fromUnit, powerPrice, toUnit, unitLabel } from "../model/power-unit";
import type { Share } from "../model/units";
import {
  cleanName,
  countOf,
  customMachine,
  isFleet,
  MAX_CHANGE,
  MAX_COUNT,
  MAX_NAME_CHARS,
  MAX_OVERHEAD,
  MIN_CHANGE,
  toPercent,
  type View,
} from "../model/view";
import type { Choose, Section, State } from "../state";
import * as words from "../words/fleet";
import { REVENUE } from "../words/now";
import html from "./fleet-panel.html?raw";

export function fleetPanel(choose: Choose): Section {
  byId("site-form").innerHTML = html;
  const [overhead, adder] = [byId<HTMLInputElement>("overhead"), byId<HTMLInputElement>("adder")];
  const change = byId<HTMLInputElement>("hashprice-change");
  const [miners, figures] = [byId("fleet-miners"), byId("fleet")];
  let view: View | null = null;
  overhead.max = String(MAX_OVERHEAD * 100);
  [change.min, change.max] = [String(MIN_CHANGE), String(MAX_CHANGE)];

  const valid = (input: HTMLInputElement) => input.validity.valid && input.value.trim() !== "";
  overhead.addEventListener("input", () => {
    if (valid(overhead)) choose({ overhead: Number((overhead.valueAsNumber / 100).toFixed(8)) as Share });
  });
  adder.addEventListener("input", () => {
    if (view !== null && valid(adder)) choose({ adder: fromUnit(adder.valueAsNumber, view.powerUnit) });
  });
  change.addEventListener("input", () => {
    if (valid(change)) choose({ hashpriceChange: (change.valueAsNumber / 100) as Share });
  });
  byId("site-form").addEventListener("submit", (event) => event.preventDefault());
  miners.addEventListener("input", ({ target }) => {
    const input = target as HTMLInputElement;
    const id = input.closest("li")?.dataset.id;
    if (view === null || id === undefined || !input.validity.valid) return;
    if (input.type !== "number") choose({ names: withName(view.names, id, input.value) });
    else if (input.value !== "") choose({ counts: withCount(view.counts, id, input.valueAsNumber) });
  });

  function showInputs(machines: readonly Machine[], view: View): void {
    showNumber(overhead, toPercent(view.overhead));
    showNumber(adder, toUnit(view.adder, view.powerUnit));
    showNumber(change, toPercent(view.hashpriceChange));
    setText(byId("adder-unit"), unitLabel(view.powerUnit));
    const ids = machines.map(({ id }) => id).join();
    if (miners.dataset.ids !== ids) miners.replaceChildren(...machines.map(minerRow));
    miners.dataset.ids = ids;
    machines.forEach((machine, at) => {
      const row = miners.children[at] as HTMLElement;
      setText(find(row, "span"), machine.name);
      showNumber(find(row, "[type=number]"), countOf(machine.id, view));
      const name = row.querySelector<HTMLInputElement>("[type=text]");
      if (name !== null && document.activeElement !== name) name.value = view.names.get(machine.id) ?? "";
    });
  }

  return {
    show(state) {
      view = state.view;
      const machines = chosenMachines(view, state.catalogue ?? []);
      showInputs(machines, view);
      if (!isFleet(view) || machines.length === 0) return;
      const hashprices = {
        now: supposed(steadyHashprice(state.summary).usd, view),
        next: supposed(nextHashprice(state.strike, state.summary), view),
      };
      showFigures(figures, fleetOf(fleetParts(machines, view), hashprices, view), state);
    },
  };
}

function minerRow({ id }: Machine): HTMLElement {
  const count = el("input", { type: "number", min: 0, max: MAX_COUNT, step: 1, inputmode: "numeric", required: true });
  const name = el("input", { type: "text", maxlength: MAX_NAME_CHARS, autocomplete: "off" });
  return el(
    "li",
    { "data-id": id, class: "controls" },
    el("label", {}, count, " × ", el("span", {})),
    ...(customMachine(id) === null ? [] : [el("label", {}, words.NAME, name)]),
  );
}

function withCount(counts: View["counts"], id: string, count: number): View["counts"] {
  const next = new Map(counts);
  if (count === 1) next.delete(id);
  else next.set(id, count);
  return next;
}

function withName(names: View["names"], id: string, text: string): View["names"] {
  const [next, name] = [new Map(names), cleanName(text)];
  if (name === "") next.delete(id);
  else next.set(id, name);
  return next;
}

function showFigures(list: HTMLElement, fleet: Fleet, { view }: State): void {
  const unit = unitLabel(view.powerUnit);
  const price = (usdPerMwh: number) => powerPrice(usdPerMwh, view.powerUnit);
  const verdict = (perDay: number | null) => (perDay === null ? "unknown" : 0 < perDay ? "yes" : "no");
  const order = fleet.meritOrder.map(({ name, strike, isOff }) =>
    words.rankedMiner(name, orDash(strike, price), isOff ? price(view.power) : null),
  );
  const rows: readonly (readonly [string, string, string?])[] = [
    [words.FLEET_PROFIT, `${orDash(fleet.profitPerDay, signedCents)} USD/day`, verdict(fleet.profitPerDay)],
    ...(fleet.profitWithoutOff === null
      ? []
      : [
          [
            words.profitWithOff(fleet.meritOrder.filter(({ isOff }) => isOff).map(({ name }) => name)),
            `${signedCents(fleet.profitWithoutOff)} USD/day`,
            verdict(fleet.profitWithoutOff),
          ] as const,
        ]),
    [REVENUE, `${orDash(fleet.revenuePerDay, cents)} USD/day`],
    [words.FLEET_BREAK_EVEN, `${orDash(fleet.breakEven, price)} ${unit}`],
    [words.FLEET_POWER, `${plain(Number(fleet.megawatts.toPrecision(4)))} MW`],
    [words.FLEET_HASHRATE, `${plain(Number(fleet.phPerSecond.toPrecision(5)))} PH/s`],
    [words.FLEET_EFFICIENCY, `${orDash(fleet.efficiency, tenths)} J/TH`],
    ...(order.length < 2 ? [] : [[words.stopsFirst(unit), order.join(", ")] as const]),
  ];
  const title = words.fleetTitle(whole(fleet.miners), view.hashpriceChange);
  const key = JSON.stringify([title, rows]);
  if (list.dataset.shown === key) return;
  list.dataset.shown = key;
  setText(find(list, "h3"), title);
  find(list, "dl").replaceChildren(
    ...rows.map(([term, text, pays]) =>
      el(
        "div",
        {},
        el("dt", {}, term),
        el("dd", pays === undefined ? {} : { class: "verdict", "data-pays": pays }, text),
      ),
    ),
  );
}
