import { expect, test } from "vitest";

import type { UnixMs } from "../model/units";
import { examplePrices } from "./example";

const range = (from: string, to: string) => ({ from: Date.parse(from) as UnixMs, to: Date.parse(to) as UnixMs });

test("the example is the same each time: 90 days of hours before the end of the data, or fewer", () => {
  const year = examplePrices(range("2024-11-01T00:00:00Z", "2025-11-22T23:00:00Z"));
  const again = examplePrices(range("2025-01-01T00:00:00Z", "2025-11-22T20:00:00Z"));
  const days = examplePrices(range("2025-11-01T10:00:00Z", "2025-11-22T23:00:00Z"));

  expect(again).toEqual(year);
  expect(year).toHaveLength(90 * 24);
  expect(year.at(-1)?.end).toBe(Date.parse("2025-11-22T00:00:00Z"));
  expect(days[0]?.start).toBe(Date.parse("2025-11-03T00:00:00Z"));
  expect(days).toEqual(year.slice(-days.length));
  expect(examplePrices(range("2025-11-22T00:00:00Z", "2025-11-22T23:00:00Z"))).toEqual([]);
});

test("the example has hours below zero and spikes, and most prices are ordinary", () => {
  const prices = examplePrices(range("2024-11-01T00:00:00Z", "2025-11-22T23:00:00Z")).map(({ price }) => price);
  const share = (holds: (price: number) => boolean) => prices.filter(holds).length / prices.length;

  expect(share((price) => price < 0)).toBeGreaterThan(0.005);
  expect(share((price) => price > 500)).toBeGreaterThan(0.002);
  expect(share((price) => 0 < price && price < 200)).toBeGreaterThan(0.95);
});
