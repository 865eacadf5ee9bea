// What the user sets: costs, machines, clock and theme.

import { comparedIds } from "../catalogue";
import { byId, el, setText } from "../dom";
import type { Choose, Section, State } from "../state";
import type { Share, UsdPerMwh } from "../units";
import { MAX_MACHINES, toPercent, toQuery, type View } from "../view";
import { customMachineId } from "./machine-rows";

/** The power price and the pool's fee. */
export function costs(choose: Choose): Section {
  const [form, power, poolFee] = [
    byId<HTMLFormElement>("costs"),
    byId<HTMLInputElement>("power"),
    byId<HTMLInputElement>("pool-fee"),
  ];
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", ({ target }) => {
    if (!(target as HTMLInputElement).validity.valid) return;
    choose({ power: power.valueAsNumber as UsdPerMwh, poolFee: (poolFee.valueAsNumber / 100) as Share });
  });
  return {
    show({ view }) {
      showNumber(power, view.power);
      showNumber(poolFee, toPercent(view.poolFee));
    },
  };
}

/** Does not change the field that the user is typing in. */
function showNumber(input: HTMLInputElement, value: number): void {
  if (document.activeElement !== input) input.value = String(value);
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
