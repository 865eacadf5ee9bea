// Which instant a written time means: clocks skip an hour in spring and repeat one in autumn.

import { DAY_MS } from "../units";
import type { WrittenTime } from "./written-times";
import type { ZoneClock } from "./zone-clock";

const MAX_INTERVAL_MS = 366 * DAY_MS;

/**
 * The instants that a written time may mean: two in the hour repeated in autumn, none in the hour
 * skipped in spring.
 */
export function instantsOf({ wall, offset }: WrittenTime, clock: ZoneClock): readonly number[] {
  return offset === null ? clock(wall) : [wall - offset];
}

/**
 * Returns a function that checks whether a place had this local time before: then it is the second
 * pass of the hour that autumn repeats.
 */
export function secondPassCheck(): (place: string, wall: number) => boolean {
  const seen = new Set<string>();
  return (place, wall) => {
    const pass = `${wall} ${place}`;
    if (seen.has(pass)) return true;
    seen.add(pass);
    return false;
  };
}

/** Start of an interval: its instant, its local time, and whether that local time occurs twice. */
type IntervalStart = { readonly instant: number; readonly wall: number; readonly repeats: boolean };

/**
 * The end of an interval; null if there is none. In the first pass of the hour repeated in autumn,
 * 02:00 to 03:00 is one hour long, although 03:00 is two hours away.
 */
export function endOf(end: WrittenTime | null, start: IntervalStart, clock: ZoneClock): number | null {
  if (end === null) return null;
  const instants = instantsOf(end, clock);
  const goesByWall = end.offset === null && (start.repeats || instants.length === 0);
  const ends = goesByWall ? [start.instant + end.wall - start.wall, ...instants] : instants;
  const later = ends.filter((instant) => instant > start.instant && instant <= start.instant + MAX_INTERVAL_MS);
  return later.length === 0 ? null : Math.min(...later);
}
