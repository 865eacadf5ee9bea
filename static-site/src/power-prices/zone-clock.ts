// Local time of a time zone, with daylight saving time.

import { DAY_MS, MINUTE_MS } from "../model/units";
import { fixedOffset } from "./zone-names";

export type ZoneClock = {
  /**
   * The instants at which the local time is `wall`: one, none if spring skips it, two if autumn
   * repeats it.
   */
  readonly instants: (wall: number) => readonly number[];
  /**
   * How far local time is ahead of UTC on the day of `wall`; null if clocks change within a day or
   * two of it.
   */
  readonly offset: (wall: number) => number | null;
  /** The local time at an instant. */
  readonly wall: (instant: number) => number;
};

/**
 * Offsets are looked up once per day of the file, because a look-up takes as long as reading
 * several rows.
 */
export function zoneClock(timeZone: string): ZoneClock {
  const fixed = fixedOffset(timeZone);
  if (fixed !== null) {
    return { instants: (wall) => [wall - fixed], offset: () => fixed, wall: (instant) => instant + fixed };
  }
  const offsetAt = offsetsOf(timeZone);
  const ofDays = new Map<number, number>();
  const ofDay = (day: number): number => {
    const offset = ofDays.get(day) ?? offsetAt(day * DAY_MS);
    ofDays.set(day, offset);
    return offset;
  };
  const plain = new Map<number, number | null>();
  const offset = (wall: number): number | null => {
    const day = Math.floor(wall / DAY_MS);
    let found = plain.get(day);
    if (found === undefined) {
      found = ofDay(day - 1) === ofDay(day + 2) ? ofDay(day - 1) : null;
      plain.set(day, found);
    }
    return found;
  };
  const instants = (wall: number): readonly number[] => {
    const known = offset(wall);
    if (known !== null) return [wall - known];
    const day = Math.floor(wall / DAY_MS);
    return [wall - ofDay(day - 1), wall - ofDay(day + 2)]
      .filter((instant) => instant + offsetAt(instant) === wall)
      .sort((a, b) => a - b);
  };
  const wall = (instant: number): number => {
    const day = Math.floor(instant / DAY_MS);
    return instant + (ofDay(day) === ofDay(day + 1) ? ofDay(day) : offsetAt(instant));
  };
  return { instants, offset, wall };
}

/** Milliseconds that the local time is ahead of UTC at an instant. */
function offsetsOf(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  return (instant) => {
    const parts = new Map(format.formatToParts(instant).map((part) => [part.type, Number(part.value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const reading = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"));
    return reading - Math.floor(instant / MINUTE_MS) * MINUTE_MS;
  };
}
