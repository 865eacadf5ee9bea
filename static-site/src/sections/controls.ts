// What the user sets: costs, machines, clock and theme.

import { comparedIds } from "../catalogue";
import { byId, el, find, setText, showNumber } from "../dom";
import { plain } from "../format";
import { fromUnit, probableUnit, toUnit, unitLabel } from "../power-unit";
import type { Choose, Section, State } from "../state";
import type { Share } from "../units";
import { DEFAULT, isFleet, MAX_MACHINES, MAX_POWER, toPercent, toQuery, type View } from "../view";
import * as words from "../words/now";
import { customMachineId } from "./machine-rows";

/** The electricity price in the user's unit, and the pool's fee. */
export function costs(choose: Choose): Section {
  const [form, power, unit, poolFee] = [
    byId<HTMLFormElement>("costs"),
    byId<HTMLInputElement>("power"),
    byId<HTMLSelectElement>("power-unit"),
    byId<HTMLInputElement>("pool-fee"),
  ];
  const [hint, use] = [byId("power-hint"), byId<HTMLButtonElement>("power-hint-use")];
  let view: View = DEFAULT;

  form.addEventListener("submit", (event) => event.preventDefault());
  power.addEventListener("input", () => {
    if (power.validity.valid) choose({ power: fromUnit(power.valueAsNumber, view.powerUnit) });
    else showHint();
  });
  power.addEventListener("blur", () => {
    power.value = String(toUnit(view.power, view.powerUnit));
    showHint();
  });
  poolFee.addEventListener("input", () => {
    if (poolFee.validity.valid) choose({ poolFee: (poolFee.valueAsNumber / 100) as Share });
  });
  unit.addEventListener("change", () => {
    const next = unit.value as View["powerUnit"];
    // A price that was typed for the new unit is meant in it; others are converted.
    if (probableUnit(typed(), view.powerUnit) === next) take(next);
    else choose({ powerUnit: next });
  });
  use.addEventListener("click", () => {
    const probable = probableUnit(typed(), view.powerUnit);
    if (probable !== null) take(probable);
    power.focus();
  });

  const typed = () => toUnit(view.power, view.powerUnit);
  /** Takes the number of the price in another unit. */
  function take(unit: View["powerUnit"]): void {
    choose({ powerUnit: unit, power: fromUnit(typed(), unit) });
  }

  function showHint(): void {
    const probable = power.validity.valid ? probableUnit(typed(), view.powerUnit) : null;
    const [label, price] = [unitLabel(view.powerUnit), plain(typed())];
    const text = power.validity.valueMissing
      ? words.powerIsEmpty(price, label)
      : !power.validity.valid
        ? words.powerIsInvalid(plain(Number(power.min)), plain(Number(power.max)), price, label)
        : probable === null
          ? ""
          : words.didYouMean(price, unitLabel(probable), plain(fromUnit(typed(), probable)));
    setText(find(hint, "span"), text);
    hint.hidden = text === "";
    use.hidden = probable === null;
    if (probable !== null) setText(use, words.useUnit(unitLabel(probable)));
  }

  return {
    show(state) {
      view = state.view;
      unit.value = view.powerUnit;
      power.max = String(toUnit(MAX_POWER, view.powerUnit));
      power.min = `-${power.max}`;
      showNumber(power, typed());
      showNumber(poolFee, toPercent(view.poolFee));
      showHint();
    },
  };
}

/** "Site and fleet": its inputs and the fleet's figures are loaded when they are needed. */
export function siteAndFleet(choose: Choose): Section {
  const details = byId<HTMLDetailsElement>("site");
  let shown: State | null = null;
  let panel: Section | "loading" | null = null;

  async function load(): Promise<void> {
    if (panel !== null) return;
    panel = "loading";
    panel = (await import("./fleet-panel")).fleetPanel(choose);
    if (shown !== null) panel.show(shown);
  }

  details.addEventListener("toggle", () => void load());
  return {
    show(state) {
      shown = state;
      const { overhead, adder, powerUnit } = state.view;
      const summary = words.siteSummary(
        overhead === 0 ? null : plain(toPercent(overhead)),
        adder === 0 ? null : `${plain(toUnit(adder, powerUnit))} ${unitLabel(powerUnit)}`,
      );
      setText(byId("site-summary"), summary);
      // Its space is kept until it is loaded.
      byId("fleet").hidden = !isFleet(state.view);
      if (isFleet(state.view)) void load();
      if (panel !== null && panel !== "loading") panel.show(state);
    },
  };
}

/** Clock and theme. */
export function preferences(choose: Choose): Section {
  const [time, theme] = [chooser("time", choose), chooser("theme", choose)];
  return {
    show({ view }) {
      time(view.time);
      theme(view.theme);
      const { dataset } = document.documentElement;
      if (dataset.theme !== view.theme) dataset.theme = view.theme;
      document.documentElement.toggleAttribute("data-embed", view.embed);
      byId<HTMLAnchorElement>("whole-page").href = `${location.pathname}${toQuery({ ...view, embed: false })}`;
    },
  };
}

type SelectName = "time" | "theme" | "unit" | "scale" | "second";

/**
 * Binds the `<select>` with this id to the field of the view. The returned function shows a value
 * in it.
 */
export function chooser<Name extends SelectName>(name: Name, choose: Choose): (value: View[Name]) => void {
  const select = byId<HTMLSelectElement>(name);
  select.addEventListener("change", () => choose({ [name]: select.value }));
  return (value) => {
    select.value = value;
  };
}

/** The panel that adds machines to the comparison. */
export function addMachine(choose: Choose): Section {
  const [panel, known, own] = [
    byId("add-machine"),
    byId<HTMLFormElement>("add-known"),
    byId<HTMLFormElement>("add-own"),
  ];
  const [name, names, message] = [
    byId<HTMLInputElement>("machine-name"),
    byId("machine-names"),
    byId("add-machine-message"),
  ];
  let shown: State | null = null;

  function add(id: string | null, ifInvalid: string): void {
    const asics = shown === null ? [] : comparedIds(shown);
    const problem = id === null ? ifInvalid : addProblem(id, asics);
    if (id === null || problem !== null) {
      setText(message, problem ?? "");
      return;
    }
    for (const form of [known, own]) form.reset();
    panel.hidePopover();
    choose({ asics: [...asics, id] });
  }

  panel.addEventListener("toggle", () => setText(message, ""));
  known.addEventListener("submit", (event) => {
    event.preventDefault();
    add(findMachineId(name.value, shown), `The catalogue has no single machine that is called “${name.value}”.`);
  });
  own.addEventListener("submit", (event) => {
    event.preventDefault();
    const [hashrate, power] = [
      byId<HTMLInputElement>("own-hashrate").valueAsNumber,
      byId<HTMLInputElement>("own-power").valueAsNumber,
    ];
    add(customMachineId(hashrate, power), "Both numbers must be from 1 to 999,999.");
  });
  return {
    show(state) {
      if (state.catalogue !== null && state.catalogue !== shown?.catalogue) {
        names.replaceChildren(...state.catalogue.map((machine) => el("option", { value: machine.name })));
      }
      shown = state;
    },
  };
}

/** Why the machine cannot be added to the comparison; null if it can. */
function addProblem(id: string, compared: readonly string[]): string | null {
  if (compared.includes(id)) return "It is among them already.";
  return MAX_MACHINES <= compared.length ? `${MAX_MACHINES} machines are the most that fit: remove one first.` : null;
}

/** The machine with this name, or the only one whose name contains all the words. */
function findMachineId(text: string, state: State | null): string | null {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const machines = state?.catalogue ?? [];
  const exact = machines.find((machine) => machine.name.toLowerCase() === text.trim().toLowerCase());
  const near = machines.filter((machine) => words.every((word) => machine.name.toLowerCase().includes(word)));
  return exact?.id ?? (near.length === 1 && near[0] ? near[0].id : null);
}
