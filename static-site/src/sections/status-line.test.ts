import { beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../lib/api";
import { dataAge } from "../model/data-age";
import type { UnixMs } from "../model/units";
import { DEFAULT } from "../model/view";
import type { State } from "../state";
import { readAs, STATUS, SUMMARY } from "../testing";

const NOW = 1_800_000_000_000 as UnixMs;
type Describe = typeof import("./status-line").describeStatus;
let describeStatus: Describe;

beforeEach(async () => {
  readAs("en-GB", "Asia/Kolkata");
  vi.stubGlobal("navigator", { onLine: true });
  vi.resetModules();
  ({ describeStatus } = await import("./status-line"));
  return () => void vi.unstubAllGlobals();
});

const known = { lastError: null, summary: SUMMARY, status: STATUS, view: DEFAULT };
const described = (change: Partial<State>) => {
  const state = { ...known, refreshedAt: NOW, ...change };
  return describeStatus(state, dataAge(state, NOW));
};
const aged = (days: number, status: Partial<typeof STATUS> = {}) => ({
  ...STATUS,
  tip: { ...STATUS.tip, age_seconds: days * 86_400 },
  ...status,
});

test("before the first response, the page is loading", () => {
  const loading = { name: "loading", words: "Loading" };

  expect(described({ summary: null, status: null })).toEqual(loading);
  expect(described({ summary: null })).toEqual(loading);
  expect(described({ status: null })).toEqual(loading);
});

test("live data name their block", () => {
  expect(described({})).toEqual({ name: "fresh", words: "Up to date with block 840,000." });
});

test("old data say how old they are, in the reader's words; the operator's reason is not repeated", () => {
  const why = "no ingest has ended well for 195 d 7 h";

  expect(described({ status: aged(195, { stale: true, why }) })).toEqual({
    name: "stale",
    words: "Data are 195 days old.",
  });
  expect(described({ status: { ...STATUS, stale: true, why } })).toEqual({
    name: "stale",
    words: "New blocks are late.",
  });
});

test("late prices say of when the latest one is, after old blocks", () => {
  const prices = {
    ...STATUS.prices,
    newest: "2024-04-19T00:00:00Z",
    why: "CoinGecko refuses this machine (HTTP 403, no text)",
  };
  const words = "The latest BTC price is of 19 Apr 2024, 00:00 UTC.";

  expect(described({ status: { ...STATUS, prices } })).toEqual({ name: "stale", words });
  expect(described({ status: aged(5, { prices, stale: true }) }).words).toBe(`Data are 5 days old. ${words}`);
  expect(described({ status: { ...STATUS, prices: { ...prices, newest: null } } }).words).toBe(
    "There is no BTC price.",
  );
});

test("a recording is marked as one, and is never old; at first it says that more is to come", () => {
  const recorded = described({ status: aged(300, { recorded: true }) });

  expect(recorded).toEqual({ name: "recorded", words: "Recorded blocks and prices, not live. Block 840,000." });
  for (const change of [{ behind_blocks: 1_234 }, { last_ingest: null, behind_blocks: null }])
    expect(described({ status: aged(418, { recorded: true, stale: true, ...change }) })).toEqual({
      name: "recorded",
      words: "Recorded blocks and prices, not live. Block 840,000. More are being loaded.",
    });
  expect(described({ status: aged(418, { recorded: true, stale: true, behind_blocks: 0 }) })).toEqual({
    name: "stale",
    words: "Recorded blocks and prices, not live. Block 840,000. New blocks are late.",
  });
});

test("an error is shown before all else", () => {
  const lastError = new ApiError("offline", "the server does not answer");
  const words = "Can't reach the server. Retrying every 10 s.";

  expect(described({ lastError })).toEqual({ name: "offline", words });
  expect(described({ lastError, summary: null, status: null })).toEqual({ name: "offline", words });
  expect(described({ lastError, status: { ...STATUS, stale: true, recorded: true } }).words).toBe(words);
});

test("a device without a network says so", () => {
  vi.stubGlobal("navigator", { onLine: false });

  expect(described({ lastError: new ApiError("offline", "") }).words).toBe(
    "This device is offline. Retrying every 10 s.",
  );
});

test("an empty lake is no fault, other problems of the server are named", () => {
  const down = (message: string) => described({ lastError: new ApiError("down", message), summary: null }).words;

  expect(down("the lake is empty: no block has been ingested yet")).toBe(
    "No data yet: the server is waiting for its first block. Retrying every 10 s.",
  );
  expect(down("the lake is being repaired")).toBe(
    "The server has a problem: the lake is being repaired. Retrying every 10 s.",
  );
});

test("a refused request is not announced to be retried", () => {
  const lastError = new ApiError("refused", "`from` is not a time");

  expect(described({ lastError, summary: null, status: null })).toEqual({
    name: "refused",
    words: "`from` is not a time.",
  });
});
