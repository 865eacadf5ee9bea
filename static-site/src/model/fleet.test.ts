import { expect, test } from "vitest";
import type { Machine } from "./economics";
import { fleetOf, fleetParts } from "./fleet";
import type { Costs } from "./strike";
import type { Share, ThPerSecond, UsdPerMwh, UsdPerPhDay, Watts } from "./units";
import { isFleet, parseView } from "./view";

const machine = (id: string, hashrate: number, power: number): Machine => ({
  id,
  name: id.toUpperCase(),
  hashrate: hashrate as ThPerSecond,
  power: power as Watts,
});
const S21 = machine("s21", 200, 4_000); // 20 J/TH
const S19 = machine("s19", 100, 3_000); // 30 J/TH
const costs = (power: number, poolFee = 0, overhead = 0, adder = 0): Costs => ({
  power: power as UsdPerMwh,
  poolFee: poolFee as Share,
  overhead: overhead as Share,
  adder: adder as UsdPerMwh,
});
const HASHPRICE = 48 as UsdPerPhDay;
const HASHPRICES = { now: HASHPRICE, next: HASHPRICE };
const PARTS = fleetParts([S21, S19], parseView("?asics=s21*100,s19*200"));

test("a link with a count has a fleet, one without compares models", () => {
  expect(isFleet(parseView("?asics=s21*100,s19"))).toBe(true);
  expect(isFleet(parseView("?asics=s21,s19"))).toBe(false);
  expect(isFleet({ ...parseView("?asics=s21"), counts: new Map([["s19", 5]]) })).toBe(false);
});

test("100 miners of 200 TH/s and 4 kW with 200 of 100 TH/s and 3 kW", () => {
  const fleet = fleetOf(PARTS, HASHPRICES, costs(50));

  expect(fleet.miners).toBe(300);
  expect(fleet.megawatts).toBeCloseTo(1, 12); // 100 x 4 kW + 200 x 3 kW
  expect(fleet.phPerSecond).toBeCloseTo(40, 12); // 100 x 0.2 + 200 x 0.1
  expect(fleet.efficiency).toBeCloseTo(25, 12); // 1 MW / 40 PH/s
  expect(fleet.revenuePerDay).toBeCloseTo(1_920, 9); // 40 x 48
  expect(fleet.profitPerDay).toBeCloseTo(720, 9); // 1920 - 24 MWh x 50
  expect(fleet.breakEven).toBeCloseTo(80, 9); // 1920 / 24
});

test("the least efficient miners stop first", () => {
  const { meritOrder } = fleetOf(PARTS, HASHPRICES, costs(50));

  // 48 x 1000 / (24 x 30) and 48 x 1000 / (24 x 20)
  expect(meritOrder.map(({ name }) => name)).toEqual(["S19", "S21"]);
  expect(meritOrder.map(({ strike }) => strike?.toFixed(6))).toEqual(["66.666667", "100.000000"]);
});

test("before an adjustment, the fleet earns at the latest difficulty, and stops at the next one", () => {
  const fleet = fleetOf(PARTS, { now: HASHPRICE, next: 24 as UsdPerPhDay }, costs(50)); // Twice as difficult.

  expect(fleet.revenuePerDay).toBeCloseTo(1_920, 9); // 40 x 48
  expect(fleet.breakEven).toBeCloseTo(40, 9); // 40 x 24 / 24
  expect(fleet.meritOrder.map(({ strike }) => strike?.toFixed(6))).toEqual(["33.333333", "50.000000"]);
});

test("at 70 USD/MWh the S19 is to be off, and the others earn more without it", () => {
  const fleet = fleetOf(PARTS, HASHPRICES, costs(70));

  expect(fleet.meritOrder.map(({ isOff }) => isOff)).toEqual([true, false]);
  expect(fleet.profitPerDay).toBeCloseTo(240, 9); // 1920 - 24 MWh x 70
  expect(fleet.profitWithoutOff).toBeCloseTo(288, 9); // 100 x (0.2 x 48 - 0.096 MWh x 70)
});

test("before an adjustment, the next difficulty decides which miners are off, and both profits are at the latest one", () => {
  const fleet = fleetOf(PARTS, { now: HASHPRICE, next: 24 as UsdPerPhDay }, costs(40)); // Strikes 33.33 and 50.

  expect(fleet.meritOrder.map(({ isOff }) => isOff)).toEqual([true, false]);
  expect(fleet.profitPerDay).toBeCloseTo(960, 9); // 1920 - 24 MWh x 40
  expect(fleet.profitWithoutOff).toBeCloseTo(576, 9); // 100 x (0.2 x 48 - 0.096 MWh x 40)
});

test("the profit with miners off is null if none is off, and 0 if all are", () => {
  const at = (power: number) => fleetOf(PARTS, HASHPRICES, costs(power)).profitWithoutOff;

  expect(at(50)).toBeNull();
  expect(at(120)).toBe(0);
});

test("a model with a count of 0 is left out, and a fleet without miners has no efficiency", () => {
  const some = fleetOf(fleetParts([S21, S19], parseView("?asics=s21*100,s19*0")), HASHPRICES, costs(70));
  expect(some.miners).toBe(100);
  expect(some.meritOrder.map(({ name }) => name)).toEqual(["S21"]);

  const none = fleetOf(fleetParts([S21], parseView("?asics=s21*0")), HASHPRICES, costs(70));
  expect(none).toMatchObject({ miners: 0, efficiency: null, breakEven: null, profitPerDay: 0, meritOrder: [] });
});

test("pool fee, overhead and adder count", () => {
  const fleet = fleetOf(PARTS, HASHPRICES, costs(50, 0.02, 0.25, 5));

  expect(fleet.megawatts).toBeCloseTo(1.25, 12);
  expect(fleet.efficiency).toBeCloseTo(25, 12); // That of the miners.
  expect(fleet.revenuePerDay).toBeCloseTo(1_881.6, 9); // 1920 x 0.98
  expect(fleet.profitPerDay).toBeCloseTo(231.6, 9); // 1881.6 - 30 MWh x 55
  expect(fleet.breakEven).toBeCloseTo(57.72, 9); // 1881.6 / 30 - 5
  expect(fleet.meritOrder[1]?.strike).toBeCloseTo(73.4, 9); // 100 x 0.98 / 1.25 - 5
});

test("without a BTC price, power and hash rate are known, USD are not", () => {
  expect(fleetOf(PARTS, { now: null, next: null }, costs(50))).toMatchObject({
    phPerSecond: 40,
    revenuePerDay: null,
    profitPerDay: null,
    breakEven: null,
    meritOrder: [{ strike: null }, { strike: null }],
  });
});
