// Where difficulty and subsidy changed.

import type { Series } from "./series";
import type { UnixMs } from "./units";

const RETARGET_BLOCKS = 2_016;
const HALVING_BLOCKS = 210_000;

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
    if (within(RETARGET_BLOCKS))
      return [{ kind: "retarget", height: Math.floor(last / RETARGET_BLOCKS) * RETARGET_BLOCKS, time: start }];
    return [];
  });
}
