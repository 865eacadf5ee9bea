import { describe, expect, test } from "vitest";
import { STATUS, SUMMARY } from "../testing";
import { dataAge } from "./data-age";
import type { UnixMs } from "./units";

const BLOCK_TIME = Date.parse("2024-04-20T00:09:27Z");
const loadedAt = 1_800_000_000_000 as UnixMs;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The age `later` ms after the status was loaded; its block was `age` seconds old then. */
function ageOf(status: Partial<typeof STATUS>, ageSeconds = 60, later = 0) {
  const tip = { ...STATUS.tip, age_seconds: ageSeconds };
  const state = { summary: SUMMARY, status: { ...STATUS, tip, ...status }, refreshedAt: loadedAt };
  return dataAge(state, (loadedAt + later) as UnixMs);
}

test("it is unknown before summary and status are loaded", () => {
  expect(dataAge({ summary: null, status: STATUS, refreshedAt: loadedAt }, loadedAt)).toBeNull();
  expect(dataAge({ summary: SUMMARY, status: null, refreshedAt: loadedAt }, loadedAt)).toBeNull();
});

test("data are live while the latest block is at most three hours old, by the time that passed since", () => {
  expect(ageOf({})).toEqual({ kind: "live", asOf: BLOCK_TIME });
  expect(ageOf({}, 3 * 3_600)?.kind).toBe("live");
  expect(ageOf({}, 60, 3 * HOUR - MINUTE)?.kind).toBe("live");
  expect(ageOf({}, 60, 3 * HOUR)).toEqual({
    kind: "old",
    asOf: BLOCK_TIME,
    isDaysOld: false,
    blockAgeMs: 3 * HOUR + MINUTE,
    areBlocksOld: true,
  });
});

test("a recording is a demo of its own time, also while it is loaded", () => {
  expect(ageOf({ recorded: true }, 30_000_000)).toEqual({ kind: "demo", asOf: BLOCK_TIME });
  expect(ageOf({ recorded: true, stale: true }, 30_000_000)).toEqual({ kind: "demo", asOf: BLOCK_TIME });
});

describe("old data", () => {
  test("that are late are of the latest block's time", () => {
    expect(ageOf({ stale: true })).toMatchObject({ kind: "old", asOf: BLOCK_TIME, areBlocksOld: false });
  });

  test("are of the price's time if the price is late", () => {
    const newest = "2024-04-17T12:00:00Z";
    const age = ageOf({ prices: { ...STATUS.prices, newest, why: "no price" } });

    // 2.5 days before the block.
    expect(age).toMatchObject({ kind: "old", asOf: Date.parse(newest), isDaysOld: true, areBlocksOld: false });
    expect(ageOf({ prices: { ...STATUS.prices, newest: null, why: "no price" } })).toMatchObject({
      kind: "old",
      asOf: BLOCK_TIME,
    });
  });

  test("are days old from two days on", () => {
    expect(ageOf({}, 2 * 86_400 - 1)).toMatchObject({ isDaysOld: false });
    expect(ageOf({}, 2 * 86_400)).toMatchObject({ isDaysOld: true });
  });
});
