// Mine or curtail: what each rule would have earned with 1 MW of a machine, in all of the time or a
// part of it.

import {
  firstStrike,
  gainUsd,
  MINE,
  monthsIn,
  type Rule,
  type Simulation,
  type StepRange,
  simulate,
  type Tally,
  tally,
} from "../backtest";
import { isCounted, type Timeline } from "../backtest-timeline";
import { efficiency, type Machine } from "../economics";
import type { SiteTerms } from "../strike";
import type { Share, UsdPerMwh } from "../units";

/** An owner of power sells what is not mined; a buyer buys only what is mined. */
export type Role = "own" | "buy";

export const RULE_NAMES = ["always", "never", "constant", "strike", "optimal"] as const;
export type RuleName = (typeof RULE_NAMES)[number];
export const [STRIKE, OPTIMAL] = [RULE_NAMES.indexOf("strike"), RULE_NAMES.indexOf("optimal")];

export type RuleChoices = {
  readonly terms: SiteTerms;
  /** Null: the strike at the first time that counts. */
  readonly constant: UsdPerMwh | null;
  readonly band: Share;
  readonly holdBlocks: number;
};

/** What 1 MW of a machine did under each rule, in the order of `RULE_NAMES`. */
export type Run = {
  readonly machine: Machine;
  readonly constant: UsdPerMwh;
  readonly simulation: Simulation;
};

/** Figures of 1 MW, so that hours are MWh, too. */
export type RuleFigures = {
  readonly usd: number;
  readonly hoursMined: number;
  readonly hoursCurtailed: number;
  /** How often mining began after a time without. */
  readonly starts: number;
  /** Part of what perfect foresight gains over never mining; null if that gains nothing. */
  readonly shareOfOptimal: Share | null;
};

export type Figures = {
  readonly rules: Readonly<Record<RuleName, RuleFigures>>;
  /** Hours that count. */
  readonly hours: number;
  /** Null if no time counts. */
  readonly meanStrike: UsdPerMwh | null;
};

export type Decision = Figures & {
  readonly machine: Machine;
  readonly constant: UsdPerMwh;
  /** By UTC month, such as `2025-11`; months without a time that counts are left out. */
  readonly months: readonly (Figures & { readonly month: string })[];
};

/** Null if no time counts. */
export function runRules(timeline: Timeline, machine: Machine, choices: RuleChoices): Run | null {
  const site = { efficiency: efficiency(machine), terms: choices.terms };
  const first = firstStrike(timeline, site);
  if (first === null) return null;
  const constant = choices.constant ?? first;
  const rules: Readonly<Record<RuleName, Rule>> = {
    always: { rule: "always" },
    never: { rule: "never" },
    constant: { rule: "constant", usdPerMwh: constant },
    strike: { rule: "strike", band: choices.band, holdBlocks: choices.holdBlocks },
    optimal: { rule: "perfect_foresight" },
  };
  const inOrder = RULE_NAMES.map((name) => rules[name]);
  return { machine, constant, simulation: simulate(timeline, site, inOrder) };
}

/** What each rule earned in these steps of the timeline. */
export function decide({ machine, constant, simulation }: Run, role: Role, steps: StepRange): Decision {
  const months = monthsIn(simulation.timeline, steps).map(({ month, steps }) => ({
    month,
    ...figures(simulation, role, steps),
  }));
  return {
    machine,
    constant,
    ...figures(simulation, role, steps),
    months: months.filter(({ hours }) => hours > 0),
  };
}

function figures(simulation: Simulation, role: Role, steps: StepRange): Figures {
  const tallies = RULE_NAMES.map((_, rule) => tally(simulation, rule, steps));
  const best = gainUsd(tallies[OPTIMAL] as Tally);
  const ofRule = (sum: Tally): RuleFigures => ({
    usd: sum.miningUsd + (role === "own" ? sum.soldUsd : -sum.powerUsd),
    hoursMined: sum.hoursMined,
    hoursCurtailed: sum.hoursIdle,
    starts: sum.starts,
    shareOfOptimal: best > 0 ? ((gainUsd(sum) / best) as Share) : null,
  });
  const rules = Object.fromEntries(RULE_NAMES.map((name, rule) => [name, ofRule(tallies[rule] as Tally)]));
  const { hours, strike } = meanStrike(simulation, steps);
  return { rules: rules as Figures["rules"], hours, meanStrike: strike };
}

/** The mean over the time that counts. */
function meanStrike(
  { timeline, values }: Simulation,
  { first, end }: StepRange,
): { hours: number; strike: UsdPerMwh | null } {
  let [hours, sum] = [0, 0];
  for (let step = first; step < end; step += 1) {
    if (!isCounted(timeline, step)) continue;
    const length = timeline.hours[step] as number;
    hours += length;
    sum += (values.strike[step] as number) * length;
  }
  return { hours, strike: hours === 0 ? null : ((sum / hours) as UsdPerMwh) };
}

/** Hours of the steps that do not count, because blocks or bitcoin prices are missing. */
export function leftOutHours(timeline: Timeline, { first, end }: StepRange): number {
  let hours = 0;
  for (let step = first; step < end; step += 1) {
    if (!isCounted(timeline, step)) hours += timeline.hours[step] as number;
  }
  return hours;
}

/** The steps of the intervals from `first` to before `end`. */
export function stepsOf({ interval }: Timeline, { first, end }: StepRange): StepRange {
  return { first: lowerBound(interval, first), end: lowerBound(interval, end) };
}

/** The first place of a sorted list whose value is at least this. */
export function lowerBound(sorted: { readonly length: number; readonly [at: number]: number }, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Values of a machine by interval of power prices, over the time that counts; NaN if none does. */
export type IntervalValues = {
  readonly hours: Float64Array;
  readonly revenue: Float64Array;
  readonly strike: Float64Array;
  /** Hours that were mined by the strike, and with perfect foresight. */
  readonly strikeMined: Float64Array;
  readonly optimalMined: Float64Array;
};

export function intervalValues({ simulation }: Run, intervals: number): IntervalValues {
  const { timeline, values, decisions } = simulation;
  const [byStrike, optimal] = [decisions[STRIKE], decisions[OPTIMAL]];
  const column = () => new Float64Array(intervals);
  const result = {
    hours: column(),
    revenue: column(),
    strike: column(),
    strikeMined: column(),
    optimalMined: column(),
  };
  for (let step = 0; step < timeline.hours.length; step += 1) {
    if (!isCounted(timeline, step)) continue;
    const at = timeline.interval[step] as number;
    const length = timeline.hours[step] as number;
    (result.hours[at] as number) += length;
    (result.revenue[at] as number) += (values.revenue[step] as number) * length;
    (result.strike[at] as number) += (values.strike[step] as number) * length;
    if (byStrike?.[step] === MINE) (result.strikeMined[at] as number) += length;
    if (optimal?.[step] === MINE) (result.optimalMined[at] as number) += length;
  }
  for (const sums of [result.revenue, result.strike])
    for (let at = 0; at < intervals; at += 1) sums[at] = (sums[at] as number) / (result.hours[at] as number);
  return result;
}
