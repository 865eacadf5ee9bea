// The strike of a machine: the power price up to which mining pays, as in the API.

import { usdPerMwh } from "./economics";
import type { JoulesPerTh, Share, UsdPerMwh, UsdPerPhDay } from "./units";

/** What a site adds to the market's power price, and takes from revenue. */
export type SiteTerms = {
  /** From 0 to below 1. */
  readonly poolFee: Share;
  /** Power that the site uses besides the machines, as a part of theirs: 0.05 is a PUE of 1.05. */
  readonly overhead: Share;
  /** Charges besides the power price, such as grid fees; negative for a credit. */
  readonly adder: UsdPerMwh;
};

/** What the miner pays: the power price, and what the site adds. */
export type Costs = SiteTerms & { readonly power: UsdPerMwh };

/**
 * What is left of a machine's revenue per MWh for a MWh that the site buys: the pool takes its fee,
 * and the site uses power besides the machines.
 */
export function netShare({ poolFee, overhead }: Pick<SiteTerms, "poolFee" | "overhead">): number {
  return (1 - poolFee) / (1 + overhead);
}

/**
 * `hashprice x 1000 / (24 x efficiency) x (1 - poolFee) / (1 + overhead) - adder`: mining pays while
 * the power price is below it.
 */
export function strikeUsdPerMwh(hashprice: UsdPerPhDay, e: JoulesPerTh, terms: SiteTerms): UsdPerMwh {
  return breakEvenPower(usdPerMwh(hashprice, e), terms);
}

/** The strike of a machine that earns `revenue` per MWh of its own. */
export function breakEvenPower(revenue: UsdPerMwh, terms: SiteTerms): UsdPerMwh {
  return (revenue * netShare(terms) - terms.adder) as UsdPerMwh;
}

/** Profit of a MWh that the site buys, for a machine that earns `revenue` per MWh of its own. */
export function margin(revenue: UsdPerMwh, costs: Costs): UsdPerMwh {
  return (breakEvenPower(revenue, costs) - costs.power) as UsdPerMwh;
}

/** Efficiency below which machines are profitable; null if power costs nothing, as then all are. */
export function breakEvenEfficiency(hashprice: UsdPerPhDay, costs: Costs): JoulesPerTh | null {
  const paid = costs.power + costs.adder;
  return paid <= 0 ? null : (((hashprice * netShare(costs) * 1_000) / (24 * paid)) as JoulesPerTh);
}

/**
 * Machines that mine stop above this power price; `band` is a part of the strike, from 0 to below 1.
 */
export function stopAbove(strike: UsdPerMwh, band: Share): number {
  return Math.max(strike * (1 + band), strike * (1 - band));
}

/** Machines that stand still start below this power price. */
export function startBelow(strike: UsdPerMwh, band: Share): number {
  return Math.min(strike * (1 + band), strike * (1 - band));
}
