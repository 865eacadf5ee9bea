import { expect, test } from "vitest";

import { zoneClock } from "../power-prices/zone-clock";
import { monthsOf } from "./zone-months";

test.each([
  // Berlin is two hours ahead of UTC in summer, and one in winter.
  ["Europe/Berlin", "2025-08-31T21:59", "2025-08", "2025-08-31T22:00"],
  ["Europe/Berlin", "2025-08-31T22:00", "2025-09", "2025-09-30T22:00"],
  ["Europe/Berlin", "2025-10-15T00:00", "2025-10", "2025-10-31T23:00"],
  ["UTC-05:00", "2025-09-01T04:59", "2025-08", "2025-09-01T05:00"],
  // On 1 October 2017, clocks in Asuncion went from 00:00 (UTC-4) to 01:00.
  ["America/Asuncion", "2017-09-30T12:00", "2017-09", "2017-10-01T04:00"],
  ["America/Asuncion", "2017-10-01T04:00", "2017-10", "2017-11-01T03:00"],
])("in %s, %s is in %s until %s", (zone, instant, month, end) => {
  const found = monthsOf(zoneClock(zone))(Date.parse(`${instant}Z`));

  expect(found).toEqual({ month, end: Date.parse(`${end}Z`) });
});
