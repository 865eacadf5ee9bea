// Months by the clock of a time zone.

import { type MonthAt, utcMonth } from "../model/backtest-timeline";
import { HOUR_MS } from "../model/units";
import type { ZoneClock } from "../power-prices/zone-clock";

export function monthsOf({ wall, instants }: ZoneClock): MonthAt {
  return (instant) => {
    const { month, end } = utcMonth(wall(instant));
    // Where the clocks skip midnight, the month begins later.
    let first = end;
    while (instants(first).length === 0) first += HOUR_MS;
    return { month, end: instants(first)[0] as number };
  };
}
