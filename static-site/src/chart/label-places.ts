// Where texts in the chart go, so that they are not over lines, nor over one another: pure functions.

import { firstIndex } from "../lib/first-index";
import type { Values } from "./columns";

/** Part of the chart, in its own units: times, and values of the left axis. */
export type Box = { readonly from: number; readonly to: number; readonly low: number; readonly high: number };

/** The first of the boxes that no line crosses; null if each is crossed. */
export function freeBox<Place extends Box>(
  boxes: readonly Place[],
  time: readonly number[],
  lines: readonly Values[],
): Place | null {
  return boxes.find((box) => !lines.some((values) => crosses(box, time, values))) ?? null;
}

/**
 * The box for a line's own name: the first that no line crosses, or else the first that this line does not cross. Null
 * if it crosses all of them, as hourly prices do.
 */
export function nameBox<Place extends Box>(
  boxes: readonly Place[],
  time: readonly number[],
  named: Values,
  others: readonly Values[],
): Place | null {
  return freeBox(boxes, time, [...others, named]) ?? freeBox(boxes, time, [named]);
}

/** Whether a part of the line between two of its points may be in the box. */
function crosses({ from, to, low, high }: Box, time: readonly number[], values: Values): boolean {
  for (let at = indexAfter(time, from); at < time.length; at++) {
    const [before, value] = [values[at - 1] ?? null, values[at] ?? null];
    const [a, b] = [before ?? value, value ?? before];
    if (a !== null && b !== null && Math.min(a, b) <= high && low <= Math.max(a, b)) return true;
    if (to < (time[at] ?? Infinity)) return false;
  }
  return false;
}

/** Index of the first time after this one. */
export function indexAfter(time: readonly number[], from: number): number {
  return firstIndex(time.length, (at) => from < (time[at] ?? Infinity));
}

/** A text of this width beside the vertical line at `x`. */
export type Flag = { readonly x: number; readonly width: number };

/**
 * The left edge and the row of each text: right of its line, or left of it at the right edge; in the first row
 * with room. Null where no row has room.
 */
export function placeFlags(
  flags: readonly Flag[],
  right: number,
  gap: number,
  rows: number,
): readonly ({ readonly left: number; readonly row: number } | null)[] {
  const ends: number[] = Array(rows).fill(-Infinity);
  return flags.map(({ x, width }) => {
    const left = x + gap + width <= right ? x + gap : x - gap - width;
    const row = ends.findIndex((end) => end + gap <= left);
    if (row === -1) return null;
    ends[row] = left + width;
    return { left, row };
  });
}
