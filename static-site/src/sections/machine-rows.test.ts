import { expect, test } from "vitest";
import type { CatalogueMachine } from "../model/catalogue";
import type { Machine } from "../model/economics";
import type { Hashprice } from "../model/now";
import type { SatPerPhDay, Share, ThPerSecond, UnixMs, UsdPerMwh, UsdPerPhDay, Watts } from "../model/units";
import { customMachine } from "../model/view";
import { machineColumns, machinesCsv } from "./machine-columns";
import {
  countProfitable,
  customMachineId,
  filterRows,
  isUnreleased,
  machineRows,
  nextSort,
  sortRows,
} from "./machine-rows";

const machine = (
  name: string,
  hashrate: number,
  power: number,
  more: Partial<CatalogueMachine> = {},
): CatalogueMachine => ({
  id: name.toLowerCase().replaceAll(" ", "-"),
  name,
  hashrate: hashrate as ThPerSecond,
  power: power as Watts,
  vendor: "Bitmain",
  cooling: "air",
  released: "2024-01-01",
  source: "a test",
  ...more,
});
const S9 = machine("Antminer S9", 14, 1_400, { released: "2017-06-01" }); // 100 J/TH
const S21 = machine("Antminer S21", 200, 4_000, { released: null }); // 20 J/TH
// 12.5 J/TH
const M70 = machine("Whatsminer M70", 400, 5_000, { vendor: "MicroBT", cooling: "hydro", released: "2025-12-01" });
const HASHPRICE: Hashprice = { usd: 48 as UsdPerPhDay, sat: 48_000 as SatPerPhDay };
const COSTS = { power: 50 as UsdPerMwh, poolFee: 0.02 as Share, overhead: 0 as Share, adder: 0 as UsdPerMwh };
const rowsOf = (...machines: CatalogueMachine[]) => machineRows(machines, [], HASHPRICE, COSTS);
const names = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name);

test("a row has revenue before the pool's fee, and profit after fee and power", () => {
  const [row] = rowsOf(S21);

  expect(row?.efficiency).toBe(20); // 4000 W / 200 TH/s
  expect(row?.usd).toBeCloseTo(100, 9); // 48 x 1000 / (24 x 20)
  expect(row?.sat).toBeCloseTo(100_000, 6); // 48 000 x 1000 / (24 x 20)
  expect(row?.breakeven).toBeCloseTo(98, 9); // 2 % less
  expect(row?.margin).toBeCloseTo(48, 9); // 98 - 50
  expect(row?.machine).toBeCloseTo(9.6, 9); // 48 USD/PH/day x 0.2 PH/s
  expect(row?.profit).toBeCloseTo(4.608, 9); // 48 USD/MWh x 0.004 MW x 24 h
  expect(row?.mw).toBeCloseTo(2_400, 9); // 100 USD/MWh x 24 h
  expect(row?.mwprofit).toBeCloseTo(1_152, 9); // 48 USD/MWh x 24 h
});

test("without a price there are values in satoshis only", () => {
  const [row] = machineRows([S21], [], { ...HASHPRICE, usd: null }, COSTS);

  expect(row?.sat).toBeCloseTo(100_000, 6);
  expect([row?.usd, row?.breakeven, row?.margin, row?.machine, row?.profit, row?.mw, row?.mwprofit]).toEqual(
    Array(7).fill(null),
  );
});

test("a custom machine has a row without vendor, cooling, release and source", () => {
  const own = customMachine("custom:200:4000") as Machine;

  const [row] = machineRows([S9], [own], HASHPRICE, COSTS);

  expect(row).toMatchObject({
    id: "custom:200:4000",
    name: "Custom (200 TH/s, 4000 W)",
    vendor: null,
    released: null,
    source: null,
  });
  expect(row?.usd).toBeCloseTo(100, 9);
});

test("every word must be in name, vendor or cooling, in any case", () => {
  const rows = rowsOf(S9, S21, M70);

  expect(names(filterRows(rows, "bitmain S21"))).toEqual(["Antminer S21"]);
  expect(names(filterRows(rows, " HYDRO "))).toEqual(["Whatsminer M70"]);
  expect(names(filterRows(rows, "hydro bitmain"))).toEqual([]);
  expect(filterRows(rows, "")).toHaveLength(3);
});

test("a column sorts ascending, with a minus descending", () => {
  const rows = rowsOf(S21, S9, M70);

  expect(names(sortRows(rows, "efficiency"))).toEqual(["Whatsminer M70", "Antminer S21", "Antminer S9"]);
  expect(names(sortRows(rows, "-efficiency"))).toEqual(["Antminer S9", "Antminer S21", "Whatsminer M70"]);
  expect(names(sortRows(rows, "-machine"))).toEqual(["Whatsminer M70", "Antminer S21", "Antminer S9"]);
});

test("numbers in names sort as numbers", () => {
  expect(names(sortRows(rowsOf(S21, S9), "name"))).toEqual(["Antminer S9", "Antminer S21"]);
});

test("unknown values are last in both directions, in order of name", () => {
  const rows = rowsOf(S21, S9, M70);
  const priceless = machineRows([S21, M70, S9], [], { ...HASHPRICE, usd: null }, COSTS);

  expect(names(sortRows(rows, "released"))).toEqual(["Antminer S9", "Whatsminer M70", "Antminer S21"]);
  expect(names(sortRows(rows, "-released"))).toEqual(["Whatsminer M70", "Antminer S9", "Antminer S21"]);
  expect(names(sortRows(priceless, "-usd"))).toEqual(["Antminer S9", "Antminer S21", "Whatsminer M70"]);
});

test("a click on a header puts the best first, and a second click reverses the order", () => {
  expect(nextSort("efficiency", "name")).toBe("efficiency");
  expect(nextSort("efficiency", "efficiency")).toBe("-efficiency");
  expect(nextSort("efficiency", "-efficiency")).toBe("efficiency");
  expect(nextSort("profit", "efficiency")).toBe("-profit");
  expect(nextSort("profit", "-profit")).toBe("profit");
});

test("a custom machine has at most six decimals, without trailing zeros", () => {
  expect(customMachineId(200, 3_500.5)).toBe("custom:200:3500.5");
  expect(customMachineId(100.1234567, 3_000)).toBe("custom:100.123457:3000");
  expect(customMachineId(999_999, 1)).toBe("custom:999999:1");
});

test("a custom machine that the API would refuse has no identifier", () => {
  expect(customMachineId(0.5, 3_000)).toBeNull();
  expect(customMachineId(200, 1_000_000)).toBeNull();
  expect(customMachineId(200, -1)).toBeNull();
  expect(customMachineId(NaN, 3_000)).toBeNull();
  expect(customMachineId(200, Infinity)).toBeNull();
});

test("the file has all digits, and empty cells for unknown values", () => {
  const [row] = machineRows(
    [machine("Antminer T1", 3, 100, { released: null, source: "a; b, c" })],
    [],
    { usd: null, sat: null },
    COSTS,
  );
  if (row === undefined) throw new Error("a machine has a row");

  const [header, line] = machinesCsv([row]).split("\r\n");

  expect(header?.split(",").slice(0, 9)).toEqual([
    ...["machine", "vendor", "cooling", "hashrate_th_per_s", "power_w"],
    ...["machine_profit_usd_per_day", "margin_usd_per_mwh", "revenue_usd_per_mwh", "efficiency_j_per_th"],
  ]);
  expect(line).toBe('Antminer T1,Bitmain,air,3,100,,,,33.333333333333336,,,,,,,"a; b, c"'); // 100 W / 3 TH/s
});

test("break-even is shown only if it differs from revenue", () => {
  const ids = (terms: Partial<typeof COSTS>) =>
    machineColumns({ ...COSTS, poolFee: 0 as Share, ...terms }).map(({ id }) => id);

  expect(ids({})).not.toContain("breakeven");
  expect(ids({ poolFee: 0.02 as Share })).toContain("breakeven");
  expect(ids({ overhead: 0.05 as Share })).toContain("breakeven");
  expect(ids({ adder: 3 as UsdPerMwh })).toContain("breakeven");
});

test("a machine is unreleased until the first day of its month", () => {
  const may = { released: "2026-05" };

  expect(isUnreleased(may, Date.parse("2026-04-30T23:59:59Z") as UnixMs)).toBe(true);
  expect(isUnreleased(may, Date.parse("2026-05-01T00:00:00Z") as UnixMs)).toBe(false);
  expect(isUnreleased({ released: null }, 0 as UnixMs)).toBe(false);
});

test("overhead divides what a MWh of the site leaves, and not a machine's revenue", () => {
  const [row] = machineRows([S21], [], HASHPRICE, { ...COSTS, poolFee: 0 as Share, overhead: 0.25 as Share });

  expect(row?.usd).toBeCloseTo(100, 9);
  expect(row?.breakeven).toBeCloseTo(80, 9); // 100 / 1.25
  expect(row?.margin).toBeCloseTo(30, 9);
  expect(row?.machine).toBeCloseTo(9.6, 9);
  expect(row?.profit).toBeCloseTo(3.6, 9); // 9.6 - 0.096 MWh x 1.25 x 50
});

test("miners are counted that profit at the price; without a BTC price, none is known", () => {
  const all = (hashprice: Hashprice) => machineRows([S9, S21, M70], [], hashprice, { ...COSTS, poolFee: 0 as Share });

  // 48 x 1000 / (24 x 100), 100 and 160 USD/MWh, at 50
  expect(countProfitable(all(HASHPRICE))).toBe(2);
  expect(countProfitable(all({ usd: null, sat: null }))).toBeNull();
});
