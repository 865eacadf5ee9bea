// Backtest: what 1 MW of power would have earned if machines had followed a rule that says when to
// mine. The definitions are those of `shared/src/backtest.rs`, and both give the same figures.

import { isCounted, type Timeline } from "./backtest-timeline";
import { type SiteTerms, startBelow, stopAbove, strikeUsdPerMwh } from "./strike";
import type { JoulesPerTh, Share, UsdPerMwh, UsdPerPhDay } from "./units";

/** A rule that says when to mine. */
export type Rule =
  | { readonly rule: "always" }
  | { readonly rule: "never" }
  /** While the power price is at most this. */
  | { readonly rule: "constant"; readonly usdPerMwh: UsdPerMwh }
  /** While the power price is at most the revenue of the newest block alone. */
  | { readonly rule: "newest_block" }
  /** Nothing changes within the band, and for `holdBlocks` blocks after a change. */
  | { readonly rule: "strike"; readonly band: Share; readonly holdBlocks: number }
  /** Exactly while mining pays, which is known only later. */
  | { readonly rule: "perfect_foresight" };

export type Site = { readonly efficiency: JoulesPerTh; readonly terms: SiteTerms };

/** What 1 MW did in a time, and what it earned in USD. As it is 1 MW, hours are MWh, too. */
export type Tally = {
  hoursMined: number;
  hoursIdle: number;
  /** Hours in which the other decision would have earned more. */
  hoursWrong: number;
  /** How often mining began after standing idle. */
  starts: number;
  stops: number;
  /** Revenue of mining, after pool fee, overhead and adder. */
  miningUsd: number;
  /** Power that was mined, at the power price. */
  powerUsd: number;
  /** Power that was not mined, at the power price. */
  soldUsd: number;
};

/** Tallies by UTC month, such as `2025-11`, in order. */
export type Outcome = { readonly rule: Rule; readonly months: ReadonlyMap<string, Readonly<Tally>> };

/** Values of a machine in USD/MWh, by step; NaN if unknown. */
type Values = Readonly<Record<"strike" | "newestBlock" | "revenue", Float64Array>>;

/** By step: whether machines mine. */
type Decisions = Int8Array;
export const [STOP, MINE, UNDECIDED] = [0, 1, -1];

/** What 1 MW of a site did under each rule, step by step. */
export type Simulation = {
  readonly timeline: Timeline;
  readonly values: Values;
  /** In the order of the rules. */
  readonly decisions: readonly Decisions[];
};

/** Steps of a timeline, from the first to before the end. */
export type StepRange = { readonly first: number; readonly end: number };

export const allSteps = ({ hours }: Timeline): StepRange => ({ first: 0, end: hours.length });

/** What 1 MW of a site earned under each rule. */
export function backtest(timeline: Timeline, site: Site, rules: readonly Rule[]): Outcome[] {
  const simulation = simulate(timeline, site, rules);
  const months = monthsIn(timeline, allSteps(timeline));
  return rules.map((rule, at) => {
    const tallies = months.map(({ month, steps }) => [month, tally(simulation, at, steps)] as const);
    return { rule, months: new Map(tallies.filter(([, { hoursMined, hoursIdle }]) => hoursMined + hoursIdle > 0)) };
  });
}

export function simulate(timeline: Timeline, site: Site, rules: readonly Rule[]): Simulation {
  const values = {
    strike: inUsdPerMwh(timeline.strike, site),
    newestBlock: inUsdPerMwh(timeline.newestBlock, site),
    revenue: inUsdPerMwh(timeline.revenue, site),
  };
  return { timeline, values, decisions: rules.map((rule) => decisions(rule, timeline, values)) };
}

/** The months of the steps, in order. */
export function monthsIn(
  { months, hours }: Timeline,
  { first, end }: StepRange,
): { month: string; steps: StepRange }[] {
  return months
    .map(({ month, firstStep }, at) => ({
      month,
      steps: { first: Math.max(first, firstStep), end: Math.min(end, months[at + 1]?.firstStep ?? hours.length) },
    }))
    .filter(({ steps }) => steps.first < steps.end);
}

function inUsdPerMwh(hashprices: readonly number[], { efficiency, terms }: Site): Float64Array {
  const values = new Float64Array(hashprices.length);
  hashprices.forEach((hashprice, step) => {
    values[step] = strikeUsdPerMwh(hashprice as UsdPerPhDay, efficiency, terms);
  });
  return values;
}

/** The strike at the first time that is counted; null if none is. */
export function firstStrike(timeline: Timeline, { efficiency, terms }: Site): UsdPerMwh | null {
  const first = timeline.strike.find((_, step) => isCounted(timeline, step));
  return first === undefined ? null : strikeUsdPerMwh(first as UsdPerPhDay, efficiency, terms);
}

/** The sum of all months. */
export function total({ months }: Outcome): Tally {
  return [...months.values()].reduce<Tally>(addTallies, emptyTally());
}

export function addTallies(a: Readonly<Tally>, b: Readonly<Tally>): Tally {
  const sum = { ...a };
  for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += b[key];
  return sum;
}

/**
 * How much more than never mining it earned: a buyer's profit. An owner who sells what is not mined
 * earns `miningUsd + soldUsd`.
 */
export function gainUsd({ miningUsd, powerUsd }: Readonly<Tally>): number {
  return miningUsd - powerUsd;
}

/** If a value that the rule needs is unknown, nothing changes. */
function decisions(rule: Rule, { powerPrice, height }: Timeline, values: Values): Decisions {
  switch (rule.rule) {
    case "always":
      return new Int8Array(powerPrice.length).fill(MINE);
    case "never":
      return new Int8Array(powerPrice.length).fill(STOP);
    case "constant":
      return upTo(new Float64Array(powerPrice.length).fill(rule.usdPerMwh), powerPrice);
    case "newest_block":
      return upTo(values.newestBlock, powerPrice);
    case "perfect_foresight":
      return upTo(values.revenue, powerPrice);
    case "strike":
      return followStrike(rule, values.strike, powerPrice, height);
  }
}

function upTo(limits: Float64Array, powerPrice: readonly number[]): Decisions {
  const decisions = new Int8Array(limits.length);
  let now = UNDECIDED;
  for (let step = 0; step < limits.length; step += 1) {
    const limit = limits[step] as number;
    if (!Number.isNaN(limit)) now = (powerPrice[step] as number) <= limit ? MINE : STOP;
    decisions[step] = now;
  }
  return decisions;
}

function followStrike(
  { band, holdBlocks }: Extract<Rule, { rule: "strike" }>,
  strikes: Float64Array,
  powerPrice: readonly number[],
  height: readonly number[],
): Decisions {
  const decisions = new Int8Array(strikes.length);
  let now = UNDECIDED;
  let changedAt = -Infinity;
  for (let step = 0; step < strikes.length; step += 1) {
    const strike = strikes[step] as UsdPerMwh;
    const price = powerPrice[step] as number;
    const newest = height[step] as number;
    if (!Number.isNaN(strike)) {
      const isFirst = now === UNDECIDED;
      const limit = isFirst ? strike : stopAbove(strike, band);
      const isCheap = now === STOP ? price < startBelow(strike, band) : price <= limit;
      const wanted = isCheap ? MINE : STOP;
      if (isFirst) {
        now = wanted;
      } else if (wanted !== now && newest >= changedAt + holdBlocks) {
        now = wanted;
        changedAt = newest;
      }
    }
    decisions[step] = now;
  }
  return decisions;
}

/**
 * What the rule at this place did and earned in these steps. The sums are variables, not properties,
 * because these are slower.
 */
export function tally({ timeline, values, decisions }: Simulation, rule: number, { first, end }: StepRange): Tally {
  const { hours, powerPrice, strike } = timeline;
  const [revenues, decided] = [values.revenue, decisions[rule] as Decisions];
  let [hoursMined, hoursIdle, hoursWrong] = [0, 0, 0];
  let [miningUsd, powerUsd, soldUsd] = [0, 0, 0];
  let [starts, stops] = [0, 0];
  for (let step = first; step < end; step += 1) {
    const now = decided[step];
    const revenue = revenues[step] as number;
    if (now === UNDECIDED || Number.isNaN(revenue) || Number.isNaN(strike[step])) continue;
    const before = decided[step - 1];
    const length = hours[step] as number;
    const price = powerPrice[step] as number;
    if (now === MINE) {
      hoursMined += length;
      miningUsd += revenue * length;
      powerUsd += price * length;
      if (revenue < price) hoursWrong += length;
      if (before === STOP) starts += 1;
    } else {
      hoursIdle += length;
      soldUsd += price * length;
      if (revenue > price) hoursWrong += length;
      if (before === MINE) stops += 1;
    }
  }
  return { hoursMined, hoursIdle, hoursWrong, starts, stops, miningUsd, powerUsd, soldUsd };
}

function emptyTally(): Tally {
  return {
    hoursMined: 0,
    hoursIdle: 0,
    hoursWrong: 0,
    starts: 0,
    stops: 0,
    miningUsd: 0,
    powerUsd: 0,
    soldUsd: 0,
  };
}
