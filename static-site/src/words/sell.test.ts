import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Share, ThPerSecond, UnixMs, UsdPerMwh, Watts } from "../model/units";
import type { Decision, RuleFigures } from "../sell/decision";
import { readAs } from "../testing";
import { basis, decisionName, insight, leftOut, minedPart, noData, ruleName, shareOfOptimal, spikes } from "./sell";

beforeEach(() => readAs("en-US", "America/New_York"));
afterEach(() => void vi.unstubAllGlobals());

const figures = (usd: number, hoursMined: number, hoursCurtailed: number): RuleFigures => ({
  usd,
  hoursMined,
  hoursCurtailed,
  starts: 0,
  shareOfOptimal: 1 as Share,
});
const decision = (strike: RuleFigures, always = figures(1_000, 100, 0)): Decision => ({
  machine: { id: "s21", name: "S21", hashrate: 200 as ThPerSecond, power: 3_500 as Watts },
  constant: 90 as UsdPerMwh,
  hours: 100,
  meanStrike: 93.104 as UsdPerMwh,
  months: [],
  rules: { always, never: figures(400, 0, 100), constant: strike, strike, optimal: strike },
});

test("the insight says what following the strike would have earned, to an owner and to a buyer", () => {
  const better = decision(figures(43_642, 80, 20));

  expect(insight(better, "buy", false)).toBe(
    "Curtailing when power cost more than 93.10 USD/MWh (the strike, on average) would have earned 42,642 USD more than mining always, per MW. It would have stood idle 20.0% of the time.",
  );
  expect(insight(better, "own", true)).toBe(
    "With made-up prices: selling power instead of mining when power was worth more than 93.10 USD/MWh (the strike, on average) would have earned 42,642 USD more than mining always, per MW. It would have sold power 20.0% of the time.",
  );
  expect(insight(decision(figures(988, 99, 1)), "buy", false)).toMatch(
    /would have earned 12 USD less than mining always/,
  );
});

test("where one of both was always right, the insight says that", () => {
  expect(insight(decision(figures(1_000, 100, 0)), "own", false)).toBe(
    "Power was never above the strike (93.10 USD/MWh on average): mining always was right, and earned 600 USD more than selling always, per MW.",
  );
  expect(insight(decision(figures(1_900, 0, 100)), "own", false)).toBe(
    "Power was always above the strike (93.10 USD/MWh on average): selling it all would have earned 900 USD more than mining always, per MW.",
  );
  expect(insight(decision(figures(1_900, 0, 100)), "buy", false)).toMatch(
    /: not mining at all would have earned 900 USD/,
  );
});

test("names of rules and decisions follow who owns the power", () => {
  expect(
    ["always", "never", "constant", "strike", "optimal"].map((rule) => ruleName(rule as "never", "own", 90)),
  ).toEqual([
    "Mine always",
    "Sell always",
    "Mine up to 90.00 USD/MWh (constant)",
    "Mine up to the strike",
    "Optimal dispatch (perfect foresight)",
  ]);
  expect(ruleName("never", "buy", 90)).toBe("Never mine");
  expect([decisionName(1, 1, "own"), decisionName(0, 1, "own"), decisionName(0.5, 1, "buy")]).toEqual([
    "mine",
    "sell",
    "mine, curtail",
  ]);
  expect([decisionName(0, 0, "own"), minedPart(0, 0), minedPart(1, 4)]).toEqual(["–", "–", "mined 25.0%"]);
});

test("a rule that earned less than without mining has no part of the optimum", () => {
  expect([shareOfOptimal(-3.155), shareOfOptimal(0), shareOfOptimal(0.997)]).toEqual(["below 0%", "0.0%", "99.7%"]);
});

test("what is counted, left out, and beyond the axis is said", () => {
  const range = { from: Date.UTC(2025, 10, 1) as UnixMs, to: Date.UTC(2025, 10, 2) as UnixMs };
  const terms = { poolFee: 0 as Share, overhead: 0 as Share, adder: 0 as UsdPerMwh };
  const view = { time: "utc", ...terms } as const;

  expect(basis(decision(figures(1, 1, 1)), 1, range, view, "a.csv")).toMatch(
    /^1 MW of S21, .*: 100 h with 1 price \(a\.csv\)\.$/,
  );
  const costs = { ...view, poolFee: 0.02 as Share, overhead: 0.07 as Share, adder: -1.5 as UsdPerMwh };
  expect(basis(decision(figures(1, 1, 1)), 1, range, costs, "a.csv")).toMatch(
    /^1 MW of S21 with 2 % pool fee, 7 % overhead, \u22121\.5 USD\/MWh other costs, Nov 1, /,
  );
  expect(leftOut(0)).toBe("");
  expect(leftOut(10.333)).toBe("Left out: 10.33 h without blocks or a BTC price.");
  expect(noData(range, null, view)).toMatch(/: there are no blocks yet\.$/);
  expect(spikes({ prices: 2_443, above: 41, highest: 4_812, below: 0, lowest: -5 }, 279)).toBe(
    "The axis ends at 279 USD/MWh: 41 of 2,443 prices are above the axis, the highest 4,812.00 USD/MWh.",
  );
  expect(spikes({ prices: 9, above: 0, highest: 4, below: 1, lowest: -500 }, 279)).toBe(
    "The axis ends at 279 USD/MWh: 1 of 9 prices is below the axis, the lowest \u2212500.00 USD/MWh.",
  );
  expect(spikes({ prices: 9, above: 0, highest: 4, below: 0, lowest: 1 }, 279)).toBe("");
});
