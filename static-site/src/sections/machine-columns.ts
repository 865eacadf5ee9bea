// The columns of the machine table, in the order in which they are asked for.

import { type Column, columnsCsv } from "../lib/columns";
import { cents, month, orDash, signedCents, tenths, whole } from "../lib/format";
import type { SiteTerms } from "../model/strike";
import type { MachineColumn } from "../model/view";
import { MINER_HEADERS as HEADERS, SPECS } from "../words/tables";
import type { MachineRow } from "./machine-rows";

export type MachineTableColumn = Column<MachineRow> & {
  /** The field that the header's button sorts by. */
  readonly sort?: MachineColumn;
  /** What is gained or lost: its sign has a colour. */
  readonly left?: (row: MachineRow) => number | null;
};

/** A column of numbers that can be sorted by. */
function numbers(
  sort: Exclude<MachineColumn, "name" | "released">,
  unit: string,
  csv: string,
  text: (value: number) => string,
): MachineTableColumn {
  const value = (row: MachineRow) => row[sort];
  const shown = { id: sort, sort, header: HEADERS[sort], unit, cell: (row: MachineRow) => orDash(row[sort], text) };
  return { ...shown, csv: [csv, value], ...(text === signedCents ? { left: value } : {}) };
}

const ALL: readonly MachineTableColumn[] = [
  { id: "name", sort: "name", header: HEADERS.name, own: "header", csv: ["machine", ({ name }) => name] },
  { id: "vendor", header: "", csv: ["vendor", ({ vendor }) => vendor] },
  { id: "cooling", header: "", csv: ["cooling", ({ cooling }) => cooling] },
  { id: "hashrate", header: "", csv: ["hashrate_th_per_s", ({ hashrate }) => hashrate] },
  { id: "power", header: "", csv: ["power_w", ({ power }) => power] },
  numbers("profit", "USD/day", "machine_profit_usd_per_day", signedCents),
  numbers("margin", "USD/MWh", "margin_usd_per_mwh", signedCents),
  numbers("usd", "USD/MWh", "revenue_usd_per_mwh", cents),
  numbers("efficiency", "J/TH", "efficiency_j_per_th", tenths),
  numbers("machine", "USD/day", "machine_revenue_usd_per_day", cents),
  numbers("mwprofit", "USD/day", "mw_profit_usd_per_day", signedCents),
  numbers("mw", "USD/day", "mw_revenue_usd_per_day", cents),
  numbers("breakeven", "USD/MWh", "break_even_usd_per_mwh", cents),
  numbers("sat", "sat/MWh", "revenue_sat_per_mwh", whole),
  {
    id: "released",
    sort: "released",
    header: HEADERS.released,
    cell: ({ released }) => orDash(released, month),
    csv: ["released", ({ released }) => released],
  },
  { id: "source", header: SPECS, own: "button", isWords: true, csv: ["source", ({ source }) => source] },
];

/** The columns to show: without fee, overhead and adder, break-even is the same as revenue. */
export function machineColumns({ poolFee, overhead, adder }: SiteTerms): readonly MachineTableColumn[] {
  return poolFee === 0 && overhead === 0 && adder === 0 ? ALL.filter(({ id }) => id !== "breakeven") : ALL;
}

/** The rows as CSV, with all columns. */
export function machinesCsv(rows: readonly MachineRow[]): string {
  return columnsCsv(ALL, rows);
}
