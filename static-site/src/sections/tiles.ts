// The tiles: what a MWh earns now on each chosen machine, and the network's figures behind it.

import type { DifficultyJson, SummaryJson } from "../api";
import { chosenMachines } from "../catalogue";
import { swatch } from "../chart/legend";
import { byId, find, setFields, setText } from "../dom";
import { efficiency, type Machine, satPerMwh, usdPerMwh } from "../economics";
import { cents, change, day, orDash, percent, satsAsBtc, signedCents, sourceName, tenths, whole } from "../format";
import type { Choose, Section, State } from "../state";
import { breakEvenEfficiency, margin, netShare } from "../strike";
import type { SatPerPhDay, UnixMs, UsdPerPhDay } from "../units";
import { customMachine } from "../view";

export function tiles(choose: Choose): Section {
  const list = byId<HTMLUListElement>("machine-tiles");
  const template = byId<HTMLTemplateElement>("machine-tile");
  let asics: readonly string[] = [];

  list.addEventListener("click", ({ target }) => {
    const id = (target as Element).closest<HTMLElement>(".remove")?.dataset.id;
    if (id === undefined) return;
    choose({ asics: asics.filter((asic) => asic !== id) });
    byId("add-machine-button").focus();
  });

  return {
    show(state) {
      asics = state.view.asics;
      // Empty tiles keep the space until the catalogue is loaded.
      const machines = state.catalogue === null ? asics.map(() => null) : chosenMachines(state.view, state.catalogue);
      while (list.children.length < machines.length) list.append(newTile(template, list.children.length));
      while (machines.length < list.children.length) list.lastElementChild?.remove();
      machines.forEach((machine, at) => {
        const tile = list.children[at] as HTMLElement;
        if (machine !== null) showMachine(tile, machine, state);
        find(tile, ".remove").toggleAttribute("hidden", machines.length === 1);
      });
      showUnknownMachines(state);
      if (state.summary !== null) showNetwork(state.summary, state);
    },
  };
}

function newTile(template: HTMLTemplateElement, place: number): DocumentFragment {
  const tile = document.importNode(template.content, true);
  find(tile, "h3").prepend(swatch(place));
  return tile;
}

function showMachine(tile: HTMLElement, machine: Machine, { view, summary }: State): void {
  const e = efficiency(machine);
  const hashprice = (summary?.usd_per_ph_day ?? null) as UsdPerPhDay | null;
  const usd = hashprice === null ? null : usdPerMwh(hashprice, e);
  const left = usd === null ? null : margin(usd, view);
  setFields(tile, {
    name: machine.name,
    usd: summary === null ? "" : orDash(usd, (usd) => cents(usd * netShare(view))),
    sat: summary === null ? "" : whole(satPerMwh(summary.sat_per_ph_day as SatPerPhDay, e) * netShare(view)),
    verdict:
      summary === null
        ? ""
        : left === null
          ? "no price known yet"
          : `${signedCents(left)} ${0 < left ? "over" : "under"} power`,
  });
  find(tile, ".verdict").dataset.pays = left === null ? "unknown" : 0 < left ? "yes" : "no";
  const remove = find(tile, ".remove");
  remove.dataset.id = machine.id;
  remove.setAttribute("aria-label", `Remove ${machine.name}`);
}

function showUnknownMachines({ view, catalogue }: State): void {
  const unknown =
    catalogue === null
      ? []
      : view.asics.filter((id) => customMachine(id) === null && !catalogue.some((machine) => machine.id === id));
  const message = byId("unknown-machines");
  setText(
    message,
    `This link names machines that the catalogue does not have: ${unknown.join(", ")}. Add others below, or see the table of machines.`,
  );
  message.hidden = unknown.length === 0;
}

function showNetwork(summary: SummaryJson, { difficulty, view }: State): void {
  const { block } = summary;
  const changes = summary.asics[0]?.change;
  const hashprice = summary.usd_per_ph_day as UsdPerPhDay | null;
  const retarget = difficulty?.retarget ?? null;
  setFields(byId("network"), {
    change24h: orDash(changes?.["24h"], change),
    change7d: orDash(changes?.["7d"], change),
    change30d: orDash(changes?.["30d"], change),
    hashprice: orDash(hashprice, cents),
    "hashprice-sat": `${whole(summary.sat_per_ph_day)} sat/PH/day`,
    price: orDash(summary.price_usd, whole),
    "price-source":
      summary.price_source === null
        ? "not known yet"
        : `${sourceName(summary.price_source)}${summary.price_final ? "" : ", provisional"}`,
    difficulty: `${cents(summary.difficulty / 1e12)} T`,
    retarget: orDash(retarget, (retarget) => retargetText(retarget, view)),
    "fee-share": orDash(block.fee_share, percent),
    reward: `of ${satsAsBtc(block.reward_sat)} BTC`,
    height: whole(block.height),
  });
  setText(
    byId("halving"),
    difficulty === null ? "" : `The next halving is in ${whole(difficulty.halving.blocks_left)} blocks.`,
  );
  setText(byId("after-retarget"), retarget === null ? "" : forecastText(retarget, hashprice));
  setText(byId("break-even"), hashprice === null ? "" : payingMachines(hashprice, view));
}

type Retarget = NonNullable<DifficultyJson["retarget"]>;

function retargetText({ blocks_left, time, change: expected }: Retarget, view: State["view"]): string {
  const inBlocks = `in ${whole(blocks_left)} blocks`;
  if (time === null || expected === null) return `next ${inBlocks}`;
  return `≈ ${change(expected)} ${inBlocks} (${day(Date.parse(time) as UnixMs, view.time)})`;
}

function forecastText({ change: expected, change_low, change_high }: Retarget, hashprice: UsdPerPhDay | null): string {
  if (expected === null || change_low === null || change_high === null) return "";
  const range = `Two times in three the change is between ${change(change_low)} and ${change(change_high)}.`;
  if (hashprice === null) return range;
  const after = cents(hashprice / (1 + expected));
  return `Hashprice would then be ${after} USD/PH/day, at the same price and fees. ${range}`;
}

function payingMachines(hashprice: UsdPerPhDay, costs: State["view"]): string {
  const e = breakEvenEfficiency(hashprice, costs);
  return e === null ? "Every machine earns more." : `Machines below ${tenths(e)} J/TH earn more.`;
}
