// Helpers that several tests share.

import { readdirSync, readFileSync } from "node:fs";
import { vi } from "vitest";
import type { BlockJson, StatusJson, SummaryJson } from "./model/api-types";

const SITE = new URL("../", import.meta.url);

/** `index.html`, and the parts of the page that are loaded later: each file's path and text. */
export function htmlFiles(): readonly (readonly [file: string, html: string])[] {
  const names = readdirSync(new URL("src/", SITE), { recursive: true, encoding: "utf8" });
  const parts = names.filter((name) => name.endsWith(".html")).map((name) => `src/${name}`);
  return ["index.html", ...parts].map((file) => [file, readFileSync(new URL(file, SITE), "utf8")]);
}

/**
 * Pseudo-random numbers from 0 to below 1, the same in every run (the generator of Numerical
 * Recipes).
 */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/**
 * Makes Intl format as a browser with this locale and time zone does, until
 * `vi.unstubAllGlobals()`.
 */
export function readAs(locale: string, timeZone: string): void {
  const { NumberFormat, DateTimeFormat } = Intl;
  class Numbers extends NumberFormat {
    constructor(locales?: Intl.LocalesArgument, options?: Intl.NumberFormatOptions) {
      super(locales ?? locale, options);
    }
  }
  class Times extends DateTimeFormat {
    constructor(locales?: Intl.LocalesArgument, options?: Intl.DateTimeFormatOptions) {
      super(locales ?? locale, { timeZone, ...options });
    }
  }
  vi.stubGlobal("Intl", Object.create(Intl, { NumberFormat: { value: Numbers }, DateTimeFormat: { value: Times } }));
}

/** Responses of the API at the block of the halving of 2024, with high fees. */
export const SUMMARY: SummaryJson = {
  block: {
    height: 840_000,
    hash: "0000000000000000000320283a032748cef8227873ff4872689bf23f1cda83a5",
    time: "2024-04-20T00:09:27Z",
    median_time: "2024-04-19T23:30:00Z",
    subsidy_sat: 312_500_000,
    reward_sat: 4_075_059_431,
    fees_sat: 3_762_559_431,
    fee_share: 0.92331,
    tx_count: 3_050,
  },
  price_usd: 64_000,
  price_time: "2024-04-20T00:00:00Z",
  price_source: "a test",
  price_final: true,
  difficulty: 86_388_558_925_171.02,
  network_hashrate_hs: 6.2e20,
  sat_per_ph_day: 948_924, // 86 400 x 1e15 x 4 075 059 431 / (86 388 558 925 171.02 x 2^32)
  usd_per_ph_day: 607.31,
  fees_sat_144: 100_000_000,
  sat_per_ph_day_144: 96_055, // The same with a reward of 412 500 000 sat.
  usd_per_ph_day_144: 61.48,
  asics: [],
};
export const STATUS: StatusJson = {
  chain: "main",
  tip: {
    height: 840_000,
    hash: SUMMARY.block.hash,
    time: SUMMARY.block.time,
    median_time: SUMMARY.block.median_time,
    age_seconds: 60,
  },
  cursor: { height: 840_000, hash: SUMMARY.block.hash },
  lake: { first_height: 0, blocks: 840_001, months: ["2024-04"] },
  last_ingest: "2024-04-20T00:10:00Z",
  age_seconds: 27,
  behind_blocks: 0,
  provisional_prices: 0,
  recorded: false,
  stale: false,
  why: null,
  prices: {
    newest: "2024-04-20T00:00:00Z",
    age_seconds: 567,
    provisional_blocks: 0,
    sources: [],
    suspect: [],
    why: null,
  },
};
/** The same block in `/blocks`, with a price of its own. */
export const BLOCK: BlockJson = {
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
