// The columns of the result's tables: what their cells and their CSV have.

import type { Column } from "../lib/columns";
import { cents, clockName, minute, orDash, signedWhole, tenths, whole, wholePercent } from "../lib/format";
import { toIso } from "../model/view";
import {
  decisionName,
  fromHeader,
  RESULT_HEADERS as HEADERS,
  hourHeader,
  hoursHeader,
  ruleName,
  shareOfOptimal as shareText,
  shortRuleName,
  stopName,
  TOTAL,
  usdHeader,
} from "../words/sell";
import { leadRun, type Shown } from "./analysis";
import { type Decision, type Figures, type Role, RULE_NAMES, type RuleFigures, type RuleName } from "./decision";
import type { HourOfDay } from "./price-views";

/** A column with this name in the CSV file; without a header it is in the CSV file only. */
function column<Row>(
  name: string,
  header: string | null,
  value: (row: Row) => string | number | null,
  cell: (row: Row) => string,
): Column<Row> {
  return { id: name, header: header ?? "", csv: [name, value], ...(header !== null && { cell }) };
}

/** A column of numbers; a value that is NaN or null is unknown. */
function numbers<Row>(
  name: string,
  header: string | null,
  value: (row: Row) => number | null,
  text: (value: number) => string,
): Column<Row> {
  const known = (row: Row) => {
    const found = value(row);
    return found === null || Number.isNaN(found) ? null : found;
  };
  return column(name, header, known, (row) => orDash(known(row), text));
}

function words<Row>(name: string, header: string | null, value: (row: Row) => string): Column<Row> {
  return column(name, header, value, value);
}

export type RuleRow = RuleFigures & { readonly rule: RuleName; readonly overAlways: number };

export const ruleRows = ({ rules }: Figures): readonly RuleRow[] =>
  RULE_NAMES.map((rule) => ({ rule, ...rules[rule], overAlways: rules[rule].usd - rules.always.usd }));

export function ruleColumns({ constant }: Decision, role: Role): readonly Column<RuleRow>[] {
  return [
    words("rule", HEADERS.rule, ({ rule }) => ruleName(rule, role, constant)),
    numbers("profit_usd", HEADERS.profit, ({ usd }) => usd, whole),
    numbers("over_mining_always_usd", HEADERS.overAlways, ({ overAlways }) => overAlways, signedWhole),
    numbers("share_of_optimal", HEADERS.shareOfOptimal, ({ shareOfOptimal }) => shareOfOptimal, shareText),
    numbers("hours_mined", hoursHeader(HEADERS.mined), ({ hoursMined }) => hoursMined, tenths),
    numbers("hours_curtailed", hoursHeader(stopName(role).done), ({ hoursCurtailed }) => hoursCurtailed, tenths),
    numbers("starts", HEADERS.starts, ({ starts }) => starts, whole),
  ];
}

/** Profit of each of these rules. */
const profits = <Row extends Pick<Figures, "rules">>(names: readonly RuleName[], role: Role): Column<Row>[] =>
  names.map((name) =>
    numbers<Row>(`${name}_usd`, usdHeader(shortRuleName(name, role)), ({ rules }) => rules[name].usd, whole),
  );

export function machineColumns(role: Role): readonly Column<Decision>[] {
  return [
    words("asic_id", null, ({ machine }) => machine.id),
    words("miner", HEADERS.miner, ({ machine }) => machine.name),
    ...profits<Decision>(["always", "strike", "optimal"], role),
    numbers("hours_mined", hoursHeader(HEADERS.minedByStrike), ({ rules }) => rules.strike.hoursMined, tenths),
    numbers("mean_strike_usd_per_mwh", HEADERS.meanStrike, ({ meanStrike }) => meanStrike, cents),
  ];
}

export type MonthRow = Figures & { readonly month: string; readonly asicId: string };

/** The months of a machine, and their total. */
export const monthRows = (decision: Decision): readonly MonthRow[] =>
  [...decision.months, { ...decision, month: TOTAL }].map((row) => ({ ...row, asicId: decision.machine.id }));

/** `zone` is null for UTC. */
export function monthColumns(role: Role, zone: string | null): readonly Column<MonthRow>[] {
  return [
    words("asic_id", null, ({ asicId }) => asicId),
    words("month", HEADERS.month, ({ month }) => month),
    words("time_zone", null, () => zone ?? "UTC"),
    ...profits<MonthRow>(RULE_NAMES, role),
    numbers("strike_hours_mined", hoursHeader(HEADERS.minedByStrike), ({ rules }) => rules.strike.hoursMined, tenths),
    numbers(
      "strike_hours_curtailed",
      hoursHeader(stopName(role).done),
      ({ rules }) => rules.strike.hoursCurtailed,
      tenths,
    ),
    numbers("strike_starts", HEADERS.starts, ({ rules }) => rules.strike.starts, whole),
    numbers("mean_strike_usd_per_mwh", HEADERS.meanStrike, ({ meanStrike }) => meanStrike, cents),
  ];
}

/** Rows are the places of the intervals. */
export function intervalColumns(shown: Shown): readonly Column<number>[] {
  const { market, role, view } = shown;
  const { values } = leadRun(shown);
  const power = market.prices.intervals;
  const time = (name: string, header: string | null, end: "start" | "end") =>
    column<number>(
      name,
      header,
      (at) => orDash(power[at]?.[end], toIso),
      (at) => orDash(power[at]?.[end], (ms) => minute(ms, view.time)),
    );
  const decision = (name: string, header: string, mined: Float64Array) =>
    words<number>(name, header, (at) => decisionName(mined[at] as number, values.hours[at] as number, role));
  return [
    time("from", fromHeader(clockName(view.time)), "start"),
    time("to", null, "end"),
    numbers("power_price_usd_per_mwh", HEADERS.power, (at) => power[at]?.price ?? null, cents),
    numbers("mining_revenue_usd_per_mwh", HEADERS.revenue, (at) => values.revenue[at] as number, cents),
    numbers("strike_usd_per_mwh", HEADERS.strike, (at) => values.strike[at] as number, cents),
    decision("by_the_strike", HEADERS.byStrike, values.strikeMined),
    decision("optimal", HEADERS.optimal, values.optimalMined),
  ];
}

/** `clock` is which clock the hours are of. */
export function hourColumns(clock: string): readonly Column<HourOfDay>[] {
  return [
    words("hour", hourHeader(clock), ({ hour }) => `${String(hour).padStart(2, "0")}:00`),
    numbers("mean_power_price", HEADERS.meanPower, ({ meanPrice }) => meanPrice, cents),
    numbers("mean_strike", HEADERS.meanStrike, ({ meanStrike }) => meanStrike, cents),
    numbers("mined_share", HEADERS.minedByStrike, ({ minedShare }) => minedShare, wholePercent),
  ];
}
