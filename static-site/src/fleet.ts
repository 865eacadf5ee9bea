// The user's miners together: what they draw, hash and earn, and which stop first.

import { efficiency, type Machine } from "./economics";
import { mwhBoughtPerDay } from "./now";
import { type Costs, strikeUsdPerMwh } from "./strike";
import type { JoulesPerTh, UsdPerDay, UsdPerMwh, UsdPerPhDay } from "./units";
import { countOf, type View } from "./view";

/** Miners of one model. */
export type FleetPart = { readonly machine: Machine; readonly count: number };

/** Null values are unknown while there is no BTC price. */
export type Fleet = {
  readonly miners: number;
  /** Power with the site's overhead. */
  readonly megawatts: number;
  readonly phPerSecond: number;
  /** Of the miners, without the overhead. */
  readonly efficiency: JoulesPerTh;
  /** After the pool fee. */
  readonly revenuePerDay: UsdPerDay | null;
  readonly profitPerDay: UsdPerDay | null;
  /** The power price at which the whole fleet earns nothing. */
  readonly breakEven: UsdPerMwh | null;
  /** In the order in which they stop when power gets dearer. */
  readonly meritOrder: readonly { readonly name: string; readonly strike: UsdPerMwh | null }[];
};

export function fleetParts(machines: readonly Machine[], view: Pick<View, "counts">): readonly FleetPart[] {
  return machines.map((machine) => ({ machine, count: countOf(machine.id, view) }));
}

/** `now` is for what the fleet earns; `next`, the hashprice of the next block, for when it stops. */
export type Hashprices = { readonly now: UsdPerPhDay | null; readonly next: UsdPerPhDay | null };

export function fleetOf(parts: readonly FleetPart[], { now, next }: Hashprices, costs: Costs): Fleet {
  const sum = (value: (machine: Machine) => number) =>
    parts.reduce((total, { machine, count }) => total + count * value(machine), 0);
  const phPerSecond = sum(({ hashrate }) => hashrate) / 1_000;
  const mwhPerDay = sum((machine) => mwhBoughtPerDay(machine, costs));
  const revenueAt = (hashprice: number) => hashprice * phPerSecond * (1 - costs.poolFee);
  const revenuePerDay = now === null ? null : revenueAt(now);
  return {
    miners: sum(() => 1),
    megawatts: mwhPerDay / 24,
    phPerSecond,
    efficiency: (sum(({ power }) => power) / (phPerSecond * 1_000)) as JoulesPerTh,
    revenuePerDay: revenuePerDay as UsdPerDay | null,
    profitPerDay:
      revenuePerDay === null ? null : ((revenuePerDay - mwhPerDay * (costs.power + costs.adder)) as UsdPerDay),
    breakEven: next === null ? null : ((revenueAt(next) / mwhPerDay - costs.adder) as UsdPerMwh),
    meritOrder: parts
      .toSorted((a, b) => efficiency(b.machine) - efficiency(a.machine))
      .map(({ machine }) => ({
        name: machine.name,
        strike: next === null ? null : strikeUsdPerMwh(next, efficiency(machine), costs),
      })),
  };
}
