import { expect, test } from "vitest";
import type { Machine } from "../model/economics";
import type { ThPerSecond, UnixMs, Watts } from "../model/units";
import { BLOCK } from "../testing";
import { blocksCsv, priceDistance } from "./block-columns";
import { blockRows } from "./block-rows";

const LEAD: Machine = { id: "s21", name: "S21", hashrate: 200 as ThPerSecond, power: 4_000 as Watts }; // 20 J/TH
const at = (text: string) => Date.parse(text) as UnixMs;

test("a row has the reward, the fee share, and the revenue of the leading machine", () => {
  const [row] = blockRows([BLOCK], LEAD);

  expect(row?.rewardSat).toBe(4_075_059_431); // 3.125 and 37.62559431 BTC
  expect(row?.feeShare).toBeCloseTo(0.92331, 5); // 3 762 559 431 / 4 075 059 431
  expect(row?.usd).toBeCloseTo(100, 9); // 48 x 1000 / (24 x 20)
  expect(row?.sat).toBeCloseTo(100_000, 6);
  expect(row?.price).toEqual({ usd: 64_000, time: at("2024-04-20T00:00:00Z"), source: "a test", provisional: false });
});

test("a block without a price has satoshis only", () => {
  const priceless = {
    ...BLOCK,
    price_usd: null,
    price_time: null,
    price_source: null,
    price_final: false,
    usd_per_ph_day: null,
  };

  const [row] = blockRows([priceless], LEAD);

  expect(row).toMatchObject({ usd: null, price: null });
  expect(row?.sat).toBeCloseTo(100_000, 6);
});

test("without a machine there is no revenue", () => {
  expect(blockRows([BLOCK], null)[0]).toMatchObject({ usd: null, sat: null, height: 840_000 });
});

test("a block without a reward has no fee share", () => {
  expect(blockRows([{ ...BLOCK, subsidy_sat: 0, fees_sat: 0 }], LEAD)[0]?.feeShare).toBeNull();
});

test("the highest block is first", () => {
  const rows = blockRows([BLOCK, { ...BLOCK, height: 840_001 }], LEAD);

  expect(rows.map(({ height }) => height)).toEqual([840_001, 840_000]);
});

test("the distance of a price is before or after its block", () => {
  const block = at("2024-04-20T12:00:00Z");

  expect(priceDistance(at("2024-04-20T11:47:30Z"), block)).toBe("12 min");
  expect(priceDistance(at("2024-04-20T12:03:00Z"), block)).toBe("3 min after");
  expect(priceDistance(at("2024-04-20T12:00:40Z"), block)).toBe("40 s after");
  expect(priceDistance(at("2024-04-20T02:05:19Z"), block)).toBe("9 h 54 min");
  expect(priceDistance(block, block)).toBe("same time");
});

test("the file has all digits, and empty cells for unknown values", () => {
  const lines = blocksCsv(
    blockRows([BLOCK, { ...BLOCK, height: 839_999, price_usd: null, usd_per_ph_day: null }], LEAD),
    LEAD,
  ).split("\r\n");

  const share = 3_762_559_431 / 4_075_059_431;
  expect(lines[1]).toBe(
    `840000,${BLOCK.hash},2024-04-20T00:09:27Z,S21,100,100000,${share},37.62559431,40.75059431,3050,64000,2024-04-20T00:00:00Z,a test,true`,
  );
  expect(lines[2]).toBe(
    `839999,${BLOCK.hash},2024-04-20T00:09:27Z,S21,,100000,${share},37.62559431,40.75059431,3050,,,,`,
  );
});
