// The API as it was when the recorded block 922,537 was the newest: the same to every test, however
// many blocks the server has received since.

import type { Page } from "@playwright/test";

import type { BlocksJson, DifficultyJson, StatusJson, StrikeJson, SummaryJson } from "../src/model/api-types";
import { FrozenApi } from "./frozen-api";

const HASH = "00000000000000000000a83792e8f816b2000277ae288cab8e2bdbc3b76769c1";
const HEIGHT = 922_537;
const TIME = "2025-11-07T01:44:18Z";
const MEDIAN_TIME = "2025-11-07T01:10:20Z";
/** Later hours have blocks after the newest one, too. */
const SERIES_END = "2025-11-07T00:59:59Z";
const AGE_S = 754;

const SUMMARY: SummaryJson = {
  block: {
    height: HEIGHT,
    hash: HASH,
    time: TIME,
    median_time: MEDIAN_TIME,
    tx_count: 4_922,
    subsidy_sat: 312_500_000,
    fees_sat: 286_071,
    reward_sat: 312_786_071,
    fee_share: 0.0009145899594742504,
  },
  price_usd: 101_502.06,
  price_time: "2025-11-07T02:00:00Z",
  price_source: "coingecko",
  price_final: true,
  difficulty: 155_973_032_196_071.94,
  network_hashrate_hs: 1.0651374043878434e21,
  sat_per_ph_day: 40_341.47478365294,
  usd_per_ph_day: 40.94742793978828,
  fees_sat_144: 2_358_008.8055555555,
  sat_per_ph_day_144: 40_608.702241924635,
  usd_per_ph_day_144: 41.218669314819685,
  asics: [
    {
      asic_id: "antminer-s19j-pro-100",
      name: "Antminer S19j Pro (100 TH/s)",
      efficiency_j_per_th: 30.5,
      sat_per_mwh: 55_111.304349252656,
      usd_per_mwh: 55.939109207361035,
      sat_per_mwh_144: 55_476.36918295715,
      usd_per_mwh_144: 56.30965753390667,
      change: { "24h": -0.020139809312242685, "7d": -0.06607835428866382, "30d": -0.1967187733516127 },
    },
  ],
};

export const STATUS: StatusJson = {
  chain: "main",
  tip: { height: HEIGHT, hash: HASH, time: TIME, median_time: MEDIAN_TIME, age_seconds: AGE_S },
  cursor: { height: HEIGHT, hash: HASH },
  lake: { first_height: 909_578, blocks: 12_960, months: ["2025-08", "2025-09", "2025-10", "2025-11"] },
  provisional_prices: 0,
  prices: {
    newest: "2025-11-07T01:45:00Z",
    age_seconds: 700,
    provisional_blocks: 0,
    why: null,
    sources: [],
    suspect: [],
  },
  last_ingest: "2025-11-07T01:56:00Z",
  age_seconds: 52,
  behind_blocks: 0,
  recorded: false,
  stale: false,
  why: null,
};

const DIFFICULTY: DifficultyJson = {
  block: { height: HEIGHT, hash: HASH, time: TIME },
  difficulty: SUMMARY.difficulty,
  period_first_height: 921_312,
  period_first_time: "2025-10-29T10:14:53Z",
  period_blocks: 1_226,
  retarget: {
    height: 923_328,
    blocks_left: 791,
    time: "2025-11-12T15:43:04Z",
    change: -0.015529825001184716,
    change_low: -0.033141900542922764,
    change_high: 0.00208225054055311,
  },
  halving: { height: 1_050_000, blocks_left: 127_463, time: "2028-04-10T07:43:04Z", subsidy_sat: 156_250_000 },
};

const STRIKE: StrikeJson = {
  for_height: HEIGHT + 1,
  block: { height: HEIGHT, hash: HASH, time: TIME },
  subsidy_sat: 312_500_000,
  fees_sat_144: SUMMARY.fees_sat_144,
  difficulty: SUMMARY.difficulty,
  price_usd: SUMMARY.price_usd,
  price_time: SUMMARY.price_time,
  price_source: SUMMARY.price_source,
  sat_per_ph_day_144: SUMMARY.sat_per_ph_day_144,
  usd_per_ph_day_144: SUMMARY.usd_per_ph_day_144,
  valid_until: "2025-11-07T04:44:18Z",
  stale: false,
  why: null,
  asics: [],
  fleet: null,
};

const FIXED: Readonly<Record<string, unknown>> = {
  "/summary": SUMMARY,
  "/status": STATUS,
  "/difficulty": DIFFICULTY,
  "/strike": STRIKE,
};

/** Stops page and API at block 922,537, twelve minutes after it was found. `status` replaces fields of `/status`. */
export async function freezeAtTip(page: Page, status: Partial<StatusJson> = {}): Promise<void> {
  const api = new FrozenApi(process.env.PAGE ?? "");
  await page.clock.setFixedTime(Date.parse(TIME) + 1_000 * AGE_S);
  await page.route("**/api/v1/**", async (route) => {
    const { pathname, searchParams } = new URL(route.request().url());
    const path = pathname.replace("/api/v1", "");
    const fixed = FIXED[path];
    if (fixed !== undefined) return route.fulfill({ json: path === "/status" ? { ...STATUS, ...status } : fixed });
    if (path === "/series" && !((searchParams.get("to") ?? "z") < SERIES_END)) searchParams.set("to", SERIES_END);
    if (path !== "/blocks")
      return route.fulfill({ contentType: "application/json", body: await api.text(`${path}?${searchParams}`) });
    const limit = Number(searchParams.get("limit"));
    if (!searchParams.has("from_height")) searchParams.set("from_height", String(HEIGHT + 1 - limit));
    const json = await api.get<BlocksJson>(`/blocks?${searchParams}`);
    const blocks = json.blocks.filter(({ height }) => height <= HEIGHT);
    return route.fulfill({ json: { ...json, blocks, last_height: HEIGHT } });
  });
}
