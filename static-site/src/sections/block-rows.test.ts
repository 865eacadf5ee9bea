import { expect, test } from "vitest";
import type { BlockJson } from "../api-types";
import type { Machine } from "../economics";
import type { ThPerSecond, UnixMs, Watts } from "../units";
import { blocksCsv, priceDistance } from "./block-columns";
import { blockRows, countNewBlocks, newerPage, olderPage, pageFrom } from "./block-rows";

const BLOCK: BlockJson = {
  height: 840_000,
  hash: "0000000000000000000320283a032748cef8227873ff4872689bf23f1cda83a5",
  prev_hash: "0000000000000000000172014ba58d66455762add0512355ad651207918494ab",
  bits: "17034219",
  difficulty: 86_388_558_925_171.02,
  network_hashrate_hs: 6.2e20,
  time: "2024-04-20T00:09:27Z",
  median_time: "2024-04-19T23:30:00Z",
  tx_count: 3_050,
  subsidy_sat: 312_500_000,
  fees_sat: 3_762_559_431,
  reward_sat: 4_075_059_431,
  claimed_sat: null,
  price_usd: 64_000,
  price_time: "2024-04-20T00:00:00Z",
  price_source: "a test",
  price_final: true,
  usd_per_ph_day: 48,
  sat_per_ph_day: 48_000,
  usd_per_ph_day_144: 5,
  sat_per_ph_day_144: 5_000,
};
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

test("pages go down to the first block of the lake", () => {
  expect(olderPage(1_000, 100)).toBe(980);
  expect(olderPage(110, 100)).toBe(100);
});

test("pages go up to the newest one, which has no height of its own", () => {
  expect(newerPage(900, 1_000)).toBe(920); // 920 to 939
  expect(newerPage(960, 1_000)).toBe(980); // 980 to 999, without block 1000
  expect(newerPage(961, 1_000)).toBeNull(); // 981 to 1000
});

test("the height that the user enters is the first row of its page, if the lake has enough blocks", () => {
  expect(pageFrom(500, 100, 1_000)).toBe(481); // 500 down to 481
  expect(pageFrom(105, 100, 1_000)).toBe(100);
  expect(pageFrom(5, 100, 1_000)).toBe(100);
  expect(pageFrom(1_000, 100, 1_000)).toBeNull();
  expect(pageFrom(5_000, 100, 1_000)).toBeNull();
});

test("on the newest page, all higher blocks are new", () => {
  expect(countNewBlocks(null, 1_000, 1_000, 100)).toBe(0);
  expect(countNewBlocks(null, 1_000, 1_003, 100)).toBe(3);
  expect(countNewBlocks(null, 1_000, 998, 100)).toBe(0);
});

test("on another page, new blocks count only if they fit on it", () => {
  expect(countNewBlocks(990, 1_000, 1_003, 100)).toBe(3);
  expect(countNewBlocks(990, 1_009, 1_050, 100)).toBe(0);
  expect(countNewBlocks(1_005, null, 1_003, 100)).toBe(0);
  expect(countNewBlocks(1_005, null, 1_006, 100)).toBe(2); // 1005 and 1006
  expect(countNewBlocks(1, null, 1_000, 100)).toBe(0);
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
