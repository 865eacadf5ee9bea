// The rows of the block table: what each block paid, and what the leading machine earned.

import type { BlockJson } from "../model/api-types";
import { efficiency, type Machine, satPerMwh, usdPerMwh } from "../model/economics";
import type { SatPerMwh, SatPerPhDay, Share, UnixMs, UsdPerBtc, UsdPerMwh, UsdPerPhDay } from "../model/units";

export type BlockRow = {
  readonly height: number;
  readonly hash: string;
  /** The header time. */
  readonly time: UnixMs;
  readonly transactions: number;
  readonly rewardSat: number;
  readonly feesSat: number;
  /** Null if the block's reward is 0. */
  readonly feeShare: Share | null;
  /**
   * Revenue of the leading machine; null if there is no such machine, and in USD also if there is
   * no price.
   */
  readonly usd: UsdPerMwh | null;
  readonly sat: SatPerMwh | null;
  readonly price: BlockPrice | null;
};

export type BlockPrice = {
  readonly usd: UsdPerBtc;
  readonly time: UnixMs | null;
  readonly source: string | null;
  /** Whether a price nearer in time may still replace it. */
  readonly provisional: boolean;
};

/** A row for each block, highest first. */
export function blockRows(blocks: readonly BlockJson[], lead: Machine | null): readonly BlockRow[] {
  return blocks
    .toSorted((a, b) => b.height - a.height)
    .map((block) => {
      const rewardSat = block.subsidy_sat + block.fees_sat;
      return {
        height: block.height,
        hash: block.hash,
        time: Date.parse(block.time) as UnixMs,
        transactions: block.tx_count,
        rewardSat,
        feesSat: block.fees_sat,
        feeShare: rewardSat === 0 ? null : ((block.fees_sat / rewardSat) as Share),
        usd:
          lead === null || block.usd_per_ph_day === null
            ? null
            : usdPerMwh(block.usd_per_ph_day as UsdPerPhDay, efficiency(lead)),
        sat: lead === null ? null : satPerMwh(block.sat_per_ph_day as SatPerPhDay, efficiency(lead)),
        price: priceOf(block),
      };
    });
}

function priceOf(block: BlockJson): BlockPrice | null {
  if (block.price_usd === null) return null;
  return {
    usd: block.price_usd as UsdPerBtc,
    time: block.price_time === null ? null : (Date.parse(block.price_time) as UnixMs),
    source: block.price_source,
    provisional: !block.price_final,
  };
}
