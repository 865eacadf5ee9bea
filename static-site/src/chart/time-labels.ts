// Labels of the chart's time axis.

import { isolated } from "../lib/format";
import { DAY_MS, type UnixMs } from "../model/units";

/**
 * A label for each tick; ticks are `step` milliseconds apart. First line: the tick's time, day or
 * year. Second line, only where it changes: the day of a time, or the year of a day.
 */
export function timeLabels(ticks: readonly UnixMs[], step: number, timeZone: "UTC" | undefined): readonly string[] {
  const zone = timeZone === undefined ? {} : ({ timeZone, hourCycle: "h23" } as const);
  const format = (options: Intl.DateTimeFormatOptions) => {
    const { format } = new Intl.DateTimeFormat(undefined, { numberingSystem: "latn", ...options, ...zone });
    return (time: UnixMs) => isolated(format(time));
  };
  const year = format({ year: "numeric" });
  const [fine, coarse] =
    step < DAY_MS
      ? [format({ hour: "2-digit", minute: "2-digit" }), format({ day: "numeric", month: "short" })]
      : step < 300 * DAY_MS
        ? [format({ day: "numeric", month: "short" }), year]
        : [year, null];
  let before = "";
  return ticks.map((tick) => {
    const context = coarse?.(tick) ?? "";
    const label = context === before ? fine(tick) : `${fine(tick)}\n${context}`;
    before = context;
    return label;
  });
}
