import { describe, expect, test } from "vitest";
import { randomFrom } from "../testing";
import { efficiency, type Machine, mwhPerDay, phDaysPerMwh, satPerMwh, usdPerMwh } from "./economics";
import type { JoulesPerTh, SatPerPhDay, ThPerSecond, UsdPerPhDay, Watts } from "./units";

const machine = (hashrate: number, power: number): Machine => ({
  id: "a",
  name: "A",
  hashrate: hashrate as ThPerSecond,
  power: power as Watts,
});
const e = (joules: number) => joules as JoulesPerTh;

// D = 1e14, reward = 312 500 000 + 2 000 000 sat:
// 86 400 s x 1e15 H/s x 314 500 000 sat / (1e14 x 2^32) = 63 266.605139 sat/PH/day;
// at 84 714 USD/BTC, 53.59567 USD/PH/day.
const SAT = 63_266.605139 as SatPerPhDay;
const USD = 53.59567 as UsdPerPhDay;

test("watts per TH/s are joules per terahash", () => {
  expect(efficiency(machine(200, 3_500))).toBe(17.5); // 3500 / 200
  expect(efficiency(machine(14, 1_372))).toBe(98); // Antminer S9: 1372 / 14
});

test("250 machines of 4 kW draw 1 MW, and use 24 MWh in a day", () => {
  expect(mwhPerDay(machine(200, 4_000))).toBeCloseTo(0.096, 12); // 0.004 MW x 24 h
  expect(250 * mwhPerDay(machine(200, 4_000))).toBeCloseTo(24, 9);
});

test("a MWh at 1 J/TH powers 41.67 PH/s for a day", () => {
  expect(phDaysPerMwh(e(1))).toBeCloseTo(41.666667, 6); // 3.6e9 J / (86 400 s x 1000 TH/PH x 1 J/TH)
  expect(phDaysPerMwh(e(15))).toBeCloseTo(2.777778, 6); // 3.6e9 / (86 400 x 1000 x 15)
});

test("at 15 J/TH, difficulty 1e14 and 2 000 000 sat of fees a MWh earns 175 740.57 sat", () => {
  expect(satPerMwh(SAT, e(15))).toBeCloseTo(175_740.56983, 4); // 63 266.605139 x 1000 / 360
  expect(usdPerMwh(USD, e(15))).toBeCloseTo(148.87687, 4); // 175 740.56983 sat x 84 714 USD/BTC / 1e8
});

describe.each([1, 2, 3])("whatever machine, difficulty and reward (%i)", (seed) => {
  const random = randomFrom(seed);
  const cases = Array.from({ length: 200 }, () => ({
    joules: 1 + random() * 2_000,
    difficulty: 10 ** (random() * 15),
    reward: random() * 5e9,
  }));

  test("a MWh earns its share of the expected blocks", () => {
    for (const { joules, difficulty, reward } of cases) {
      const hashesPerBlock = difficulty * 2 ** 32;
      const hashprice = ((86_400 * 1e15) / hashesPerBlock) * reward;
      // 1 MWh is 3600 s x 1e6 J, and 1 TH is 1e12 hashes.
      const hashesPerMwh = (3_600 * 1e6 * 1e12) / joules;

      const earned = satPerMwh(hashprice as SatPerPhDay, e(joules));

      expect(earned / ((hashesPerMwh / hashesPerBlock) * reward)).toBeCloseTo(1, 12);
    }
  });

  test("a machine's daily revenue is the same from its PH/s and from its MWh", () => {
    for (const { joules, reward } of cases) {
      const [hashprice, rig] = [reward as UsdPerPhDay, machine(100, 100 * joules)];

      const earned = usdPerMwh(hashprice, efficiency(rig)) * mwhPerDay(rig);

      expect(earned / (hashprice * 0.1)).toBeCloseTo(1, 12); // 100 TH/s are 0.1 PH/s.
    }
  });
});
