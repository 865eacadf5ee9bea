// The rows of the machine table: what each machine earns at a hashprice.

import type { CatalogueMachine } from "../model/catalogue";
import { efficiency, type Machine, mwhPerDay, satPerMwh, usdPerMwh } from "../model/economics";
import type { Hashprice } from "../model/now";
import { breakEvenPower, type Costs, margin } from "../model/strike";
import type { JoulesPerTh, SatPerMwh, ThPerSecond, UnixMs, UsdPerDay, UsdPerMwh, Watts } from "../model/units";
import { customMachine, type MachineColumn, type View } from "../model/view";

/** A machine and what it earns. Columns that sort have the same names as in the view. */
export type MachineRow = {
  readonly id: string;
  readonly hashrate: ThPerSecond;
  readonly power: Watts;
  /** Null for a custom machine, as are `cooling`, `released` and `source`. */
  readonly vendor: string | null;
  readonly cooling: string | null;
  readonly source: string | null;
  readonly name: string;
  readonly released: string | null;
  readonly efficiency: JoulesPerTh;
  /** Revenue of a MWh, before the pool fee. */
  readonly usd: UsdPerMwh | null;
  readonly sat: SatPerMwh | null;
  /** Break-even power price, after all that the site adds. */
  readonly breakeven: UsdPerMwh | null;
  /** Margin of a MWh that the site buys. */
  readonly margin: UsdPerMwh | null;
  /** Revenue of one machine, and of 1 MW of machines, before the pool fee. */
  readonly machine: UsdPerDay | null;
  readonly mw: UsdPerDay | null;
  /** The same after all costs; 1 MW with the overhead. */
  readonly profit: UsdPerDay | null;
  readonly mwprofit: UsdPerDay | null;
};

/** A row for each custom machine, and for each machine of the catalogue. */
export function machineRows(
  catalogue: readonly CatalogueMachine[],
  custom: readonly Machine[],
  hashprice: Hashprice,
  costs: Costs,
): readonly MachineRow[] {
  const unknown = { vendor: null, cooling: null, released: null, source: null };
  return [...custom.map((machine) => ({ ...machine, ...unknown })), ...catalogue].map((machine) => {
    const joulesPerTh = efficiency(machine);
    const usd = hashprice.usd === null ? null : usdPerMwh(hashprice.usd, joulesPerTh);
    const left = usd === null ? null : margin(usd, costs);
    return {
      ...machine,
      efficiency: joulesPerTh,
      usd,
      sat: hashprice.sat === null ? null : satPerMwh(hashprice.sat, joulesPerTh),
      breakeven: usd === null ? null : breakEvenPower(usd, costs),
      margin: left,
      machine: perDay(usd, mwhPerDay(machine)),
      mw: perDay(usd, MWH_PER_MW_DAY),
      profit: perDay(left, mwhPerDay(machine) * (1 + costs.overhead)),
      mwprofit: perDay(left, MWH_PER_MW_DAY),
    };
  });
}

/** The rows in which name, vendor and cooling together contain every word of `find`. */
export function filterRows(rows: readonly MachineRow[], find: string): readonly MachineRow[] {
  const words = find.toLowerCase().split(/\s+/);
  return rows.filter(({ name, vendor, cooling }) => {
    const text = `${name} ${vendor ?? ""} ${cooling ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Whether a machine was released after this time; a month counts as released from its start. */
export function isUnreleased({ released }: Pick<MachineRow, "released">, now: UnixMs): boolean {
  return released !== null && now < Date.parse(released.slice(0, 7));
}

/** How many rows have a profit; null while none is known. */
export function countProfitable(rows: readonly Pick<MachineRow, "margin">[]): number | null {
  const known = rows.filter(({ margin }) => margin !== null);
  return known.length === 0 ? null : known.filter(({ margin }) => 0 < (margin ?? 0)).length;
}

/** Sorts ascending, or descending if `sort` has a minus. Unknown values are last in both. */
export function sortRows(rows: readonly MachineRow[], sort: View["sort"]): readonly MachineRow[] {
  const column = sortColumn(sort);
  const sign = sort === column ? 1 : -1;
  return rows.toSorted((a, b) => compareValues(a[column], b[column], sign) || NAMES.compare(a.name, b.name));
}

export function sortColumn(sort: View["sort"]): MachineColumn {
  return sort.replace(/^-/, "") as MachineColumn;
}

/**
 * The sort order after a click on a column's header: best or newest first, or the reverse if it was
 * so already.
 */
export function nextSort(column: MachineColumn, sort: View["sort"]): View["sort"] {
  const first: View["sort"] = ASCENDING_FIRST.has(column) ? column : `-${column}`;
  if (sort !== first) return first;
  return first === column ? `-${column}` : column;
}

/** The identifier of a custom machine; null if the API would refuse it. */
export function customMachineId(hashrate: number, power: number): string | null {
  // The API accepts at most six decimals.
  const digits = (value: number) => String(Number(value.toFixed(6)));
  const id = `custom:${digits(hashrate)}:${digits(power)}`;
  return customMachine(id) === null ? null : id;
}

const MWH_PER_MW_DAY = 24;
const ASCENDING_FIRST: ReadonlySet<MachineColumn> = new Set(["name", "efficiency"]);
const NAMES = new Intl.Collator(undefined, { numeric: true });

function perDay(usd: UsdPerMwh | null, mwh: number): UsdPerDay | null {
  return usd === null ? null : ((usd * mwh) as UsdPerDay);
}

function compareValues(a: string | number | null, b: string | number | null, sign: 1 | -1): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return sign * (typeof a === "number" ? a - Number(b) : NAMES.compare(a, String(b)));
}
