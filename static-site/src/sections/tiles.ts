// The tiles: what a MWh earns now on each chosen miner, and the network's figures behind it.

import { setSwatch, swatch } from "../chart/swatch";
import { byId, find, setFields, setText, TYPING_PAUSE_MS } from "../lib/dom";
import { cents, change, milliBtc, orDash, percent, sourceName, whole } from "../lib/format";
import type { DifficultyJson, SummaryJson } from "../model/api-types";
import { chosenMachines } from "../model/catalogue";
import { dataAge } from "../model/data-age";
import type { Machine } from "../model/economics";
import {
  type Earnings,
  earnings,
  latestHashprice,
  nextHashprice,
  satEarned,
  steadyFeeShare,
  steadyHashprice,
  strikeBand,
  supposed,
} from "../model/now";
import { powerPrice, unitLabel } from "../model/power-unit";
import { breakEvenEfficiency } from "../model/strike";
import type { UnixMs } from "../model/units";
import { countOf, type View } from "../model/view";
import { type Choose, isWithoutData, type Section, type State } from "../state";
import * as words from "../words/now";

export function tiles(choose: Choose): Section {
  const list = byId<HTMLUListElement>("machine-tiles");
  const template = byId<HTMLTemplateElement>("machine-tile");
  let asics: readonly string[] = [];
  const announce = costsAnnouncer(list);

  list.addEventListener("click", ({ target }) => {
    const id = (target as Element).closest<HTMLElement>(".remove")?.dataset.id;
    if (id === undefined) return;
    choose({ asics: asics.filter((asic) => asic !== id) });
    byId("add-machine-button").focus();
  });

  return {
    show(state) {
      asics = state.view.asics;
      for (const part of [list, byId("network")]) part.hidden = isWithoutData(state);
      // Empty tiles keep the space until the catalogue is loaded.
      const machines = state.catalogue === null ? asics.map(() => null) : chosenMachines(state.view, state.catalogue);
      while (list.children.length < machines.length) list.append(newTile(template));
      while (machines.length < list.children.length) list.lastElementChild?.remove();
      machines.forEach((machine, at) => {
        const tile = list.children[at] as HTMLElement;
        setSwatch(find(tile, ".swatch"), state.view.colours.get(machine?.id ?? asics[at] ?? "") ?? 1);
        if (machine !== null) showMachine(tile, machine, state);
        find(tile, ".remove").toggleAttribute("hidden", machines.length === 1);
      });
      if (state.summary !== null) showNetwork(state.summary, state);
      announce(state.view);
    },
  };
}

/** Announces what the leading miner earns at other costs, once the user has stopped typing. */
function costsAnnouncer(list: HTMLElement): (view: View) => void {
  let shown: string | null = null;
  let pause: ReturnType<typeof setTimeout> | undefined;
  const announce = () => {
    const [miner, verdict] = ["h3", ".verdict"].map((part) => find(list, part).textContent ?? "");
    setText(byId("costs-said"), words.atNewCosts(miner ?? "", verdict ?? "", byId("break-even").textContent ?? ""));
  };
  return ({ power, poolFee, overhead, adder, hashpriceChange }) => {
    const costs = [power, poolFee, overhead, adder, hashpriceChange].join();
    if (shown !== null && costs !== shown) {
      clearTimeout(pause);
      pause = setTimeout(announce, TYPING_PAUSE_MS);
    }
    shown = costs;
  };
}

function newTile(template: HTMLTemplateElement): DocumentFragment {
  const tile = document.importNode(template.content, true);
  find(tile, "h3").prepend(swatch());
  return tile;
}

function showMachine(tile: HTMLElement, machine: Machine, state: State): void {
  const { view, summary } = state;
  const steady = steadyHashprice(summary);
  const [usd, sat] = [supposed(steady.usd, view), supposed(steady.sat, view)];
  const found = usd === null ? null : earnings(machine, usd, view);
  const next = supposed(nextHashprice(state.strike, summary), view);
  const band = next === null ? null : strikeBand(machine, next, view);
  const latest = summary === null ? null : latestHashprice(summary).usd;
  const count = countOf(machine.id, view);
  const ifLoaded = (text: string) => (summary === null ? "" : text);
  const unit = unitLabel(view.powerUnit);
  const price = (usdPerMwh: number) => powerPrice(usdPerMwh, view.powerUnit);
  const verdict = ({ margin, profitPerDay }: Earnings) =>
    words.profitOrLoss(0 < margin, `${price(Math.abs(margin))} ${unit}`, Math.abs(profitPerDay), count);
  setFields(tile, {
    name: count === 1 ? machine.name : `${machine.name} × ${whole(count)}`,
    usd: ifLoaded(orDash(found, ({ revenue }) => price(revenue))),
    unit,
    latest:
      view.hashpriceChange !== 0
        ? words.ifHashprice(view.hashpriceChange)
        : latest === null
          ? ""
          : words.latestBlock(price(earnings(machine, latest, view).revenue)),
    verdict: ifLoaded(found === null ? words.NO_PRICE : verdict(found)),
    "per-day": ifLoaded(orDash(found, ({ revenuePerDay }) => cents(revenuePerDay))),
    "per-day-unit": words.perDay(count),
    sat: orDash(sat, (sat) => whole(satEarned(machine, sat, view))),
    strike: band === null ? "" : words.mineBelow(price(band.startBelow), price(band.stopAbove), unit),
  });
  find(tile, ".verdict").dataset.pays = found === null ? "unknown" : 0 < found.margin ? "yes" : "no";
  const remove = find(tile, ".remove");
  remove.dataset.id = machine.id;
  remove.setAttribute("aria-label", words.removeMiner(machine.name));
}

function showNetwork(summary: SummaryJson, state: State): void {
  const { block } = summary;
  const { difficulty, view } = state;
  const changes = summary.asics[0]?.change;
  const { usd, sat } = steadyHashprice(summary);
  const latest = latestHashprice(summary);
  const retarget = difficulty?.retarget ?? null;
  setFields(byId("network"), {
    change24h: orDash(changes?.["24h"], change),
    change7d: orDash(changes?.["7d"], change),
    change30d: orDash(changes?.["30d"], change),
    hashprice: orDash(usd, cents),
    "hashprice-sat": `${orDash(sat, whole)} sat/PH/day`,
    "hashprice-latest": words.latestBlock(orDash(latest.usd, cents)),
    price: orDash(summary.price_usd, whole),
    "price-source":
      summary.price_source === null
        ? words.NO_PRICE
        : words.priceSource(
            sourceName(summary.price_source),
            summary.price_time === null ? null : (Date.parse(summary.price_time) as UnixMs),
            summary.price_final,
            view.time,
          ),
    difficulty: `${cents(summary.difficulty / 1e12)} T`,
    "network-hashrate": orDash(summary.network_hashrate_hs, (hashes) => `${whole(hashes / 1e18)} EH/s`),
    retarget: orDash(retarget, (retarget) => retargetText(retarget, state)),
    "fee-share": orDash(steadyFeeShare(summary) ?? block.fee_share, percent),
    "fee-share-latest": words.latestBlock(orDash(block.fee_share, percent)),
    reward: words.feesOfReward(milliBtc(block.fees_sat), milliBtc(block.reward_sat)),
    height: whole(block.height),
  });
  setText(byId("hashprice-line"), usd === null ? "" : words.hashpriceLine(cents(usd)));
  const then = supposed(usd, view);
  const breakEven = then === null ? "" : words.breakEvenWords(breakEvenEfficiency(then, view));
  setText(byId("break-even"), `${breakEven} ${whatIf(view)}`.trim());
}

function whatIf({ hashpriceChange }: View): string {
  return hashpriceChange === 0 ? "" : `(${words.ifHashprice(hashpriceChange)})`;
}

type Retarget = NonNullable<DifficultyJson["retarget"]>;

/** Old data forecast a time that may have passed, so it is left out. */
function retargetText({ blocks_left, time, change: expected }: Retarget, state: State): string {
  const isOld = dataAge(state, Date.now() as UnixMs)?.kind === "old";
  const at = time === null || isOld ? null : (Date.parse(time) as UnixMs);
  return words.nextAdjustment(expected, blocks_left, at, state.view.time);
}
