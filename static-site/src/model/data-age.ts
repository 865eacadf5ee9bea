// Whether the data are of now, of a recording, or old.

import type { State } from "../state";
import { DAY_MS, HOUR_MS, SECOND_MS, type UnixMs } from "./units";

export type DataAge =
  | { readonly kind: "live"; readonly asOf: UnixMs }
  | { readonly kind: "demo"; readonly asOf: UnixMs }
  | {
      readonly kind: "old";
      /** Time of the latest block, or of the BTC price if that is late. */
      readonly asOf: UnixMs;
      readonly isDaysOld: boolean;
      readonly blockAgeMs: number;
      readonly areBlocksOld: boolean;
    };

// As for the strike: an hour without a block is rare, three hours are not credible.
const MAX_BLOCK_AGE_MS = 3 * HOUR_MS;

/** The age of the data at `now`; null before they are loaded. */
export function dataAge(
  { summary, status, refreshedAt }: Pick<State, "summary" | "status" | "refreshedAt">,
  now: UnixMs,
): DataAge | null {
  if (summary === null || status === null || refreshedAt === null) return null;
  const blockTime = Date.parse(summary.block.time) as UnixMs;
  if (status.recorded) return { kind: "demo", asOf: blockTime };
  const blockAgeMs = status.tip.age_seconds * SECOND_MS + Math.max(0, now - refreshedAt);
  const areBlocksOld = MAX_BLOCK_AGE_MS < blockAgeMs;
  const { newest, why } = status.prices;
  if (!status.stale && !areBlocksOld && why === null) return { kind: "live", asOf: blockTime };
  const priceTime = why === null || newest === null ? Infinity : Date.parse(newest);
  const asOf = Math.min(blockTime, priceTime) as UnixMs;
  const isDaysOld = 2 * DAY_MS <= blockAgeMs + blockTime - asOf;
  return { kind: "old", asOf, isDaysOld, blockAgeMs, areBlocksOld };
}
