import { expect, test } from "vitest";
import { columnsCsv, shownColumns } from "../lib/columns";
import type { Share, UnixMs, UsdPerMwh, Watts } from "../model/units";
import type { TimeRange, View } from "../model/view";
import type { ChartColumns, Line } from "./columns";
import { pointsAndGaps, visiblePoints } from "./shown-chart";
import { tableColumns } from "./table-columns";

const line = (id: string, values: Line["values"], mean: Line["mean"] = null): Line => ({
  id,
  name: `The "${id}", new`,
  values,
  mean,
  watts: 4_000 as Watts,
  soldFrom: null,
});
const at = (text: string) => Date.parse(text) as UnixMs;
const COLUMNS: ChartColumns = {
  interval: "hour",
  time: [
    at("2024-04-20T00:00:00Z"),
    at("2024-04-20T01:00:00Z"),
    at("2024-04-20T01:59:59.999Z"),
    at("2024-04-20T02:00:00Z"),
  ],
  height: [840_004, 840_009, null, 840_020],
  blocks: [5, 5, 0, 4],
  lines: [line("s21", [100 / 3, null, null, 1e-7])],
  power: [50, 50, 50, 50],
  second: null,
};
const VIEW: Parameters<typeof tableColumns>[1] = {
  time: "utc",
  chart: "revenue",
  unit: "usd",
  second: "none",
  mean: 0,
  poolFee: 0 as Share,
  overhead: 0 as Share,
  adder: 0 as UsdPerMwh,
};
const DAY: TimeRange = { from: at("2024-04-20T00:00:00Z"), to: at("2024-04-21T00:00:00Z") };
const rowsOf = (columns: Partial<ChartColumns>, view: Partial<typeof VIEW>, span = DAY) =>
  columnsCsv(
    tableColumns({ ...COLUMNS, ...columns }, { ...VIEW, ...view }),
    visiblePoints({ ...COLUMNS, ...columns }, span),
  ).split("\r\n");
const header = (columns: Partial<ChartColumns>, view: Partial<typeof VIEW>) => rowsOf(columns, view)[0];

test("each point is a row with all digits; unknown values are empty cells, and a gap is a row without blocks", () => {
  expect(columnsCsv(tableColumns(COLUMNS, VIEW), pointsAndGaps(COLUMNS, DAY))).toBe(
    "time,height,blocks,usd_per_mwh:s21,power_usd_per_mwh\r\n" +
      "2024-04-20T00:00:00Z,840004,5,33.333333333333336,50\r\n" +
      "2024-04-20T01:00:00Z,840009,5,,50\r\n" +
      "2024-04-20T01:59:59Z,,0,,50\r\n" +
      "2024-04-20T02:00:00Z,840020,4,1e-7,50\r\n",
  );
});

test("the file has only visible points, including both ends of the range", () => {
  const times = (from: string, to: string) => {
    const rows = rowsOf({}, {}, { from: at(from), to: at(to) }).slice(1, -1);
    return rows.map((row) => row.slice(11, 16));
  };

  expect(times("2024-04-20T01:00:00Z", "2024-04-20T02:00:00Z")).toEqual(["01:00", "02:00"]);
  expect(times("2024-04-20T00:00:01Z", "2024-04-20T01:59:59Z")).toEqual(["01:00"]);
  expect(times("2024-04-21T00:00:00Z", "2024-04-22T00:00:00Z")).toEqual([]);
});

test("column names state the unit, and what the site's terms change", () => {
  expect(header({}, { unit: "sat" })).toBe("time,height,blocks,sat_per_mwh:s21,power_sat_per_mwh");
  expect(header({}, { poolFee: 0.02 as Share })).toBe(
    "time,height,blocks,usd_per_mwh_after_pool_fee:s21,power_usd_per_mwh",
  );
  expect(header({}, { poolFee: 0.02 as Share, overhead: 0.05 as Share, adder: 3 as UsdPerMwh })).toBe(
    "time,height,blocks,usd_per_mwh_after_pool_fee_and_overhead:s21,power_with_adder_usd_per_mwh",
  );
});

test("a moving average is beside its machine, named by its days", () => {
  const lines = ["custom:200:3500", "s9"].map((id, place) => line(id, [1, 2, null, 3], [null, 4 + place, null, 6]));

  const rows = rowsOf({ lines }, { unit: "sat", mean: 7 });

  const names = [
    "sat_per_mwh:custom:200:3500",
    "sat_per_mwh_mean_7d:custom:200:3500",
    "sat_per_mwh:s9",
    "sat_per_mwh_mean_7d:s9",
  ];
  expect(rows[0]).toBe(["time", "height", "blocks", ...names, "power_sat_per_mwh"].join());
  expect(rows.slice(1, -1).map((row) => row.split(",").slice(3))).toEqual([
    ["1", "", "1", "", "50"],
    ["2", "4", "2", "5", "50"],
    ["3", "6", "3", "6", "50"],
  ]);
});

test("what the right axis shows is the last column", () => {
  const second = [0.9, 0.5, null, 0.25];
  const last = (view: Partial<typeof VIEW>) => header({ second }, view)?.split(",").at(-1);

  expect(last({ second: "fees" })).toBe("fee_share");
  expect(last({ second: "price" })).toBe("price_usd");
  expect(last({ second: "hashprice" })).toBe("usd_per_ph_day");
  expect(last({ second: "hashprice", unit: "sat" })).toBe("sat_per_ph_day");
  expect(rowsOf({ second }, { second: "fees" })[1]).toBe("2024-04-20T00:00:00Z,840004,5,33.333333333333336,50,0.9");
});

test("data that are not loaded yet have no column", () => {
  expect(header({ second: null }, { second: "fees" })).toBe("time,height,blocks,usd_per_mwh:s21,power_usd_per_mwh");
});

test("figures of the network have the API's names where it has them, and no power price", () => {
  const network = (chart: View["chart"], ids: readonly string[], view: Partial<typeof VIEW> = {}) =>
    header({ lines: ids.map((id) => line(id, [1, 2, null, 3])), power: null }, { chart, ...view });

  expect(network("hashrate", ["hashrate"])).toBe("time,height,blocks,network_hashrate_hs");
  expect(network("hashprice", ["hashprice_144", "hashprice"], { unit: "sat" })).toBe(
    "time,height,blocks,sat_per_ph_day_144,sat_per_ph_day",
  );
  expect(network("blocktime", ["blocktime"], { poolFee: 0.02 as Share })).toBe("time,height,blocks,minutes_per_block");
});

test("the table has the same points with a short header, and the moving average in place of its line", () => {
  const mean = line("s9", [1, 2, null, 3], [null, 4, null, 6]);
  const second = [0.9, 0.5, null, 0.25];
  const columns = { ...COLUMNS, lines: [...COLUMNS.lines, mean], second };
  const shown = shownColumns(tableColumns(columns, { ...VIEW, second: "fees", mean: 7 }));

  expect(shown.map(({ header }) => header)).toEqual([
    "Median time (UTC)",
    "Block",
    'The "s21", new, USD/MWh',
    'The "s9", new, USD/MWh',
    "Fee share",
  ]);
  expect(shown.map(({ cell }) => cell(1)).slice(1)).toEqual(["840,009", "–", "4.00", "50.0%"]);
});
