import { expect, test } from "vitest";
import { ApiError, type StatusJson, type SummaryJson } from "../api";
import { describeStatus } from "./status-line";

const SUMMARY: SummaryJson = {
  block: {
    height: 840_000,
    hash: "0000000000000000000320283a032748cef8227873ff4872689bf23f1cda83a5",
    time: "2024-04-20T00:09:27Z",
    median_time: "2024-04-19T23:30:00Z",
    reward_sat: 4_075_059_431,
    fees_sat: 3_762_559_431,
    fee_share: 0.92331,
  },
  price_usd: 64_000,
  price_time: "2024-04-20T00:00:00Z",
  price_source: "a test",
  price_final: true,
  difficulty: 86_388_558_925_171.02,
  network_hashrate_hs: 6.2e20,
  sat_per_ph_day: 948_924, // 86 400 x 1e15 x 4 075 059 431 / (86 388 558 925 171.02 x 2^32)
  usd_per_ph_day: 607.31,
  asics: [],
};
const STATUS: StatusJson = {
  tip: { height: 840_000, hash: SUMMARY.block.hash, age_seconds: 60 },
  lake: { first_height: 0, blocks: 840_001 },
  recorded: false,
  stale: false,
  why: null,
  prices: { why: null },
};
const known = { lastError: null, summary: SUMMARY, status: STATUS };

test("before the first response, the page is loading", () => {
  const loading = { name: "loading", words: "Loading" };

  expect(describeStatus({ lastError: null, summary: null, status: null })).toEqual(loading);
  expect(describeStatus({ ...known, summary: null })).toEqual(loading);
  expect(describeStatus({ ...known, status: null })).toEqual(loading);
});

test("fresh data name their block, in the user's locale", () => {
  expect(describeStatus(known)).toEqual({
    name: "fresh",
    words: `Up to date with block ${(840_000).toLocaleString()}.`,
  });
});

test("stale data give the reason, or say that blocks are late", () => {
  const why = "the price is two days old";

  const stale = { ...STATUS, stale: true };

  expect(describeStatus({ ...known, status: { ...stale, why } })).toEqual({
    name: "stale",
    words: "Stale: the price is two days old.",
  });
  expect(describeStatus({ ...known, status: stale })).toEqual({
    name: "stale",
    words: "Stale: newer blocks are late.",
  });
});

test("late prices give the reason, after that of stale blocks", () => {
  const prices = {
    why: "no new BTC price since 2024-04-19T00:00:00Z: CoinGecko refuses this machine (HTTP 403, no text)",
  };
  const words = "No new BTC price since 2024-04-19T00:00:00Z: CoinGecko refuses this machine (HTTP 403, no text).";

  expect(describeStatus({ ...known, status: { ...STATUS, prices } })).toEqual({ name: "stale", words });
  expect(describeStatus({ ...known, status: { ...STATUS, prices, stale: true, why: "no blocks" } })).toEqual({
    name: "stale",
    words: `Stale: no blocks. ${words}`,
  });
});

test("a recording is marked as one, unless it is stale", () => {
  const recorded = describeStatus({ ...known, status: { ...STATUS, recorded: true } });

  expect(recorded.name).toBe("recorded");
  expect(recorded.words).toMatch(/record.*BITCOIN_RPC_URL/i); // It also says how to follow a node.
  expect(describeStatus({ ...known, status: { ...STATUS, recorded: true, stale: true } }).name).toBe("stale");
});

test("an error is shown before all else: what is shown was true before", () => {
  const lastError = new ApiError("offline", "this device is offline");
  const words = "Not up to date: this device is offline. What is shown was true before. Trying again every 10 seconds.";

  expect(describeStatus({ ...known, lastError })).toEqual({ name: "offline", words });
  expect(describeStatus({ ...known, lastError, status: { ...STATUS, stale: true, recorded: true } })).toEqual({
    name: "offline",
    words,
  });
});

test("after an error at the start there is nothing to show", () => {
  const lastError = new ApiError("down", "the lake is empty");

  expect(describeStatus({ lastError, summary: null, status: null })).toEqual({
    name: "down",
    words: "Nothing to show yet: the lake is empty. Trying again every 10 seconds.",
  });
});

test("a refused request is not announced to be retried", () => {
  const lastError = new ApiError("refused", "`from` is not a time");

  expect(describeStatus({ lastError, summary: null, status: null })).toEqual({
    name: "refused",
    words: "Nothing to show yet: `from` is not a time.",
  });
  expect(describeStatus({ ...known, lastError }).words).toBe(
    "Not up to date: `from` is not a time. What is shown was true before.",
  );
});
