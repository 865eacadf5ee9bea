// The sentences below the chart, and those for screen readers.

import { change, plain, thousandths, whole, wholePercent } from "../lib/format";
import type { Mark } from "../model/difficulty";
import type { Share, UsdPerMwh } from "../model/units";

/**
 * How often mining was profitable. `counted` blocks have a price and are from after the machine's release; of
 * those in the period, `missing` have no data and `unpriced` no price.
 */
export function profitableSentence({
  machine,
  soldSince,
  power,
  share,
  counted,
  missing,
  unpriced,
  marginIs,
  margin,
}: {
  readonly machine: string;
  readonly soldSince: string | null;
  readonly power: UsdPerMwh;
  readonly share: Share;
  readonly counted: number;
  readonly missing: number;
  readonly unpriced: number;
  readonly marginIs: string;
  /** With its unit. */
  readonly margin: string;
}): string {
  const isPart = missing + unpriced > 0;
  const out = [
    ...(missing === 0 ? [] : [`${whole(missing)} have no data`]),
    ...(unpriced === 0 ? [] : [`${whole(unpriced)} have no BTC price`]),
  ].join(", ");
  return [
    `${machine}: profitable in ${wholePercent(share)} of ${isPart ? `${whole(counted)} ` : ""}blocks`,
    isPart ? ` (${out})` : "",
    soldSince === null ? "" : ` since its release in ${soldSince}`,
    ` at ${plain(power)} USD/MWh, ${marginIs} margin ${margin}.`,
  ].join("");
}

/** The same without counts, beside a line in a picture. */
export const profitableRow = (machine: string, share: Share, marginIs: string, margin: string) =>
  `${machine}: profitable in ${wholePercent(share)}, ${marginIs} margin ${margin}`;

export const megawattOf = (machine: string) => `1 MW of ${machine}`;
export const fleetName = (miners: number, megawatts: number) =>
  `The fleet (${whole(miners)} miners, ${thousandths(megawatts)} MW)`;

/** Of 1 MW or of the fleet; `hours` of the period have data and a price, and are from after the machine's release. */
export function sumsSentence({
  what,
  hours,
  ofHours,
  revenue,
  cost,
  profit,
}: Readonly<Record<"what" | "revenue" | "cost" | "profit", string>> & {
  readonly hours: number;
  readonly ofHours: number;
}): string {
  const isPart = Math.round(hours) < Math.round(ofHours);
  const time = isPart ? `${whole(hours)} of ${whole(ofHours)} hours` : `${whole(hours)} hours`;
  return `${what} in ${time}: revenue ${revenue}, electricity ${cost}, profit ${profit}.`;
}

export const rangeSentence = (
  line: string,
  unit: string,
  first: string,
  last: string,
  lowest: string,
  highest: string,
) => `${line}, ${unit}: first ${first}, last ${last}, lowest ${lowest}, highest ${highest}.`;

/** Above the chart; `share` is null if it is not defined, as from a loss to a profit. */
export const changeSentence = (line: string, unit: string, first: string, last: string, share: number | null) =>
  `${line}: from ${first} to ${last} ${unit}${share === null ? "" : `, ${change(share)}`}`;

export const markName = ({ kind, height }: Mark) =>
  kind === "halving" ? `Halving at block ${whole(height)}` : `Difficulty adjustment at block ${whole(height)}`;

type NextAdjustment = {
  readonly blocksLeft: number;
  /** Null without a forecast, as are the changes. */
  readonly date: string | null;
  readonly change: number | null;
  readonly low: number | null;
  readonly high: number | null;
};

export function nextChangesSentence({
  adjustment,
  halving,
}: {
  readonly adjustment: NextAdjustment | null;
  readonly halving: { readonly blocksLeft: number; readonly date: string | null };
}): string {
  const date = halving.date === null ? "" : ` (~${halving.date})`;
  return [adjustmentSentence(adjustment), `Next halving in ${whole(halving.blocksLeft)} blocks${date}.`]
    .join(" ")
    .trim();
}

function adjustmentSentence(adjustment: NextAdjustment | null): string {
  if (adjustment === null) return "";
  const { blocksLeft, date, change: expected, low, high } = adjustment;
  const left = `in ${whole(blocksLeft)} blocks`;
  if (date === null || expected === null || low === null || high === null) return `Next difficulty adjustment ${left}.`;
  return `Next difficulty adjustment ≈ ${change(expected)} (${change(low)} to ${change(high)}), ${left} (~${date}).`;
}

export const MUST_BE_LATER = "This must be after the beginning.";
