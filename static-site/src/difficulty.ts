// When difficulty and subsidy change: by height, or estimated from the pace of the blocks so far.

import type { Series } from "./series";
import { SECOND_MS, type Share, type UnixMs } from "./units";

export const RETARGET_BLOCKS = 2_016;
export const HALVING_BLOCKS = 210_000;
const TARGET_TIMESPAN_MS = RETARGET_BLOCKS * 600 * SECOND_MS;
// Bitcoin measures the time from the first of the 2016 blocks to the last: 2015 intervals.
const TIMED_BLOCKS = RETARGET_BLOCKS - 1;
const MAX_CHANGE_FACTOR = 4; // Bitcoin changes difficulty by at most this factor per retarget.

/** Height and header time of a block. */
export type TimedBlock = { readonly height: number; readonly time: UnixMs };

/** The next change of difficulty, if the rest of the 2016 blocks arrive as fast as those so far. */
export type Retarget = { readonly blocksLeft: number; readonly time: UnixMs; readonly change: Share };

/** Height of the first block at the difficulty of the block at `height`. */
export function epochStart(height: number): number {
  return height - (height % RETARGET_BLOCKS);
}

/** Number of blocks from `height` to the next multiple of `every`. */
export function blocksUntil(every: number, height: number): number {
  return every - (height % every);
}

/**
 * Estimates from the first block at this difficulty and the tip. Null if the tip is that first
 * block, or its header time is not later.
 */
export function nextRetarget(first: TimedBlock, tip: TimedBlock): Retarget | null {
  const done = tip.height - first.height;
  const took = tip.time - first.time;
  if (done < 1 || took <= 0) return null;
  const blocksLeft = blocksUntil(RETARGET_BLOCKS, tip.height);
  const factor = Math.min(
    Math.max((TARGET_TIMESPAN_MS * done) / (took * TIMED_BLOCKS), 1 / MAX_CHANGE_FACTOR),
    MAX_CHANGE_FACTOR,
  );
  return { blocksLeft, time: (tip.time + (blocksLeft * took) / done) as UnixMs, change: (factor - 1) as Share };
}

/** A block at which difficulty or subsidy changed. */
export type Mark = { readonly kind: "retarget" | "halving"; readonly height: number; readonly time: UnixMs };

/**
 * The marks within a series, in order. A block belongs to the first point whose height reaches it.
 */
export function marksOf({ time, height, blocks }: Pick<Series, "time" | "height" | "blocks">): readonly Mark[] {
  return time.flatMap((start, at): Mark[] => {
    const last = height[at] ?? 0;
    const first = last - (blocks[at] ?? 1) + 1;
    const within = (every: number) => Math.floor(last / every) * every >= Math.max(first, 1);
    if (within(HALVING_BLOCKS))
      return [{ kind: "halving", height: Math.floor(last / HALVING_BLOCKS) * HALVING_BLOCKS, time: start }];
    if (within(RETARGET_BLOCKS)) return [{ kind: "retarget", height: epochStart(last), time: start }];
    return [];
  });
}
