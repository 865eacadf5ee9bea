// What the user sets: costs, machines, clock and theme.

import { byId, find, setText, showNumber } from "../lib/dom";
import { plain } from "../lib/format";
import { fromUnit, probableUnit, toUnit, unitLabel } from "../model/power-unit";
import type { Share } from "../model/units";
import { DEFAULT, isFleet, MAX_POWER, toPercent, toQuery, type View } from "../model/view";
import type { Choose, Section } from "../state";
import * as words from "../words/now";
import { lazySection } from "./lazy-section";

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
    power.value = String(typed());
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

/** "Site, fleet, what if": its inputs and the fleet's figures are loaded when they are needed. */
export function siteAndFleet(choose: Choose): Section {
  const panel = lazySection(async () => (await import("./fleet-panel")).fleetPanel(choose));
  byId("site").addEventListener("toggle", panel.load);
  return {
    show(state) {
      const { overhead, adder, powerUnit, hashpriceChange } = state.view;
      const summary = words.siteSummary(
        overhead === 0 ? null : plain(toPercent(overhead)),
        adder === 0 ? null : `${plain(toUnit(adder, powerUnit))} ${unitLabel(powerUnit)}`,
        hashpriceChange,
      );
      setText(byId("site-summary"), summary);
      // Its space is kept until it is loaded.
      byId("fleet").hidden = !isFleet(state.view);
      if (isFleet(state.view)) void panel.load();
      panel.show(state);
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
      if (view.embed === "") return;
      dataset.embed = view.embed;
      byId<HTMLAnchorElement>("whole-page").href = `${location.pathname}${toQuery({ ...view, embed: "" })}`;
    },
  };
}

/** The dialog is loaded when it is opened. */
export function share(): Section {
  let view = DEFAULT;
  byId("share").addEventListener("click", async () => {
    const { openShareDialog } = await import("../share/share-dialog");
    openShareDialog(view);
  });
  return {
    show(state) {
      view = state.view;
    },
  };
}

type SelectName = "time" | "theme" | "unit" | "scale" | "second" | "chart";

/**
 * Binds the `<select>` with this id, by default the name of the field, to the field of the view.
 * The returned function shows a value in it.
 */
export function chooser<Name extends SelectName>(
  name: Name,
  choose: Choose,
  id: string = name,
): (value: View[Name]) => void {
  const select = byId<HTMLSelectElement>(id);
  select.addEventListener("change", () => choose({ [name]: select.value }));
  return (value) => {
    select.value = value;
  };
}

/** The panel that adds miners. */
export function addMachine(choose: Choose): Section {
  const panel = byId("add-machine");
  const section = lazySection(async () => {
    const { addMiner } = await import("./add-miner");
    const added = addMiner(choose);
    if (panel.matches(":popover-open")) byId("machine-name").focus();
    return added;
  });
  panel.addEventListener("beforetoggle", section.load);
  panel.addEventListener("toggle", ({ newState }) => {
    if (newState === "open") document.getElementById("machine-name")?.focus();
  });
  return section;
}
