import { readFileSync } from "node:fs";

import { expect, test } from "vitest";
import type { PowerInterval } from "../power-prices/power-file";
import { backtest, firstStrike, gainUsd, type Outcome, type Rule, type Site, total } from "./backtest";
import { isCounted, toTimeline } from "./backtest-timeline";
import { startBelow, stopAbove, strikeUsdPerMwh } from "./strike";
import type { JoulesPerTh, Share, UnixMs, UsdPerBtc, UsdPerMwh, UsdPerPhDay } from "./units";

type TallyVectors = Readonly<
  Record<
    "hours_mined" | "hours_idle" | "hours_wrong" | "starts" | "stops" | "mining_usd" | "power_usd" | "sold_usd",
    number
  >
>;

/** Made by `shared/testdata/backtest.py`, with exact fractions. */
const VECTORS: {
  readonly blocks: {
    readonly height: number[];
    readonly time: UnixMs[];
    readonly difficulty: number[];
    readonly subsidy_sat: number[];
    readonly fees_sat: number[];
    readonly price_usd: (UsdPerBtc | null)[];
  };
  readonly prices: { readonly known_from: UnixMs[]; readonly usd: UsdPerBtc[] };
  readonly power: { readonly start: UnixMs[]; readonly end: UnixMs[]; readonly usd_per_mwh: number[] };
  readonly counted_hours: number;
  readonly left_out_hours: number;
  readonly sites: readonly {
    readonly efficiency_j_per_th: JoulesPerTh;
    readonly pool_fee: Share;
    readonly overhead: Share;
    readonly adder_usd_per_mwh: UsdPerMwh;
    readonly outcomes: readonly {
      readonly rule: Rule["rule"];
      readonly usd_per_mwh?: UsdPerMwh;
      readonly band?: Share;
      readonly hold_blocks?: number;
      readonly months: Readonly<Record<string, TallyVectors>>;
    }[];
  }[];
} = JSON.parse(readFileSync(new URL("../../../shared/testdata/backtest.json", import.meta.url), "utf8"));

const { blocks, prices, power } = VECTORS;
const timeline = toTimeline(
  {
    height: blocks.height,
    time: blocks.time,
    difficulty: blocks.difficulty,
    subsidySat: blocks.subsidy_sat,
    feesSat: blocks.fees_sat,
    price: blocks.price_usd,
  },
  { knownFrom: prices.known_from, price: prices.usd },
  power.start.map((start, at) => ({ start, end: power.end[at], price: power.usd_per_mwh[at] }) as PowerInterval),
);
const hours = (counted: boolean) =>
  timeline.hours.reduce((sum, hours, step) => (isCounted(timeline, step) === counted ? sum + hours : sum), 0);

const sites = VECTORS.sites.map((vectors) => {
  const site: Site = {
    efficiency: vectors.efficiency_j_per_th,
    terms: { poolFee: vectors.pool_fee, overhead: vectors.overhead, adder: vectors.adder_usd_per_mwh },
  };
  const rules = vectors.outcomes.map(
    ({ rule, usd_per_mwh, band, hold_blocks }) =>
      ({ rule, usdPerMwh: usd_per_mwh, band, holdBlocks: hold_blocks }) as Rule,
  );
  return { site, vectors, outcomes: backtest(timeline, site, rules) };
});

test("the strike is that of the check value: 40 x 1000 / 360 x 0.98 / 1.05 - 5", () => {
  const terms = { poolFee: 0.02 as Share, overhead: 0.05 as Share, adder: 5 as UsdPerMwh };

  const strike = strikeUsdPerMwh(40 as UsdPerPhDay, 15 as JoulesPerTh, terms);

  expect(strike).toBeCloseTo(98.703704, 6);
  expect(stopAbove(-100 as UsdPerMwh, 0.02 as Share)).toBe(-98);
  expect(startBelow(-100 as UsdPerMwh, 0.02 as Share)).toBe(-102);
});

test("every rule earns what exact fractions say", () => {
  expect(hours(true)).toBeCloseTo(VECTORS.counted_hours, 9);
  expect(hours(false)).toBeCloseTo(VECTORS.left_out_hours, 9);
  for (const { vectors, outcomes } of sites) {
    outcomes.forEach(({ rule, months }, at) => {
      const expected = vectors.outcomes[at]?.months ?? {};
      expect([...months.keys()]).toEqual(Object.keys(expected));
      for (const [month, tally] of months) {
        const what = `${JSON.stringify(rule)} in ${month}`;
        const vector = expected[month] as TallyVectors;
        expect(tally.starts, what).toBe(vector.starts);
        expect(tally.stops, what).toBe(vector.stops);
        expect(tally.hoursMined, what).toBeCloseTo(vector.hours_mined, 9);
        expect(tally.hoursIdle, what).toBeCloseTo(vector.hours_idle, 9);
        expect(tally.hoursWrong, what).toBeCloseTo(vector.hours_wrong, 9);
        expect(tally.miningUsd, what).toBeCloseTo(vector.mining_usd, 8);
        expect(tally.powerUsd, what).toBeCloseTo(vector.power_usd, 8);
        expect(tally.soldUsd, what).toBeCloseTo(vector.sold_usd, 8);
      }
    });
  }
});

test("the total is the sum of the months, and no rule gains more than foresight", () => {
  for (const { outcomes } of sites) {
    const best = total(outcomes.at(-1) as Outcome);
    for (const outcome of outcomes) {
      const sum = total(outcome);
      const gains = [...outcome.months.values()].map(gainUsd);

      expect(gainUsd(sum)).toBeCloseTo(
        gains.reduce((a, b) => a + b),
        8,
      );
      expect(gainUsd(sum)).toBeLessThanOrEqual(gainUsd(best));
      expect(sum.hoursMined + sum.hoursIdle).toBeCloseTo(VECTORS.counted_hours, 9);
    }
  }
});

test("the first strike is known where the first time counts, and nowhere without blocks", () => {
  const { site } = sites[0] as (typeof sites)[number];
  const first = timeline.strike.find((_, step) => isCounted(timeline, step)) as UsdPerPhDay;
  const empty = { height: [], time: [], difficulty: [], subsidySat: [], feesSat: [], price: [] };
  const without = toTimeline(empty, { knownFrom: [], price: [] }, [
    { start: 0 as UnixMs, end: 3_600_000 as UnixMs, price: 1 },
  ]);

  expect(firstStrike(timeline, site)).toBe(strikeUsdPerMwh(first, site.efficiency, site.terms));
  expect([without.hours, without.months]).toEqual([[1], [{ month: "1970-01", firstStep: 0 }]]);
  expect(firstStrike(without, site)).toBeNull();
  expect(backtest(without, site, [{ rule: "always" }]).map(total)).toMatchObject([{ hoursMined: 0 }]);
});
