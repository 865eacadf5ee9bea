import { describe, expect, test } from "vitest";
import type { Machine } from "../model/economics";
import { type Series, trailingMean } from "../model/series";
import type { SatPerPhDay, Share, ThPerSecond, UnixMs, UsdPerBtc, UsdPerMwh, UsdPerPhDay, Watts } from "../model/units";
import { HOUR_MS } from "../model/units";
import { randomFrom } from "../testing";
import { type ChartColumns, type ColumnOptions, chartColumns, type Line, profitability, type Values } from "./columns";
import { countBlocks, fleetSums, sumsOf } from "./sums";

const machine = (id: string, hashrate: number, power: number): Machine => ({
  id,
  name: id,
  hashrate: hashrate as ThPerSecond,
  power: power as Watts,
});
const S21 = machine("s21", 200, 4_000); // 20 J/TH: 1000 / (24 x 20) = 2.083333 PH/s for a day
const S9 = machine("s9", 14, 1_400); // 100 J/TH: a fifth of that
const TERMS = { poolFee: 0 as Share, overhead: 0 as Share, adder: 0 as UsdPerMwh };
const USD: ColumnOptions = { unit: "usd", power: 50 as UsdPerMwh, ...TERMS, second: "none", mean: 0, chart: "revenue" };
const SAT: ColumnOptions = { ...USD, unit: "sat" };

type Point = Readonly<{ usd: number | null; sat: number; price: number | null; height: number; blocks: number }>;

function seriesOfPoints(points: readonly Point[], feeShare: Series["feeShare"] = null): Series {
  return {
    interval: "hour",
    time: points.map((_, at) => (at * HOUR_MS) as UnixMs),
    usdPerPhDay: points.map(({ usd }) => usd as UsdPerPhDay | null),
    satPerPhDay: points.map(({ sat }) => sat as SatPerPhDay),
    priceUsd: points.map(({ price }) => price as UsdPerBtc | null),
    height: points.map(({ height }) => height),
    blocks: points.map(({ blocks }) => blocks),
    feeShare,
    network: {},
  };
}

// 48 USD/PH/day are 48 000 sat at 100 000 USD/BTC. The second point has no price; blocks 107 to 109
// are missing before the third point.
const SERIES = seriesOfPoints(
  [
    { usd: 48, sat: 48_000, price: 100_000, height: 103, blocks: 3 },
    { usd: null, sat: 36_000, price: null, height: 106, blocks: 3 },
    { usd: 24, sat: 48_000, price: 50_000, height: 110, blocks: 1 },
  ],
  [0.01, null, 0.03] as (Share | null)[],
);

/** Expects the values, up to rounding errors. */
function expectValues(values: Values | null | undefined, expected: Values): void {
  expect(values).toHaveLength(expected.length);
  values?.forEach((value, at) => {
    const truth = expected[at] ?? null;
    if (truth === null || value === null) expect(value, `point ${at}`).toBe(truth);
    else expect(value, `point ${at}`).toBeCloseTo(truth, 6);
  });
}

test("a line is what a MWh earns, without a value in gaps and for missing prices", () => {
  const columns = chartColumns(SERIES, [S21, S9], USD);

  expect(columns.time).toEqual([0, HOUR_MS, 2 * HOUR_MS - 1, 2 * HOUR_MS]);
  expect(columns.height).toEqual([103, 106, null, 110]);
  expect(columns.blocks).toEqual([3, 3, 0, 1]);
  expect(columns.lines.map(({ id }) => id)).toEqual(["s21", "s9"]);
  expectValues(columns.lines[0]?.values, [100, null, null, 50]); // 48 x 1000 / (24 x 20); 24 x 1000 / (24 x 20)
  expectValues(columns.lines[1]?.values, [20, null, null, 10]);
});

test("in satoshis a point needs no price, and a gap remains a gap", () => {
  const columns = chartColumns(SERIES, [S21], SAT);

  expectValues(columns.lines[0]?.values, [100_000, 75_000, null, 100_000]); // 48 000 x 1000 / 480; 36 000 x 1000 / 480
});

test("at 15 J/TH, difficulty 1e14, 2 000 000 sat of fees and 84 714 USD/BTC a MWh earns 148.87687 USD, or 175 740.57 sat", () => {
  const series = seriesOfPoints([{ usd: 53.59567, sat: 63_266.605139, price: 84_714, height: 900_000, blocks: 1 }]);
  const machines = [machine("15", 200, 3_000)];

  expect(chartColumns(series, machines, USD).lines[0]?.values[0]).toBeCloseTo(148.87687, 4);
  expect(chartColumns(series, machines, SAT).lines[0]?.values[0]).toBeCloseTo(175_740.56983, 4);
});

test("the pool fee is subtracted from the lines, not from power price and hashprice", () => {
  const columns = chartColumns(SERIES, [S21], { ...USD, poolFee: 0.02 as Share, second: "hashprice" });

  expectValues(columns.lines[0]?.values, [98, null, null, 49]);
  expectValues(columns.second, [48, null, null, 24]);
  expect(columns.power?.[0]).toBe(50);
});

test("overhead divides the lines, and the adder raises the power price", () => {
  const columns = chartColumns(SERIES, [S21], { ...USD, overhead: 0.25 as Share, adder: 5 as UsdPerMwh });

  expectValues(columns.lines[0]?.values, [80, null, null, 40]); // 100 / 1.25; 50 / 1.25
  expect(columns.power?.[0]).toBe(55);
});

test("the power price is constant in USD, and in satoshis follows the bitcoin price", () => {
  expect(chartColumns(SERIES, [], USD).power).toEqual([50, 50, 50, 50]);
  // 50 / 100 000 x 1e8; 50 / 50 000 x 1e8
  expectValues(chartColumns(SERIES, [], SAT).power, [50_000, null, null, 100_000]);
  expectValues(chartColumns(SERIES, [], { ...SAT, power: -10 as UsdPerMwh }).power, [-10_000, null, null, -20_000]);
  expectValues(chartColumns(SERIES, [], { ...SAT, power: 0 as UsdPerMwh }).power, [0, null, null, 0]);
});

test("the right axis shows the chosen values, with the same gaps", () => {
  const second = (choices: ColumnOptions) => chartColumns(SERIES, [S21], choices).second;

  expect(second(USD)).toBeNull();
  expect(second({ ...USD, second: "hashprice" })).toEqual([48, null, null, 24]);
  expect(second({ ...SAT, second: "hashprice" })).toEqual([48_000, 36_000, null, 48_000]);
  expect(second({ ...USD, second: "price" })).toEqual([100_000, null, null, 50_000]);
  expect(second({ ...USD, second: "fees" })).toEqual([0.01, null, null, 0.03]);
  expect(chartColumns({ ...SERIES, feeShare: null }, [S21], { ...USD, second: "fees" }).second).toBeNull();
});

test("a series without points has columns without any", () => {
  expect(chartColumns(seriesOfPoints([]), [S21], { ...USD, mean: 7 })).toEqual({
    interval: "hour",
    time: [],
    height: [],
    blocks: [],
    lines: [{ id: "s21", name: "s21", values: [], mean: [], watts: 4_000, soldFrom: null }],
    power: [],
    second: null,
  });
});

/** Random hours: some without a price, some with missing blocks. USD are computed from satoshis. */
function randomSeries(seed: number, priceAt?: number): Series {
  const random = randomFrom(seed);
  let height = 800_000;
  const points = Array.from({ length: 400 }, (): Point => {
    const blocks = 1 + Math.floor(random() * 11);
    height += blocks + (random() < 0.03 ? 5 : 0);
    const sat = 30_000 + random() * 60_000;
    const price = random() < 0.1 ? null : (priceAt ?? 20_000 + random() * 80_000);
    return { usd: price === null ? null : (sat * price) / 1e8, sat, price, height, blocks };
  });
  return seriesOfPoints(points);
}

describe.each([1, 2, 3, 4])("whatever the series (%i)", (seed) => {
  const series = randomSeries(seed);
  const columnsIn = (unit: ColumnOptions, choices: Partial<ColumnOptions>) =>
    chartColumns(series, [S21, S9], { ...unit, ...choices });
  const both = (choices: Partial<ColumnOptions> = {}) => [columnsIn(USD, choices), columnsIn(SAT, choices)] as const;
  const EVER = { from: 0 as UnixMs, to: Infinity as UnixMs };

  test("USD values are satoshis at the price, for lines and power", () => {
    const [usd, sat] = both({ poolFee: 0.013 as Share, second: "price" });

    const price = usd.second ?? [];
    const toUsd = (values: Values) =>
      values.map((value, at) => (value === null || !price[at] ? null : (value * price[at]) / 1e8));
    for (const [at, line] of usd.lines.entries()) expectValues(line.values, toUsd(sat.lines[at]?.values ?? []));
    expectValues(
      usd.power?.map((power, at) => (price[at] === null ? null : power)),
      toUsd(sat.power ?? []),
    );
  });

  test("mining is profitable at the same blocks in USD and in satoshis", () => {
    const [usd, sat] = both({ poolFee: 0.013 as Share });
    const shares = ({ lines }: ChartColumns, of: ChartColumns) =>
      lines.map((line) => profitability(of, line, EVER)?.share);

    expect(shares(usd, usd)).toEqual(shares(sat, sat));
    expect(shares(usd, usd)[0]).toBeGreaterThan(0);
    expect(shares(usd, usd)[0]).toBeLessThan(1);
  });

  test("machines differ by their efficiency alone", () => {
    const [usd] = both();

    // 20 and 100 J/TH
    expectValues(usd.lines[1]?.values, usd.lines[0]?.values.map((value) => value && value / 5) ?? []);
  });

  test("the mean of a line is that of hashprice, at the line's scale", () => {
    const [usd] = both({ mean: 7, poolFee: 0.02 as Share, second: "hashprice" });

    const mean = trailingMean({ interval: "hour", time: usd.time, blocks: usd.blocks }, usd.second ?? [], 7);
    expectValues(
      usd.lines[0]?.mean,
      mean.map((value) => value && (value * 0.98 * 1_000) / 480),
    );
    expect(mean.filter((value) => value !== null).length).toBeGreaterThan(100);
  });

  test("without a mean there is none", () => {
    expect(both()[0].lines.map(({ mean }) => mean)).toEqual([null, null]);
  });

  test("share and mean margin are the same as counted block by block", () => {
    const [usd] = both();
    const [from, to] = [50 * HOUR_MS, 350 * HOUR_MS] as UnixMs[] as [UnixMs, UnixMs];

    const found = profitability(usd, usd.lines[0] as Line, { from, to });

    const margins = series.time.flatMap((time, at) => {
      const hashprice = series.usdPerPhDay[at] ?? null;
      if (hashprice === null || time < from || to < time) return [];
      return Array<number>(series.blocks[at] ?? 0).fill((hashprice * 1_000) / 480 - 50);
    });
    expect(found?.share).toBeCloseTo(margins.filter((margin) => 0 < margin).length / margins.length, 12);
    expect(found?.margin).toBeCloseTo(margins.reduce((sum, margin) => sum + margin) / margins.length, 9);
  });
});

test("at a constant price the mean margin in satoshis equals that in USD", () => {
  const series = randomSeries(9, 80_000);
  const [usd, sat] = [chartColumns(series, [S21], USD), chartColumns(series, [S21], SAT)].map((columns) =>
    profitability(columns, columns.lines[0] as Line, { from: 0 as UnixMs, to: Infinity as UnixMs }),
  );

  expect((sat?.margin ?? NaN) * 8e-4).toBeCloseTo(usd?.margin ?? NaN, 6); // 80 000 USD / 1e8 sat
});

describe("profitability", () => {
  const points = [
    { usd: 48, sat: 48_000, price: 100_000, height: 103, blocks: 3 }, // 100 USD/MWh
    { usd: 24, sat: 24_000, price: 100_000, height: 104, blocks: 1 }, // 50
    { usd: null, sat: 24_000, price: null, height: 110, blocks: 6 },
    { usd: 12, sat: 12_000, price: 100_000, height: 114, blocks: 4 }, // 25
  ];
  const columns = chartColumns(seriesOfPoints(points), [S21], USD);
  const line = columns.lines[0] as Line;
  const between = (from: number, to: number) =>
    profitability(columns, line, { from: (from * HOUR_MS) as UnixMs, to: (to * HOUR_MS) as UnixMs });

  test("counts blocks, not points; blocks without a price are left out", () => {
    expect(between(0, 3)?.share).toBe(0.375); // 3 of 8: at 50 USD/MWh it is not profitable.
    expect(between(0, 3)?.margin).toBeCloseTo(6.25, 9); // (3 x 50 + 1 x 0 + 4 x -25) / 8
  });

  test("includes both ends of the range", () => {
    expect(between(0, 1)?.share).toBe(0.75); // 3 of 4
    expect(between(1, 3)?.share).toBe(0);
    expect(between(0.5, 0.9)).toBeNull();
  });

  test("is unknown without any price", () => {
    expect(between(2, 2)).toBeNull();
    expect(between(4, 9)).toBeNull();
    expect(between(3, 0)).toBeNull();
  });

  test("accounts for pool fees and negative power prices", () => {
    const paid = chartColumns(seriesOfPoints(points), [S21], { ...USD, power: -5 as UsdPerMwh, poolFee: 0.1 as Share });

    const found = profitability(paid, paid.lines[0] as Line, { from: 0 as UnixMs, to: HOUR_MS as UnixMs });

    expect(found?.share).toBe(1);
    expect(found?.margin).toBeCloseTo(83.75, 9); // (3 x (90 + 5) + 1 x (45 + 5)) / 4
  });
});

test("blocks of a range are counted, and those of them without a price, in either unit; gaps do not count", () => {
  for (const unit of [USD, SAT]) {
    const columns = chartColumns(SERIES, [S21], unit);
    const count = (from: number, to: number) =>
      countBlocks(columns, { from: (from * HOUR_MS) as UnixMs, to: (to * HOUR_MS) as UnixMs });

    expect(count(0, 9)).toEqual({ blocks: 7, unpriced: 3 }); // 3 + 3 + 1 blocks; the second point has no price
    expect(count(0, 1)).toEqual({ blocks: 6, unpriced: 3 });
    expect(count(5, 9)).toEqual({ blocks: 0, unpriced: 0 });
  }
});

describe("a machine that was released within the period", () => {
  const released = "1970-02-01"; // 31 days after the first point
  const S30 = { ...S21, id: "s30", vendor: "", cooling: "", source: "", released };
  const days = [0, 30, 31, 32].map((day) => day * 24 * HOUR_MS);
  const series: Series = {
    ...seriesOfPoints([4_800, 4_800, 48, 12].map((usd, at) => ({ usd, sat: 1, price: 1, height: at + 1, blocks: 1 }))),
    interval: "day",
    time: days as UnixMs[],
  };
  const columns = chartColumns(series, [S30], USD);
  const line = columns.lines[0] as Line;
  const ever = { from: 0 as UnixMs, to: days[3] as UnixMs };

  test("has a line from before, but is not profitable then", () => {
    expect(line.soldFrom).toBe(Date.UTC(1970, 1));
    expectValues(line.values, [10_000, 10_000, 100, 25]);
    // 100 and 25 USD/MWh at 50: (50 - 25) / 2
    expect(profitability(columns, line, ever)).toEqual({ blocks: 2, share: 0.5, margin: 12.5, marginIs: "average" });
    expect(profitability(columns, line, { ...ever, to: days[1] as UnixMs })).toBeNull();
  });

  test("earns nothing before", () => {
    // A day at 100 USD/MWh; the last point is the end of the range.
    expect(sumsOf(columns, line, ever)).toEqual({ hours: 24, revenue: 2_400, cost: 1_200 });
  });
});

test("where revenue differs by more than 1:50 the margin is the median, over blocks", () => {
  const points = [
    { usd: 24_000, sat: 1, price: 1, height: 2, blocks: 2 }, // 50 000 USD/MWh
    { usd: 48, sat: 1, price: 1, height: 3, blocks: 1 }, // 100
    { usd: 12, sat: 1, price: 1, height: 7, blocks: 4 }, // 25
  ];
  const columns = chartColumns(seriesOfPoints(points), [S21], USD);

  const found = profitability(columns, columns.lines[0] as Line, { from: 0 as UnixMs, to: (9 * HOUR_MS) as UnixMs });

  // In order: 4 x -25, 50, 2 x 49 950. The fourth of seven is -25.
  expect(found).toMatchObject({ margin: -25, marginIs: "median", blocks: 7 });
  expect(found?.share).toBeCloseTo(3 / 7, 12);
});

describe("sums of a period", () => {
  const line = (columns: ChartColumns) => columns.lines[0] as Line;
  const range = (from: number, to: number) => ({ from: (from * HOUR_MS) as UnixMs, to: (to * HOUR_MS) as UnixMs });

  test("are what 1 MW earns and costs, each point's value until the next one", () => {
    const columns = chartColumns(SERIES, [S21], USD);

    // An hour at 100 USD/MWh. The second hour has no price; before the gap it counts as an hour, without any value.
    expect(sumsOf(columns, line(columns), range(0, 2))).toEqual({ hours: 1, revenue: 100, cost: 50 });
    expect(sumsOf(columns, line(columns), range(0.25, 0.75))).toEqual({ hours: 0.5, revenue: 50, cost: 25 });
    // The last point's hour, as far as it is in the range: half of it at 50 USD/MWh.
    expect(sumsOf(columns, line(columns), range(0, 2.5))).toEqual({ hours: 1.5, revenue: 125, cost: 75 });
    expect(sumsOf(columns, line(columns), range(1, 2))).toBeNull();
  });

  test("in satoshis count the power at the price of its hour, and end with an hour before a gap", () => {
    const long: Series = { ...SERIES, time: [0, HOUR_MS, 10 * HOUR_MS] as UnixMs[] };
    const columns = chartColumns({ ...long, priceUsd: [100_000, 100_000, 50_000] as UsdPerBtc[] }, [S21], SAT);

    // 100 000 + 75 000 sat; 50 USD are 50 000 sat in both hours
    expect(sumsOf(columns, line(columns), range(0, 10))).toEqual({ hours: 2, revenue: 175_000, cost: 100_000 });
  });

  test("of a fleet are those of the power that its machines take at the site", () => {
    const columns = chartColumns(SERIES, [S21, S9], { ...USD, overhead: 0.25 as Share });
    const fleet = { counts: new Map([["s21", 200]]), overhead: 0.25 as Share };

    // 200 x 4 000 W and 1 x 1 400 W, and a quarter more: 1 MW and 0.00175 MW. In an hour they earn 80 and 16 USD/MWh.
    const found = fleetSums(columns, fleet, range(0, 2));

    expect(found?.miners).toBe(201);
    expect(found?.megawatts).toBeCloseTo(1.00175, 12);
    expect(found?.hours).toBe(1);
    expect(found?.revenue).toBeCloseTo(80 + 0.00175 * 16, 9);
    expect(found?.cost).toBeCloseTo(50 * 1.00175, 9);
    expect(fleetSums(columns, fleet, range(1, 2))).toBeNull();
  });
});
