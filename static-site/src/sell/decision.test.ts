import { expect, test } from "vitest";

import type { Timeline } from "../model/backtest-timeline";
import type { Share, ThPerSecond, UsdPerMwh, Watts } from "../model/units";
import {
  decide,
  fleetOf,
  intervalValues,
  leftOutHours,
  lowerBound,
  type RuleChoices,
  type Run,
  runRules,
  stepsOf,
} from "./decision";

/** 1,000 / 24 J/TH, so that a hashprice of h USD/PH/day is h USD/MWh. */
const MACHINE = {
  id: "m",
  name: "M",
  hashrate: 24 as ThPerSecond,
  power: 1_000 as Watts,
};
const CHOICES: RuleChoices = {
  terms: { poolFee: 0 as Share, overhead: 0 as Share, adder: 0 as UsdPerMwh },
  constant: null,
  band: 0 as Share,
  holdBlocks: 0,
};

// Two intervals in November and two in December; a block arrives in the middle of the second one, and
// the last one is not known.
const TIMELINE: Timeline = {
  hours: [1, 0.5, 0.5, 2, 1],
  interval: [0, 1, 1, 2, 3],
  powerPrice: [30, 70, 70, -10, 50],
  height: [1, 1, 2, 3, 3],
  strike: [60, 60, 80, 50, Number.NaN],
  newestBlock: [60, 60, 80, 50, Number.NaN],
  revenue: [62, 62, 82, 52, 52],
  months: [
    { month: "2025-11", firstStep: 0 },
    { month: "2025-12", firstStep: 3 },
  ],
};
const ALL = { first: 0, end: 5 };
const run = (choices: Partial<RuleChoices> = {}) => runRules(TIMELINE, MACHINE, { ...CHOICES, ...choices }) as Run;

test("an owner earns by mining and by selling what is not mined", () => {
  const { rules, hours, constant, meanStrike } = decide(run(), "own", ALL);

  expect(hours).toBe(4);
  expect(constant).toBe(60);
  expect(meanStrike).toBe(57.5); // (60 + 30 + 40 + 100) / 4
  // Mining: 62 + 31 + 41 + 104. Selling: 30 + 35 + 35 - 20.
  expect(rules.always).toMatchObject({ usd: 238, hoursMined: 4, hoursCurtailed: 0, starts: 0 });
  expect(rules.never).toMatchObject({ usd: 80, hoursMined: 0, hoursCurtailed: 4, starts: 0, shareOfOptimal: 0 });
  // Up to 60 it mines: 62 + 104; and sells an hour at 70.
  expect(rules.constant).toMatchObject({ usd: 236, hoursMined: 3, hoursCurtailed: 1, starts: 1 });
  // Half of that hour it mines, at 82 and not 70.
  expect(rules.strike).toMatchObject({ usd: 242, hoursMined: 3.5, hoursCurtailed: 0.5, starts: 1, shareOfOptimal: 1 });
  expect(rules.optimal.usd).toBe(242);
  expect(rules.always.shareOfOptimal).toBeCloseTo((238 - 80) / (242 - 80), 12);
});

test("a buyer pays for what is mined, and gains as much as an owner", () => {
  const { rules } = decide(run(), "buy", ALL);

  // 238 - 80, and 242 - 80.
  expect([rules.always.usd, rules.never.usd, rules.strike.usd]).toEqual([158, 0, 162]);
  expect(rules.always.shareOfOptimal).toBeCloseTo(158 / 162, 12);
});

test("each month has its own figures, and a part of the time only its own", () => {
  const { months } = decide(run(), "own", ALL);
  const part = decide(run(), "own", stepsOf(TIMELINE, { first: 1, end: 3 }));

  expect(months.map(({ month, hours, meanStrike, rules }) => [month, hours, meanStrike, rules.strike.usd])).toEqual([
    ["2025-11", 2, 65, 138], // 62 + 35 + 41
    ["2025-12", 2, 50, 104],
  ]);
  expect(part).toMatchObject({ hours: 3, rules: { always: { usd: 176 }, strike: { usd: 180 } } });
  expect(part.months.map(({ month, hours }) => [month, hours])).toEqual([
    ["2025-11", 1],
    ["2025-12", 2],
  ]);
});

test("terms, a constant, band and hold count", () => {
  const terms = { poolFee: 0.1 as Share, overhead: 0.2 as Share, adder: 5 as UsdPerMwh };

  // 60 x 0.9 / 1.2 - 5
  expect(run({ terms }).constant).toBe(40);
  expect(decide(run({ constant: 75 as UsdPerMwh }), "own", ALL).rules.constant).toMatchObject({ usd: 238, starts: 0 });
  // It stops above 60 x 1.2 only: never.
  expect(decide(run({ band: 0.2 as Share }), "own", ALL).rules.strike).toMatchObject({ usd: 238, hoursCurtailed: 0 });
  // After the stop at height 1, it waits until height 3.
  expect(decide(run({ holdBlocks: 2 }), "own", ALL).rules.strike).toMatchObject({ usd: 236, hoursCurtailed: 1 });
});

test("times without blocks or bitcoin prices are left out, and all of them are nothing to decide on", () => {
  const unknown = { ...TIMELINE, strike: TIMELINE.strike.map(() => Number.NaN) };

  expect(leftOutHours(TIMELINE, ALL)).toBe(1);
  expect(leftOutHours(TIMELINE, { first: 0, end: 4 })).toBe(0);
  expect(runRules(unknown, MACHINE, CHOICES)).toBeNull();
  expect(decide(run(), "own", { first: 4, end: 5 })).toMatchObject({ hours: 0, meanStrike: null, months: [] });
});

test("values by interval are means over the time that counts", () => {
  const values = intervalValues(run(), 4);

  expect([...values.revenue]).toEqual([62, 72, 52, Number.NaN]);
  expect([...values.strike]).toEqual([60, 70, 50, Number.NaN]);
  expect([...values.hours]).toEqual([1, 1, 2, 0]);
  expect([...values.strikeMined]).toEqual([1, 0.5, 2, 0]);
  expect([...values.optimalMined]).toEqual([1, 0.5, 2, 0]);
});

test("a sorted list is searched for the first value that is at least so high", () => {
  expect([0, 1, 2, 5, 6].map((value) => lowerBound([1, 1, 5], value))).toEqual([0, 0, 2, 2, 3]);
});

test("a fleet earns what its megawatts earn, with those that the site uses besides", () => {
  const decision = decide(run(), "own", ALL);
  const counts = new Map([["m", 500]]);

  // 500 x 1,000 W x 1.2 = 0.6 MW; 242 and 238 USD for 1 MW.
  expect(fleetOf([decision], (id) => counts.get(id) ?? 1, 0.2 as Share)).toEqual({
    miners: 500,
    megawatts: expect.closeTo(0.6, 12),
    strikeUsd: expect.closeTo(0.6 * 242, 9),
    alwaysUsd: expect.closeTo(0.6 * 238, 9),
  });
});
