import { expect, test } from "vitest";

import { toHistory } from "./history";

const row = (height: number, time: string, price: [string, number] | null) => ({
  height,
  time: `2025-11-01T${time}Z`,
  difficulty: 1e14,
  subsidy_sat: 312_500_000,
  fees_sat: 1,
  price_time: price && `2025-11-01T${price[0]}Z`,
  price_usd: price?.[1] ?? null,
});
const ms = (time: string) => Date.parse(`2025-11-01T${time}Z`);

test("an hourly price is known an hour after its time, whatever blocks are nearest to it", () => {
  const { blocks, prices } = toHistory([
    row(1, "00:10:00", ["00:00:00", 100]),
    row(2, "00:50:00", ["01:00:00", 101]),
    row(3, "00:20:00", ["00:00:00", 100]),
    row(4, "03:10:00", ["03:00:00", 103]),
    row(5, "03:20:00", null),
  ]);

  expect(blocks.price).toEqual([100, 101, 100, 103, null]);
  expect(blocks.time[2]).toBe(ms("00:20:00"));
  expect(prices).toEqual({
    knownFrom: [ms("01:00:00"), ms("02:00:00"), ms("04:00:00")],
    price: [100, 101, 103],
  });
});

test("five-minute prices are known after five minutes, and replace an hourly one that comes later", () => {
  const { prices } = toHistory([
    row(1, "00:00:00", ["00:00:00", 100]),
    row(2, "01:00:00", ["01:00:00", 101]),
    row(3, "01:40:00", ["01:40:00", 102]),
    row(4, "01:45:00", ["01:45:00", 103]),
  ]);

  // That of 01:00 is 40 minutes from the next one: hourly, and known at 02:00, after newer ones.
  expect(prices).toEqual({
    knownFrom: [ms("01:00:00"), ms("01:45:00"), ms("01:50:00")],
    price: [100, 102, 103],
  });
});

test("without blocks there is nothing", () => {
  expect(toHistory([])).toMatchObject({ blocks: { height: [] }, prices: { knownFrom: [], price: [] } });
});
