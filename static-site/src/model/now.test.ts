import { expect, test } from "vitest";
import { SUMMARY } from "../testing";
import type { Machine } from "./economics";
import { earnings, nextHashprice, satEarned, steadyFeeShare, steadyHashprice, strikeBand, supposed } from "./now";
import type { Costs } from "./strike";
import type { SatPerPhDay, Share, ThPerSecond, UsdPerMwh, UsdPerPhDay, Watts } from "./units";

const S21: Machine = { id: "a", name: "A", hashrate: 200 as ThPerSecond, power: 4_000 as Watts }; // 20 J/TH
const costs = (power: number, poolFee = 0, overhead = 0, adder = 0): Costs => ({
  power: power as UsdPerMwh,
  poolFee: poolFee as Share,
  overhead: overhead as Share,
  adder: adder as UsdPerMwh,
});
const HASHPRICE = 48 as UsdPerPhDay; // 48 x 1000 / (24 x 20) is 100 USD/MWh.

test("now is over 144 blocks, whatever the latest block paid", () => {
  expect(steadyHashprice(SUMMARY)).toEqual({ usd: 61.48, sat: 96_055 });
  expect(steadyFeeShare(SUMMARY)).toBeCloseTo(0.242424, 6); // 100 000 000 / 412 500 000
});

test("with fewer than 144 blocks known, now is the latest block", () => {
  const fewer = { ...SUMMARY, fees_sat_144: null, sat_per_ph_day_144: null, usd_per_ph_day_144: null };

  expect(steadyHashprice(fewer)).toEqual({ usd: 607.31, sat: 948_924 });
  expect(steadyFeeShare(fewer)).toBeNull();
  expect(steadyHashprice(null)).toEqual({ usd: null, sat: null });
});

test("strikes are for the next block, and for the latest until the next one is known", () => {
  expect(nextHashprice({ usd_per_ph_day_144: 70 }, SUMMARY)).toBe(70);
  expect(nextHashprice({ usd_per_ph_day_144: null }, SUMMARY)).toBe(61.48);
  expect(nextHashprice(null, SUMMARY)).toBe(61.48);
  expect(nextHashprice(null, null)).toBeNull();
});

test("without a price there are satoshis only", () => {
  expect(steadyHashprice({ ...SUMMARY, usd_per_ph_day_144: null })).toEqual({ usd: null, sat: 96_055 });
});

test("a miner of 200 TH/s and 4 kW at a hashprice of 48 and 50 USD/MWh", () => {
  const found = earnings(S21, HASHPRICE, costs(50));

  expect(found.revenue).toBeCloseTo(100, 9);
  expect(found.margin).toBeCloseTo(50, 9);
  expect(found.revenuePerDay).toBeCloseTo(9.6, 9); // 0.2 PH/s x 48
  expect(found.profitPerDay).toBeCloseTo(4.8, 9); // 9.6 - 0.096 MWh x 50
});

test("pool fee, overhead and adder count in all of them", () => {
  const found = earnings(S21, HASHPRICE, costs(50, 0.02, 0.25, 5));

  expect(found.revenue).toBeCloseTo(78.4, 9); // 100 x 0.98 / 1.25
  expect(found.margin).toBeCloseTo(23.4, 9); // 78.4 - 5 - 50
  expect(found.revenuePerDay).toBeCloseTo(9.408, 9); // 9.6 x 0.98
  expect(found.profitPerDay).toBeCloseTo(2.808, 9); // 9.408 - 0.096 x 1.25 x 55
  const { startBelow, stopAbove } = strikeBand(S21, HASHPRICE, costs(50, 0.02, 0.25, 5));
  expect(startBelow).toBeCloseTo(71.932, 9); // 73.4 x 0.98
  expect(stopAbove).toBeCloseTo(74.868, 9); // 73.4 x 1.02
  expect(satEarned(S21, 48_000 as SatPerPhDay, costs(50, 0.02, 0.25))).toBeCloseTo(78_400, 6);
});

test("a hashprice that is supposed to fall by 20 % is four fifths; an unknown one stays unknown", () => {
  expect(supposed(50, { hashpriceChange: -0.2 as Share })).toBeCloseTo(40, 12);
  expect(supposed(50, { hashpriceChange: 0 as Share })).toBe(50);
  expect(supposed(null, { hashpriceChange: -0.2 as Share })).toBeNull();
});
