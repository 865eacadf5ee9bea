// The chart in sentences: how often mining was profitable, sums of the period, and what a screen reader says.

import { day, fixed, minute, monthOf, orDash, signedWhole, whole, zoneName } from "../lib/format";
import type { DifficultyJson } from "../model/api-types";
import type { Mark } from "../model/difficulty";
import { HOUR_MS, type UnixMs } from "../model/units";
import type { View } from "../model/view";
import { blockName, periodShown } from "../words/chart";
import {
  changeSentence,
  fleetName,
  markName,
  megawattOf,
  nextChangesSentence,
  profitableSentence,
  rangeSentence,
  sumsSentence,
} from "../words/chart-sentences";
import {
  marginText,
  numberText,
  rightAxisName,
  rightAxisText,
  type ShownChart,
  timeText,
  unitName,
  valueText,
} from "./shown-chart";
import { countBlocks, fleetSums, sumsOf } from "./sums";

/** How often mining was profitable with the leading machine; empty if that is unknown. */
export function profitable({ view, columns, visible, gaps, profits }: ShownChart): string {
  const [lead, found] = [columns.lines[0], profits[0]];
  if (!lead || !found) return "";
  const soldSince = lead.soldFrom !== null && visible.from < lead.soldFrom ? lead.soldFrom : null;
  const { unpriced } = countBlocks(columns, { from: soldSince ?? visible.from, to: visible.to });
  return profitableSentence({
    machine: lead.name,
    soldSince: soldSince && monthOf(soldSince, "utc"),
    power: view.power,
    share: found.share,
    counted: found.blocks,
    missing: gaps.reduce((sum, { to, blocks }) => sum + ((soldSince ?? 0) < to ? blocks : 0), 0),
    unpriced,
    marginIs: found.marginIs,
    margin: `${marginText(found.margin, view)} ${unitName(view)}`,
  });
}

/** What 1 MW of the leading machine, or the fleet, earned and cost in the period; empty if that is unknown. */
export function sums({ view, columns, visible }: ShownChart): string {
  const lead = columns.lines[0];
  if (!lead || columns.power === null) return "";
  const fleet = view.counts.size === 0 ? null : fleetSums(columns, view, visible);
  const sums = fleet ?? sumsOf(columns, lead, visible);
  if (sums === null) return "";
  const money = (amount: number, text = whole) =>
    view.unit === "usd" ? `${text(amount)} USD` : `${bitcoins(amount)} BTC`;
  return sumsSentence({
    what: fleet === null ? megawattOf(lead.name) : fleetName(fleet.miners, fleet.megawatts),
    hours: sums.hours,
    ofHours: (visible.to - visible.from) / HOUR_MS,
    revenue: money(sums.revenue),
    cost: money(sums.cost),
    profit: money(sums.revenue - sums.cost, signedWhole),
  });
}

const bitcoins = (sats: number) => tenThousandths(sats / 1e8);
const tenThousandths = fixed(4);

/** From the first to the last value of the leading line; empty where single points are luck. */
export function changeOfRange({ view, columns, points }: Pick<ShownChart, "view" | "columns" | "points">): string {
  const line = columns.lines[0];
  const values = points.flatMap((at) => (line?.mean ?? line?.values)?.[at] ?? []);
  const [first, last] = [values[0], values.at(-1)];
  const isLuck = view.chart === "fees" || view.chart === "blocktime";
  if (isLuck || !line || first === undefined || last === undefined || values.length < 2) return "";
  const share = 0 < first ? last / first - 1 : null;
  return changeSentence(line.name, unitName(view), numberText(first, view), numberText(last, view), share);
}

/** First, last, lowest and highest value of the leading line, for readers who do not see the chart. */
export function range(shown: ShownChart): string {
  const { view, columns, points } = shown;
  const line = columns.lines[0];
  const known = line ? points.filter((at) => ((line.mean ?? line.values)[at] ?? null) !== null) : [];
  const [first, last] = [known[0], known.at(-1)];
  if (!line || first === undefined || last === undefined) return "";
  const value = (at: number) => (line.mean ?? line.values)[at] ?? NaN;
  const lowest = known.reduce((best, at) => (value(at) < value(best) ? at : best), first);
  const highest = known.reduce((best, at) => (value(best) < value(at) ? at : best), first);
  const text = (at: number) => `${numberText(value(at), view)} (${timeText(shown, at)})`;
  return rangeSentence(line.name, unitName(view), text(first), text(last), text(lowest), text(highest));
}

/** The period, to be announced when it is another one. */
export function period({ view, visible: { from, to } }: ShownChart): string {
  return periodShown(minute(from, view.time), `${minute(to, view.time)} ${zoneName(to, view.time)}`);
}

/** When difficulty and subsidy will change. */
export function nextChanges({ retarget, halving }: DifficultyJson, { time: clock }: Pick<View, "time">): string {
  const date = (time: string | null) => (time === null ? null : day(Date.parse(time) as UnixMs, clock));
  return nextChangesSentence({
    halving: { blocksLeft: halving.blocks_left, date: date(halving.time) },
    adjustment: retarget && {
      blocksLeft: retarget.blocks_left,
      date: date(retarget.time),
      change: retarget.change,
      low: retarget.change_low,
      high: retarget.change_high,
    },
  });
}

/** The values at a point: what the slider's value is called. */
export function pointInWords(shown: ShownChart, marks: readonly Mark[], at: number): string {
  const { view, columns } = shown;
  const lead = columns.lines[0];
  const [earned, costs] = [lead?.values[at] ?? null, columns.power?.[at] ?? null];
  const values = columns.lines.map((line, place) => {
    const margin =
      place === 0 && earned !== null && costs !== null ? `, margin ${marginText(earned - costs, view)}` : "";
    return `${line.name} ${valueText(line, at, view)}${margin}`;
  });
  const right = view.second === "none" ? [] : [`${rightAxisName(view)}: ${rightAxisText(shown, at)}`];
  const here = marks.filter(({ time }) => time === columns.time[at]).map(markName);
  return [
    `${timeText(shown, at)}${orDash(columns.height[at], blockName)}: ${values.join("; ")} ${unitName(view)}`,
    ...right,
    ...here,
  ].join(". ");
}
