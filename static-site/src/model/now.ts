// What miners earn now: with the mean fees of 144 blocks, because one block's fees are luck.

import type { StrikeJson, SummaryJson } from "./api-types";
import { efficiency, type Machine, satPerMwh, usdPerMwh } from "./economics";
import { type Costs, margin, netShare, type SiteTerms, startBelow, stopAbove, strikeUsdPerMwh } from "./strike";
import type { SatPerMwh, SatPerPhDay, Share, UsdPerDay, UsdPerMwh, UsdPerPhDay } from "./units";
import type { View } from "./view";

/** Hashprice at a block; null if unknown. */
export type Hashprice = { readonly usd: UsdPerPhDay | null; readonly sat: SatPerPhDay | null };

/** Hashprice with the mean fees of 144 blocks; that of the latest block if fewer are known. */
export function steadyHashprice(summary: SummaryJson | null): Hashprice {
  if (summary === null) return { usd: null, sat: null };
  if ((summary.sat_per_ph_day_144 ?? null) === null) return latestHashprice(summary);
  return {
    usd: summary.usd_per_ph_day_144 as UsdPerPhDay | null,
    sat: summary.sat_per_ph_day_144 as SatPerPhDay,
  };
}

/**
 * Hashprice of the next block, for strikes: its difficulty or subsidy may be new. Until it is loaded, the current
 * hashprice.
 */
export function nextHashprice(
  strike: Pick<StrikeJson, "usd_per_ph_day_144"> | null,
  summary: SummaryJson | null,
): UsdPerPhDay | null {
  return (strike?.usd_per_ph_day_144 ?? steadyHashprice(summary).usd) as UsdPerPhDay | null;
}

/** A hashprice, in USD or in satoshis, after the change that the user supposes. */
export function supposed<Price extends number>(
  hashprice: Price | null,
  { hashpriceChange }: Pick<View, "hashpriceChange">,
): Price | null {
  return hashprice === null ? null : ((hashprice * (1 + hashpriceChange)) as Price);
}

export function latestHashprice(summary: SummaryJson): Hashprice {
  return { usd: summary.usd_per_ph_day as UsdPerPhDay | null, sat: summary.sat_per_ph_day as SatPerPhDay };
}

/** Fees as a share of the block reward over 144 blocks; null if fewer are known. */
export function steadyFeeShare({ block, fees_sat_144 }: SummaryJson): Share | null {
  const fees = fees_sat_144 ?? null;
  return fees === null || block.subsidy_sat + fees === 0 ? null : ((fees / (block.subsidy_sat + fees)) as Share);
}

/** The API's band: miners do not switch within this part of the strike. */
export const BAND = 0.02 as Share;

/** What one miner earns in USD. Each MWh is one that the site buys, after pool fee and overhead. */
export type Earnings = {
  readonly revenue: UsdPerMwh;
  readonly margin: UsdPerMwh;
  /** Of one miner, after the pool fee. */
  readonly revenuePerDay: UsdPerDay;
  readonly profitPerDay: UsdPerDay;
};

export function earnings(machine: Machine, hashprice: UsdPerPhDay, costs: Costs): Earnings {
  const usd = usdPerMwh(hashprice, efficiency(machine));
  const left = margin(usd, costs);
  const revenue = (usd * netShare(costs)) as UsdPerMwh;
  const boughtPerDay = mwhBoughtPerDay(machine, costs);
  return {
    revenue,
    margin: left,
    revenuePerDay: (revenue * boughtPerDay) as UsdPerDay,
    profitPerDay: (left * boughtPerDay) as UsdPerDay,
  };
}

/** Power prices: miners start below the one, and stop above the other. */
export function strikeBand(machine: Machine, next: UsdPerPhDay, terms: SiteTerms) {
  const strike = strikeUsdPerMwh(next, efficiency(machine), terms);
  return { startBelow: startBelow(strike, BAND), stopAbove: stopAbove(strike, BAND) };
}

/** Revenue in satoshis of a MWh that the site buys, after pool fee and overhead. */
export function satEarned(machine: Machine, hashprice: SatPerPhDay, costs: Costs): SatPerMwh {
  return (satPerMwh(hashprice, efficiency(machine)) * netShare(costs)) as SatPerMwh;
}

/** MWh that a site buys for one machine per day. */
export function mwhBoughtPerDay({ power }: Machine, { overhead }: Pick<Costs, "overhead">): number {
  return (power * (1 + overhead) * 24) / 1e6;
}
