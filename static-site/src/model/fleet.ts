// The user's miners together: what they draw, hash and earn, and which stop first.

import { efficiency, type Machine } from "./economics";
import { mwhBoughtPerDay } from "./now";
import { type Costs, strikeUsdPerMwh } from "./strike";
import type { JoulesPerTh, UsdPerDay, UsdPerMwh, UsdPerPhDay } from "./units";
import { countOf, type View } from "./view";

/** Miners of one model. */
export type FleetPart = { readonly machine: Machine; readonly count: number };

/** A model with the power price above which it stops, and whether it is off at the current power price. */
type Ranked = { readonly name: string; readonly strike: UsdPerMwh | null; readonly isOff: boolean };

/** Null values are unknown while there is no BTC price. */
export type Fleet = {
  readonly miners: number;
  /** Power with the site's overhead. */
  readonly megawatts: number;
  readonly phPerSecond: number;
  /** Of the miners, without the overhead; null if there are none. */
  readonly efficiency: JoulesPerTh | null;
  /** After the pool fee. */
  readonly revenuePerDay: UsdPerDay | null;
  readonly profitPerDay: UsdPerDay | null;
  /** The power price at which the whole fleet earns nothing. */
  readonly breakEven: UsdPerMwh | null;
  /** In the order in which they stop when power gets dearer. */
  readonly meritOrder: readonly Ranked[];
  /** `profitPerDay` of the miners that are not off; null if none is off, or if that is unknown. */
  readonly profitWithoutOff: UsdPerDay | null;
};

export function fleetParts(machines: readonly Machine[], view: Pick<View, "counts">): readonly FleetPart[] {
  return machines.map((machine) => ({ machine, count: countOf(machine.id, view) }));
}

/** Of the latest block, for what the fleet earns now, and of the next block, for when it stops. */
export type Hashprices = { readonly now: UsdPerPhDay | null; readonly next: UsdPerPhDay | null };

export function fleetOf(all: readonly FleetPart[], { now, next }: Hashprices, costs: Costs): Fleet {
  const parts = all.filter(({ count }) => 0 < count);
  // Miners stop by the hashprice of the next block. Both profits are at that of the latest one.
  const strikeOf = (machine: Machine) => (next === null ? null : strikeUsdPerMwh(next, efficiency(machine), costs));
  const isOff = ({ machine }: FleetPart) => (strikeOf(machine) ?? Infinity) < costs.power;
  const [mining, onlyOn] = [totalsOf(parts, costs), parts.filter((part) => !isOff(part))];
  return {
    miners: mining.miners,
    megawatts: mining.mwhPerDay / 24,
    phPerSecond: mining.phPerSecond,
    efficiency: mining.miners === 0 ? null : ((mining.watts / (mining.phPerSecond * 1_000)) as JoulesPerTh),
    revenuePerDay: now === null ? null : revenueAt(now, mining, costs),
    profitPerDay: now === null ? null : profitAt(now, mining, costs),
    breakEven:
      next === null || mining.miners === 0
        ? null
        : ((revenueAt(next, mining, costs) / mining.mwhPerDay - costs.adder) as UsdPerMwh),
    meritOrder: parts
      .toSorted((a, b) => efficiency(b.machine) - efficiency(a.machine))
      .map((part) => ({ name: part.machine.name, strike: strikeOf(part.machine), isOff: isOff(part) })),
    profitWithoutOff:
      now === null || onlyOn.length === parts.length ? null : profitAt(now, totalsOf(onlyOn, costs), costs),
  };
}

function totalsOf(parts: readonly FleetPart[], costs: Costs) {
  const sum = (value: (machine: Machine) => number) =>
    parts.reduce((total, { machine, count }) => total + count * value(machine), 0);
  return {
    miners: sum(() => 1),
    watts: sum(({ power }) => power),
    phPerSecond: sum(({ hashrate }) => hashrate) / 1_000,
    mwhPerDay: sum((machine) => mwhBoughtPerDay(machine, costs)),
  };
}

type Totals = ReturnType<typeof totalsOf>;

function revenueAt(hashprice: UsdPerPhDay, { phPerSecond }: Totals, { poolFee }: Costs): UsdPerDay {
  return (hashprice * phPerSecond * (1 - poolFee)) as UsdPerDay;
}

function profitAt(hashprice: UsdPerPhDay, totals: Totals, costs: Costs): UsdPerDay {
  return (revenueAt(hashprice, totals, costs) - totals.mwhPerDay * (costs.power + costs.adder)) as UsdPerDay;
}
