// How the range of time that the chart shows is zoomed and moved: pure functions.

import type { UnixMs } from "../model/units";
import { clampTime, type TimeRange } from "../model/view";

/** Scales a range by `factor` around a time that keeps its position. */
export function zoomed({ from, to }: TimeRange, around: UnixMs, factor: number): TimeRange {
  return {
    from: clampTime(Math.round(around - (around - from) * factor)),
    to: clampTime(Math.round(around + (to - around) * factor)),
  };
}

/**
 * Moves a range by a part of its length, but not beyond the newest block. Null if it would stay where it is.
 */
export function moved({ from, to }: TimeRange, part: number, newest: UnixMs | null): TimeRange | null {
  const length = to - from;
  const end = 0 < part ? Math.min(to + part * length, Math.max(newest ?? Infinity, to)) : to + part * length;
  const range = { from: clampTime(Math.round(end - length)), to: clampTime(Math.round(end)) };
  return range.to === to ? null : range;
}
