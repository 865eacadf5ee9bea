// The strike of a machine: the power price up to which mining pays, as in the API.

import { phDaysPerMwh } from "./economics";
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

/**
 * `hashprice x 1000 / (24 x efficiency) x (1 - poolFee) / (1 + overhead) - adder`: mining pays while
 * the power price is below it.
 */
export function strikeUsdPerMwh(hashprice: UsdPerPhDay, e: JoulesPerTh, terms: SiteTerms): UsdPerMwh {
  const { poolFee, overhead, adder } = terms;
  return ((hashprice * phDaysPerMwh(e) * (1 - poolFee)) / (1 + overhead) - adder) as UsdPerMwh;
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
