// Local time of a time zone, with daylight saving time.

import { DAY_MS, MINUTE_MS } from "../units";

/**
 * The instants at which the local time is `wall`: one, none if spring skips it, two if autumn
 * repeats it.
 */
export type ZoneClock = (wall: number) => readonly number[];

/**
 * Offsets are looked up once per day of the file, because a look-up takes as long as reading
 * several rows.
 */
export function zoneClock(timeZone: string): ZoneClock {
  if (timeZone === "UTC") return (wall) => [wall];
  const offsetAt = offsetsOf(timeZone);
  const ofDays = new Map<number, number>();
  const ofDay = (day: number): number => {
    const offset = ofDays.get(day) ?? offsetAt(day * DAY_MS);
    ofDays.set(day, offset);
    return offset;
  };
  return (wall) => {
    const day = Math.floor(wall / DAY_MS);
    const before = ofDay(day - 1);
    const after = ofDay(day + 2);
    if (before === after) return [wall - before];
    return [wall - before, wall - after]
      .filter((instant) => instant + offsetAt(instant) === wall)
      .sort((a, b) => a - b);
  };
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
