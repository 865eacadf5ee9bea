// The unit in which the user types and reads power prices; the page computes in USD/MWh.

import { cents, tenThousandths } from "../lib/format";
import type { UsdPerMwh } from "./units";
import type { View } from "./view";

type PowerUnit = View["powerUnit"];

const UNITS = {
  mwh: { label: "USD/MWh", usdPerMwh: 1, format: cents },
  kwh: { label: "USD/kWh", usdPerMwh: 1_000, format: tenThousandths },
  ct: { label: "ct/kWh", usdPerMwh: 10, format: cents },
} as const satisfies Record<PowerUnit, object>;

export function unitLabel(unit: PowerUnit): string {
  return UNITS[unit].label;
}

/** USD/MWh in a unit, without the digits that the division added. */
export function toUnit(usdPerMwh: number, unit: PowerUnit): number {
  return Number((usdPerMwh / UNITS[unit].usdPerMwh).toPrecision(12));
}

export function fromUnit(value: number, unit: PowerUnit): UsdPerMwh {
  return Number((value * UNITS[unit].usdPerMwh).toPrecision(12)) as UsdPerMwh;
}

/** A power price in USD/MWh as text in a unit, without the unit's name. */
export function powerPrice(usdPerMwh: number, unit: PowerUnit): string {
  return UNITS[unit].format(usdPerMwh / UNITS[unit].usdPerMwh);
}

// Contracts are from 1 to 1,000 USD/MWh; what is outside was probably typed in another unit.
const [LEAST_USUAL, MOST_USUAL, TYPICAL] = [1, 1_000, 60];

/**
 * The unit that was probably meant, if a price is not usual in the unit that is chosen: 0.05 is
 * USD/kWh. Null if the price is usual, nothing, or negative.
 */
export function probableUnit(value: number, unit: PowerUnit): PowerUnit | null {
  const usd = fromUnit(value, unit);
  if (usd <= 0 || (LEAST_USUAL <= usd && usd <= MOST_USUAL)) return null;
  const awayFromTypical = (other: PowerUnit) => Math.abs(Math.log(fromUnit(value, other) / TYPICAL));
  const [nearest] = (Object.keys(UNITS) as PowerUnit[])
    .filter((other) => other !== unit)
    .toSorted((a, b) => awayFromTypical(a) - awayFromTypical(b));
  return nearest !== undefined && awayFromTypical(nearest) < awayFromTypical(unit) ? nearest : null;
}
