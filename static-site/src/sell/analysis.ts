// The prices, the blocks of their time, and what the chosen machines did: everything that the result
// is made of.

import type { StepRange } from "../model/backtest";
import type { Timeline } from "../model/backtest-timeline";
import type { Colours } from "../model/colours";
import type { Machine } from "../model/economics";
import type { View } from "../model/view";
import type { ChosenPrices } from "../power-prices/power-file";
import type { ZoneClock } from "../power-prices/zone-clock";
import {
  type Decision,
  decide,
  type IntervalValues,
  intervalValues,
  type Role,
  type RuleChoices,
  type Run,
  runRules,
  stepsOf,
} from "./decision";
import { axisLimit, gapsBefore, type IntervalRange } from "./intervals";
import { type ByPrice, byPrice } from "./price-views";

export type SellPrices = ChosenPrices & { readonly isMadeUp: boolean };

/** The part that is the same for all machines. */
export type Market = {
  readonly prices: SellPrices;
  /** The clock of the file's time zone; null if it has none. */
  readonly clock: ZoneClock | null;
  readonly timeline: Timeline;
  readonly gaps: Uint32Array;
  readonly byPrice: ByPrice;
};

export type MachineRun = Run & { readonly values: IntervalValues };

export const toMarket = (prices: SellPrices, clock: ZoneClock | null, timeline: Timeline): Market => ({
  prices,
  clock,
  timeline,
  gaps: gapsBefore(prices.intervals),
  byPrice: byPrice(prices.intervals),
});

/** Of each machine; empty if no time counts. */
export function runAll({ prices, timeline }: Market, machines: readonly Machine[], choices: RuleChoices): MachineRun[] {
  return machines.flatMap((machine) => {
    const run = runRules(timeline, machine, choices);
    return run === null ? [] : { ...run, values: intervalValues(run, prices.intervals.length) };
  });
}

/** The class of a machine's line in the style sheet; lines after the fourth are dashed too. */
export function lineClass(colours: Colours, { id }: Machine): string {
  const colour = colours.get(id) ?? 1;
  return `series-${colour}${colour > 4 ? " dashed" : ""}`;
}

/** What is shown: a part of the time, and one of the machines in detail. */
export type Shown = {
  readonly market: Market;
  readonly runs: readonly MachineRun[];
  /** One for each run. */
  readonly decisions: readonly Decision[];
  /** Place of the machine that is shown in detail. */
  readonly lead: number;
  readonly range: IntervalRange;
  readonly steps: StepRange;
  readonly role: Role;
  readonly view: Pick<View, "time">;
  readonly colours: Colours;
  /** Where the axis of the chart ends. */
  readonly limit: number | null;
};

export function toShown(
  market: Market,
  runs: readonly MachineRun[],
  zoom: IntervalRange | null,
  how: Pick<Shown, "lead" | "role" | "view" | "colours">,
): Shown {
  const range = zoom ?? { first: 0, end: market.prices.intervals.length };
  const steps = stepsOf(market.timeline, range);
  const decisions = runs.map((run) => decide(run, how.role, steps));
  const strikes = decisions.map(({ meanStrike }) => meanStrike);
  return { ...how, market, runs, decisions, range, steps, limit: axisLimit(strikes[how.lead] ?? null, strikes) };
}

export const leadRun = ({ runs, lead }: Shown): MachineRun => runs[lead] as MachineRun;
export const leadDecision = ({ decisions, lead }: Shown): Decision => decisions[lead] as Decision;

/** Means of an interval range over the time that counts; NaN if none does. */
export function meansOf({ market }: Shown, { values }: MachineRun, { first, end }: IntervalRange): Means {
  let [hours, price, strike, revenue, mined] = [0, 0, 0, 0, 0];
  for (let at = first; at < end; at += 1) {
    const counted = values.hours[at] as number;
    if (counted === 0) continue;
    hours += counted;
    price += counted * (market.prices.intervals[at]?.price ?? 0);
    strike += counted * (values.strike[at] as number);
    revenue += counted * (values.revenue[at] as number);
    mined += values.strikeMined[at] as number;
  }
  return { price: price / hours, strike: strike / hours, revenue: revenue / hours, hours, mined };
}

export type Means = Readonly<Record<"price" | "strike" | "revenue" | "hours" | "mined", number>>;
