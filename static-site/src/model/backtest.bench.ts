// `npm run bench`: a backtest of a year of 5-minute power prices, for three machines and six rules.
// It must take less than 200 ms.

import { bench } from "vitest";
import type { PowerInterval } from "../power-prices/power-file";
import { randomFrom } from "../testing";
import { backtest, type Rule } from "./backtest";
import { toTimeline } from "./backtest-timeline";
import {
  DAY_MS,
  HOUR_MS,
  type JoulesPerTh,
  MINUTE_MS,
  type Share,
  type UnixMs,
  type UsdPerBtc,
  type UsdPerMwh,
} from "./units";

const START = Date.UTC(2025, 0, 1);
const random = randomFrom(15);
const range = <T>(length: number, value: (n: number) => T): T[] => Array.from({ length }, (_, n) => value(n));

const BLOCKS = 53_500;
const blocks = {
  height: range(BLOCKS, (n) => 877_000 + n),
  time: range(BLOCKS, (n) => (START - 3 * DAY_MS + (n + random()) * 10 * MINUTE_MS) as UnixMs),
  difficulty: range(BLOCKS, (n) => 1e14 + Math.floor(n / 2_016) * 1e12),
  subsidySat: range(BLOCKS, () => 312_500_000),
  feesSat: range(BLOCKS, () => Math.round(random() * 2e7)),
  price: range(BLOCKS, () => (90_000 + random() * 1e4) as UsdPerBtc),
};
const HOURS = 368 * 24;
const prices = {
  knownFrom: range(HOURS, (n) => (START - 2 * DAY_MS + n * HOUR_MS) as UnixMs),
  price: range(HOURS, () => (90_000 + random() * 1e4) as UsdPerBtc),
};
const power = range(105_120, (n): PowerInterval => {
  const start = START + n * 5 * MINUTE_MS;
  return { start: start as UnixMs, end: (start + 5 * MINUTE_MS) as UnixMs, price: 20 + random() * 120 };
});
const rules: Rule[] = [
  { rule: "always" },
  { rule: "never" },
  { rule: "constant", usdPerMwh: 60 as UsdPerMwh },
  { rule: "newest_block" },
  { rule: "strike", band: 0.02 as Share, holdBlocks: 6 },
  { rule: "perfect_foresight" },
];
const terms = { poolFee: 0 as Share, overhead: 0 as Share, adder: 0 as UsdPerMwh };

bench("a year of 5-minute prices, 3 machines, 6 rules", () => {
  const timeline = toTimeline(blocks, prices, power);
  for (const efficiency of [29.5, 15, 9.5]) backtest(timeline, { efficiency: efficiency as JoulesPerTh, terms }, rules);
});
