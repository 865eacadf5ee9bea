// What machines earn, as the API computes it: pure arithmetic on hashprice.

import type { JoulesPerTh, SatPerMwh, SatPerPhDay, Share, ThPerSecond, UsdPerMwh, UsdPerPhDay, Watts } from "./units";

/** A machine: one of the catalogue, or the reader's own. */
export type Machine = {
  /** Identifier in the catalogue, or `custom:<TH/s>:<W>`. */
  readonly id: string;
  readonly name: string;
  readonly hashrate: ThPerSecond;
  readonly power: Watts;
};

/** `power / hash rate`: a watt per TH/s is a joule per terahash. */
export function efficiency(machine: Machine): JoulesPerTh {
  return (machine.power / machine.hashrate) as JoulesPerTh;
}

/** How many machines draw 1 MW, and so consume 1 MWh in an hour. */
export function machinesPerMw(machine: Machine): number {
  return 1e6 / machine.power;
}

/** How many PH/s a MWh drives for a day: it is 1/24 of what 1 MW consumes in a day, and 1 MW drives `1000 / e` PH/s at `e` J/TH. */
export function phDaysPerMwh(e: JoulesPerTh): number {
  return 1_000 / (24 * e);
}

/** `hashprice x 1000 / (24 e)`: also the power price at which mining breaks even, where the pool takes nothing. */
export function usdPerMwh(hashprice: UsdPerPhDay, e: JoulesPerTh): UsdPerMwh {
  return (hashprice * phDaysPerMwh(e)) as UsdPerMwh;
}

/** As `usdPerMwh`, in satoshis. */
export function satPerMwh(hashprice: SatPerPhDay, e: JoulesPerTh): SatPerMwh {
  return (hashprice * phDaysPerMwh(e)) as SatPerMwh;
}

/** What the miner pays for: power, and the pool's part of the revenue. */
export type Costs = { readonly power: UsdPerMwh; readonly poolFee: Share };

/** What is left of the revenue of a MWh when the pool has taken its part: also the power price at which that is all spent. */
export function afterPool<Revenue extends UsdPerMwh | SatPerMwh>(revenue: Revenue, poolFee: Share): Revenue {
  return (revenue * (1 - poolFee)) as Revenue;
}

/** What is left of a MWh when pool and power are paid. */
export function margin(revenue: UsdPerMwh, costs: Costs): UsdPerMwh {
  return (afterPool(revenue, costs.poolFee) - costs.power) as UsdPerMwh;
}

/** The machines that use less than so many J/TH earn more than their costs; null where power costs nothing, and all do. */
export function breakEvenEfficiency(hashprice: UsdPerPhDay, { power, poolFee }: Costs): JoulesPerTh | null {
  return power <= 0 ? null : (((hashprice * (1 - poolFee) * 1_000) / (24 * power)) as JoulesPerTh);
}

/** MWh that a machine consumes in a day. */
export function mwhPerDay(machine: Machine): number {
  return (machine.power * 24) / 1e6;
}
