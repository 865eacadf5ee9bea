// What machines earn, by the same formulas as the API: pure arithmetic on hashprice.

import type { JoulesPerTh, SatPerMwh, SatPerPhDay, ThPerSecond, UsdPerMwh, UsdPerPhDay, Watts } from "./units";

/** A machine: from the catalogue, or a custom one. */
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

/**
 * PH/s that one MWh powers for a day: 1 MW powers `1000 / e` PH/s at `e` J/TH, and consumes 24 MWh
 * in a day.
 */
export function phDaysPerMwh(e: JoulesPerTh): number {
  return 1_000 / (24 * e);
}

/** `hashprice x 1000 / (24 e)`: also the break-even power price without a pool fee. */
export function usdPerMwh(hashprice: UsdPerPhDay, e: JoulesPerTh): UsdPerMwh {
  return (hashprice * phDaysPerMwh(e)) as UsdPerMwh;
}

/** As `usdPerMwh`, in satoshis. */
export function satPerMwh(hashprice: SatPerPhDay, e: JoulesPerTh): SatPerMwh {
  return (hashprice * phDaysPerMwh(e)) as SatPerMwh;
}

/** MWh that a machine consumes per day. */
export function mwhPerDay(machine: Machine): number {
  return (machine.power * 24) / 1e6;
}
