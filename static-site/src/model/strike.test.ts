import { expect, test } from "vitest";
import { randomFrom } from "../testing";
import { usdPerMwh } from "./economics";
import { breakEvenEfficiency, breakEvenPower, type Costs, margin, netShare } from "./strike";
import type { JoulesPerTh, Share, UsdPerMwh, UsdPerPhDay } from "./units";

const e = (joules: number) => joules as JoulesPerTh;
const usd = (value: number) => value as UsdPerMwh;
const costs = (power: number, poolFee = 0, overhead = 0, adder = 0): Costs => ({
  power: usd(power),
  poolFee: poolFee as Share,
  overhead: overhead as Share,
  adder: usd(adder),
});

test("of a MWh that the site buys, pool fee and overhead leave a part", () => {
  expect(netShare(costs(0, 0.02))).toBe(0.98);
  expect(netShare(costs(0, 0, 0.25))).toBe(0.8); // 1 MWh for 1.25 MWh bought
  expect(netShare(costs(0, 0.02, 0.25))).toBeCloseTo(0.784, 12); // 0.98 / 1.25
});

test("a machine that earns 100 USD/MWh breaks even at 73.4 USD/MWh with a fee of 2 %, 25 % overhead and 5 USD/MWh", () => {
  expect(breakEvenPower(usd(100), costs(0, 0.02, 0.25, 5))).toBeCloseTo(73.4, 12); // 100 x 0.98 / 1.25 - 5
});

test.each([1, 2, 3])(
  "a machine at the break-even efficiency earns its costs, a better one more, a worse one less (%i)",
  (seed) => {
    const random = randomFrom(seed);
    for (let round = 0; round < 200; round++) {
      const hashprice = (random() * 500) as UsdPerPhDay;
      const paid = costs(1 + random() * 200, random() * 0.1, random() * 0.3, random() * 20);

      const edge = breakEvenEfficiency(hashprice, paid) as JoulesPerTh;

      expect(margin(usdPerMwh(hashprice, edge), paid)).toBeCloseTo(0, 9);
      expect(margin(usdPerMwh(hashprice, e(edge * 0.999)), paid)).toBeGreaterThan(0);
      expect(margin(usdPerMwh(hashprice, e(edge * 1.001)), paid)).toBeLessThan(0);
    }
  },
);

test("the margin is what is left of a MWh: it can be negative, and exceeds the revenue at negative power prices", () => {
  expect(margin(usd(100), costs(50, 0.02))).toBeCloseTo(48, 12); // 98 - 50
  expect(margin(usd(100), costs(50, 0.02, 0.25, 5))).toBeCloseTo(23.4, 12); // 78.4 - 5 - 50
  expect(margin(usd(40), costs(50))).toBe(-10);
  expect(margin(usd(40), costs(-15))).toBe(55);
});

test("at 50 USD/MWh and a hashprice of 48, machines below 40 J/TH are profitable", () => {
  expect(breakEvenEfficiency(48 as UsdPerPhDay, costs(50))).toBe(40); // 48 x 1000 / (24 x 50)
  expect(breakEvenEfficiency(48 as UsdPerPhDay, costs(50, 0.5))).toBe(20);
  expect(breakEvenEfficiency(48 as UsdPerPhDay, costs(30, 0, 0.25, 10))).toBeCloseTo(40, 9); // 48 x 0.8 x 1000 / (24 x 40)
});

test("if power costs nothing or less, every machine is profitable", () => {
  expect(breakEvenEfficiency(48 as UsdPerPhDay, costs(0))).toBeNull();
  expect(breakEvenEfficiency(48 as UsdPerPhDay, costs(-20))).toBeNull();
  expect(breakEvenEfficiency(48 as UsdPerPhDay, costs(-20, 0, 0, 20))).toBeNull();
});
