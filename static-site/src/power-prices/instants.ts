// Which instant a written time means, where clocks skip an hour in spring and repeat one in autumn.

import { DAY_MS } from "../units";
import type { WrittenTime } from "./written-times";
import type { ZoneClock } from "./zone-clock";

const MAX_INTERVAL_MS = 366 * DAY_MS;

/** The instants that a written time may mean: two in the hour that autumn repeats, none in the one that spring skips. */
export function instantsOf({ wall, offset }: WrittenTime, clock: ZoneClock): readonly number[] {
  return offset === null ? clock(wall) : [wall - offset];
}

/** Says whether a place had this reading of the clock before: then it is the hour's second pass in autumn. */
export function secondPassCheck(): (place: string, wall: number) => boolean {
  const seen = new Set<string>();
  return (place, wall) => {
    const pass = `${wall} ${place}`;
    if (seen.has(pass)) return true;
    seen.add(pass);
    return false;
  };
}

/** Where an interval starts: its instant, the clock's reading, and whether the clocks read so twice. */
type IntervalStart = { readonly instant: number; readonly wall: number; readonly repeats: boolean };

/** Null where there is no end. In the first pass of autumn's hour, 02:00 to 03:00 is one hour, though three is two hours away. */
export function endOf(end: WrittenTime | null, start: IntervalStart, clock: ZoneClock): number | null {
  if (end === null) return null;
  const instants = instantsOf(end, clock);
  const goesByWall = end.offset === null && (start.repeats || instants.length === 0);
  const ends = goesByWall ? [start.instant + end.wall - start.wall, ...instants] : instants;
  const later = ends.filter((instant) => instant > start.instant && instant <= start.instant + MAX_INTERVAL_MS);
  return later.length === 0 ? null : Math.min(...later);
}
