import { describe, expect, test } from "vitest";
import { randomFrom } from "../testing";
import { fromUnit, powerPrice, probableUnit, toUnit } from "./power-unit";

test("0.05 USD/kWh and 5 ct/kWh are 50 USD/MWh, without digits of rounding", () => {
  expect([toUnit(50, "mwh"), toUnit(50, "kwh"), toUnit(50, "ct")]).toEqual([50, 0.05, 5]);
  expect([fromUnit(0.0612, "kwh"), fromUnit(6.12, "ct"), fromUnit(61.2, "mwh")]).toEqual([61.2, 61.2, 61.2]);
});

test("what is typed comes back in every unit", () => {
  const random = randomFrom(3);
  for (let round = 0; round < 1_000; round++) {
    const typed = Math.round(random() * 1e6) / 1e4;
    for (const unit of ["mwh", "kwh", "ct"] as const) expect(toUnit(fromUnit(typed, unit), unit)).toBe(typed);
  }
});

test("a price has the decimals of its unit", () => {
  const texts = (["mwh", "kwh", "ct"] as const).map((unit) => powerPrice(98.7037, unit));

  expect(texts).toEqual([(98.7).toFixed(2), (0.0987).toFixed(4), (9.87).toFixed(2)]);
});

describe("a price that is not usual was probably typed in another unit", () => {
  test.each([
    [0.05, "mwh", "kwh"], // 50 USD/MWh
    [0.12, "mwh", "kwh"],
    [0.05, "ct", "kwh"],
    [5, "kwh", "ct"], // 5 USD/kWh are 5,000 USD/MWh.
    [50, "kwh", "mwh"],
    [200, "ct", "mwh"], // 2 USD/kWh
    [2_000, "mwh", null], // In other units it would be more still.
  ] as const)("%d %s", (value, unit, probable) => {
    expect(probableUnit(value, unit)).toBe(probable);
  });

  test.each([
    [50, "mwh"],
    [5, "mwh"],
    [1, "mwh"],
    [1_000, "mwh"],
    [0.05, "kwh"],
    [5, "ct"],
    [0, "mwh"],
    [-20, "mwh"],
    [-0.05, "mwh"],
  ] as const)("but %d %s is usual", (value, unit) => {
    expect(probableUnit(value, unit)).toBeNull();
  });
});
