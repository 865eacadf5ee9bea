// Mine or curtail: what each rule would have earned with 1 MW of a machine, in all of the time or a
// part of it.

import { firstIndex } from "../lib/first-index";
import {
  addTallies,
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
} from "../model/backtest";
import { isCounted, type Timeline } from "../model/backtest-timeline";
import { efficiency, type Machine } from "../model/economics";
import type { SiteTerms } from "../model/strike";
import type { Share, UsdPerMwh } from "../model/units";

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
  /** By month, such as `2025-11`; months without a time that counts are left out. */
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
  const months = monthsIn(simulation.timeline, steps)
    .map(({ month, steps }) => ({ month, sums: addUp(simulation, steps) }))
    .filter(({ sums }) => sums.hours > 0);
  const all = months.reduce((sum, { sums }) => add(sum, sums), addUp(simulation, { first: 0, end: 0 }));
  return {
    machine,
    constant,
    ...toFigures(all, role),
    months: months.map(({ month, sums }) => ({ month, ...toFigures(sums, role) })),
  };
}

/** Sums over the time that counts. */
type Sums = {
  /** In the order of `RULE_NAMES`. */
  readonly tallies: readonly Tally[];
  readonly hours: number;
  readonly strikeHours: number;
};

function addUp(simulation: Simulation, steps: StepRange): Sums {
  const { timeline, values } = simulation;
  let [hours, strikeHours] = [0, 0];
  for (let step = steps.first; step < steps.end; step += 1) {
    if (!isCounted(timeline, step)) continue;
    const length = timeline.hours[step] as number;
    hours += length;
    strikeHours += (values.strike[step] as number) * length;
  }
  return { tallies: RULE_NAMES.map((_, rule) => tally(simulation, rule, steps)), hours, strikeHours };
}

function add(a: Sums, b: Sums): Sums {
  return {
    tallies: a.tallies.map((sum, rule) => addTallies(sum, b.tallies[rule] as Tally)),
    hours: a.hours + b.hours,
    strikeHours: a.strikeHours + b.strikeHours,
  };
}

function toFigures({ tallies, hours, strikeHours }: Sums, role: Role): Figures {
  const best = gainUsd(tallies[OPTIMAL] as Tally);
  const ofRule = (sum: Tally): RuleFigures => ({
    usd: sum.miningUsd + (role === "own" ? sum.soldUsd : -sum.powerUsd),
    hoursMined: sum.hoursMined,
    hoursCurtailed: sum.hoursIdle,
    starts: sum.starts,
    shareOfOptimal: best > 0 ? ((gainUsd(sum) / best) as Share) : null,
  });
  const rules = Object.fromEntries(RULE_NAMES.map((name, rule) => [name, ofRule(tallies[rule] as Tally)]));
  return {
    rules: rules as Figures["rules"],
    hours,
    meanStrike: hours === 0 ? null : ((strikeHours / hours) as UsdPerMwh),
  };
}

/** A fleet: what following the strike would have earned, and what mining always. */
export type Fleet = {
  readonly miners: number;
  readonly megawatts: number;
  readonly strikeUsd: number;
  readonly alwaysUsd: number;
};

/** `overhead` is the power that the site uses besides the machines, as a part of theirs. */
export function fleetOf(
  decisions: readonly Pick<Decision, "machine" | "rules">[],
  countOf: (id: string) => number,
  overhead: Share,
): Fleet {
  const fleet = { miners: 0, megawatts: 0, strikeUsd: 0, alwaysUsd: 0 };
  for (const { machine, rules } of decisions) {
    const count = countOf(machine.id);
    const megawatts = (count * machine.power * (1 + overhead)) / 1e6;
    fleet.miners += count;
    fleet.megawatts += megawatts;
    fleet.strikeUsd += megawatts * rules.strike.usd;
    fleet.alwaysUsd += megawatts * rules.always.usd;
  }
  return fleet;
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
  return firstIndex(sorted.length, (at) => value <= (sorted[at] as number));
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
