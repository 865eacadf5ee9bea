// A double of the API with all history: 950,000 blocks by day, from a bitcoin of 5 cents and difficulty 1.

import type { Page } from "@playwright/test";

const DAY = 86_400_000;
const GENESIS = Date.UTC(2009, 0, 3);
const BLOCKS_PER_DAY = 150; // 950,000 blocks in 6,333 days, as in the real chain on average.
const FIRST_PRICED_DAY = 550; // Nobody traded before July 2010.
const LAST_HEIGHT = 949_999;

const days = Array.from({ length: Math.floor((LAST_HEIGHT + 1) / BLOCKS_PER_DAY) }, (_, day) => day);
/** Up and down over some years and some days, so that lines look like lines of the real chain. */
const wave = (day: number) => Math.exp(0.6 * Math.sin(day / 230) + 0.08 * Math.sin(day / 9));
/** From `first` to `last` over all days, in equal ratios. */
const growth = (first: number, last: number, day: number) => first * (last / first) ** (day / (days.length - 1));

const heightOf = (day: number) => (day + 1) * BLOCKS_PER_DAY - 1;
const priceOf = (day: number) =>
  day < FIRST_PRICED_DAY ? null : growth(0.05, 120_000, Math.min(day * wave(day) ** 0.02, days.length - 1)) * wave(day);
const difficultyOf = (day: number) => (day < 350 ? 1 : growth(1, 1.5e14, day * (2 - day / (days.length - 1))));
const subsidyOf = (day: number) => 50e8 / 2 ** Math.floor(heightOf(day) / 210_000);
const feeShareOf = (day: number) => (day < 600 ? 0 : 0.02 * wave(day + 400) ** 2);
/** 86 400 s x 1e15 H/s / (difficulty x 2^32) blocks, each with subsidy and fees. */
const satPerPhDay = (day: number) =>
  ((86_400 * 1e15) / (difficultyOf(day) * 2 ** 32)) * (subsidyOf(day) / (1 - feeShareOf(day)));
const usdPerPhDay = (day: number) => {
  const price = priceOf(day);
  return price === null ? null : (satPerPhDay(day) * price) / 1e8;
};

const columns = {
  usd_per_ph_day: days.map(usdPerPhDay),
  sat_per_ph_day: days.map(satPerPhDay),
  usd_per_ph_day_144: days.map(usdPerPhDay),
  sat_per_ph_day_144: days.map(satPerPhDay),
  price_usd: days.map(priceOf),
  height: days.map(heightOf),
  blocks: days.map(() => BLOCKS_PER_DAY),
  fee_share: days.map(feeShareOf),
  fees_sat: days.map((day) => Math.round((BLOCKS_PER_DAY * subsidyOf(day) * feeShareOf(day)) / (1 - feeShareOf(day)))),
  difficulty: days.map(difficultyOf),
  network_hashrate_hs: days.map((day) => (difficultyOf(day) * 2 ** 32) / 600),
};

export const ALL_HISTORY = {
  interval: "day",
  time: days.map((day) => new Date(GENESIS + day * DAY).toISOString()),
  columns,
} as const;

/** The same without the days from `first` to before `last`. */
export function withoutDays(first: number, last: number): typeof ALL_HISTORY {
  const keep = <Value>(values: readonly Value[]): Value[] => values.filter((_, day) => day < first || last <= day);
  const kept = Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, keep<number | null>(values)]));
  return { interval: "day", time: keep(ALL_HISTORY.time), columns: kept as typeof columns };
}

/** Answers the page's requests for series with all history, whatever its range. */
export async function serveAllHistory(page: Page, json: unknown = ALL_HISTORY): Promise<void> {
  await page.route("**/api/v1/series?*", (route) => route.fulfill({ json }));
}
