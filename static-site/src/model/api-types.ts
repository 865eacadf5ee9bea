// What the API answers. Made by `npm run api-types`: do not edit.
// Its OpenAPI document describes each field.

export type AsicModelJson = {
  readonly asic_id: string;
  readonly cooling: string;
  readonly efficiency_j_per_th: number;
  readonly hashrate_ths: number;
  readonly machines_per_mw: number;
  readonly name: string;
  readonly power_w: number;
  readonly released: string | null;
  readonly source: string;
  readonly vendor: string;
};

export type AsicsJson = {
  readonly asics: readonly AsicModelJson[];
};

export type BlockJson = {
  readonly bits: string;
  readonly claimed_sat: number | null;
  readonly difficulty: number;
  readonly fees_sat: number;
  readonly hash: string;
  readonly height: number;
  readonly median_time: string;
  readonly network_hashrate_hs: number | null;
  readonly prev_hash: string;
  readonly price_final: boolean;
  readonly price_source: string | null;
  readonly price_time: string | null;
  readonly price_usd: number | null;
  readonly reward_sat: number;
  readonly sat_per_ph_day: number;
  readonly sat_per_ph_day_144: number | null;
  readonly subsidy_sat: number;
  readonly time: string;
  readonly tx_count: number;
  readonly usd_per_ph_day: number | null;
  readonly usd_per_ph_day_144: number | null;
};

export type BlocksJson = {
  readonly blocks: readonly BlockJson[];
  readonly first_height: number;
  readonly last_height: number;
};

export type ChangeJson = {
  readonly "24h": number | null;
  readonly "30d": number | null;
  readonly "7d": number | null;
};

export type CursorJson = {
  readonly hash: string;
  readonly height: number;
};

export type CurveStepJson = {
  readonly mw: number;
  readonly ph_per_s: number;
  readonly power_price: number;
};

export type DifficultyJson = {
  readonly block: DifficultyBlockJson;
  readonly difficulty: number;
  readonly halving: HalvingJson;
  readonly period_blocks: number;
  readonly period_first_height: number;
  readonly period_first_time: string | null;
  readonly retarget: RetargetJson | null;
};

export type DifficultyBlockJson = {
  readonly hash: string;
  readonly height: number;
  readonly time: string;
};

export type EarningJson = {
  readonly asic_id: string;
  readonly change: ChangeJson;
  readonly efficiency_j_per_th: number;
  readonly name: string;
  readonly sat_per_mwh: number;
  readonly sat_per_mwh_144: number | null;
  readonly usd_per_mwh: number | null;
  readonly usd_per_mwh_144: number | null;
};

export type FailingPriceSourceJson = {
  readonly failing_since: string;
  readonly name: string;
  readonly why: string;
};

export type FleetJson = {
  readonly curve: readonly CurveStepJson[] | null;
  readonly efficiency_j_per_th: number;
  readonly merit_order: readonly string[];
  readonly total_mw: number;
  readonly total_ph_per_s: number;
};

export type HalvingJson = {
  readonly blocks_left: number;
  readonly height: number;
  readonly subsidy_sat: number;
  readonly time: string | null;
};

export type IntervalJson = "block" | "hour" | "day" | "week" | "month";

export type LakeJson = {
  readonly blocks: number;
  readonly first_height: number;
  readonly months: readonly string[];
};

export type MachineJson = {
  readonly asic_id: string;
  readonly columns: RevenueColumnsJson;
  readonly efficiency_j_per_th: number;
  readonly hashrate_ths: number;
  readonly machines_per_mw: number;
  readonly name: string;
  readonly power_w: number;
  readonly totals: TotalsJson;
};

export type MachineStrikeJson = {
  readonly asic_id: string;
  readonly count: number | null;
  readonly efficiency_j_per_th: number;
  readonly name: string;
  readonly reason: string | null;
  readonly signal: SignalJson | null;
  readonly start_below: number | null;
  readonly stop_above: number | null;
  readonly strike_usd_per_mwh: number | null;
};

export type NewestJson = {
  readonly fee_share: number | null;
  readonly fees_sat: number;
  readonly hash: string;
  readonly height: number;
  readonly median_time: string;
  readonly reward_sat: number;
  readonly subsidy_sat: number;
  readonly time: string;
  readonly tx_count: number;
};

export type PageJson = {
  readonly from: string;
  readonly to: string;
};

export type PricesJson = {
  readonly age_seconds: number | null;
  readonly newest: string | null;
  readonly provisional_blocks: number;
  readonly sources: readonly FailingPriceSourceJson[];
  readonly suspect: readonly SuspectPriceJson[];
  readonly why: string | null;
};

export type ProblemDocumentJson = {
  readonly detail: string;
  readonly first_page?: PageJson;
  readonly nearest?: readonly string[];
  readonly parameter?: string;
  readonly status: number;
  readonly title: string;
  readonly type: string;
};

export type RetargetJson = {
  readonly blocks_left: number;
  readonly change: number | null;
  readonly change_high: number | null;
  readonly change_low: number | null;
  readonly height: number;
  readonly time: string | null;
};

export type RevenueJson = {
  readonly asics: readonly MachineJson[];
  readonly blocks: readonly number[];
  readonly from: string;
  readonly height: readonly number[];
  readonly hours: number;
  readonly interval: IntervalJson;
  readonly pool_fee: number;
  readonly power_price: number;
  readonly priced_blocks: readonly number[];
  readonly time: readonly string[];
  readonly to: string;
};

export type RevenueColumnsJson = {
  readonly profit_usd_per_mwh?: readonly (number | null)[];
  readonly sat_per_block?: readonly (number | null)[];
  readonly sat_per_mw?: readonly (number | null)[];
  readonly sat_per_mwh?: readonly (number | null)[];
  readonly usd_per_block?: readonly (number | null)[];
  readonly usd_per_mw?: readonly (number | null)[];
  readonly usd_per_mwh?: readonly (number | null)[];
};

export type SeriesJson = {
  readonly columns: SeriesColumnsJson;
  readonly from: string;
  readonly interval: IntervalJson;
  readonly time: readonly string[];
  readonly to: string;
};

export type SeriesColumnsJson = {
  readonly blocks?: readonly number[];
  readonly difficulty?: readonly (number | null)[];
  readonly empty_blocks?: readonly number[];
  readonly fee_share?: readonly (number | null)[];
  readonly fees_sat?: readonly number[];
  readonly height?: readonly number[];
  readonly network_hashrate_hs?: readonly (number | null)[];
  readonly price_usd?: readonly (number | null)[];
  readonly priced_blocks?: readonly number[];
  readonly sat_per_ph_day?: readonly (number | null)[];
  readonly sat_per_ph_day_144?: readonly (number | null)[];
  readonly subsidy_sat?: readonly number[];
  readonly tx_count?: readonly number[];
  readonly usd_per_ph_day?: readonly (number | null)[];
  readonly usd_per_ph_day_144?: readonly (number | null)[];
};

export type SignalJson = "mine" | "stop" | "unknown";

export type StatusJson = {
  readonly age_seconds: number | null;
  readonly behind_blocks: number | null;
  readonly chain: string;
  readonly cursor: CursorJson;
  readonly lake: LakeJson;
  readonly last_ingest: string | null;
  readonly prices: PricesJson;
  readonly provisional_prices: number;
  readonly recorded: boolean;
  readonly stale: boolean;
  readonly tip: TipJson;
  readonly why: string | null;
};

export type StrikeJson = {
  readonly asics: readonly MachineStrikeJson[];
  readonly block: StrikeBlockJson;
  readonly difficulty: number | null;
  readonly fees_sat_144: number | null;
  readonly fleet: FleetJson | null;
  readonly for_height: number;
  readonly price_source: string | null;
  readonly price_time: string | null;
  readonly price_usd: number | null;
  readonly sat_per_ph_day_144: number | null;
  readonly stale: boolean;
  readonly subsidy_sat: number;
  readonly usd_per_ph_day_144: number | null;
  readonly valid_until: string | null;
  readonly why: string | null;
};

export type StrikeBlockJson = {
  readonly hash: string;
  readonly height: number;
  readonly time: string;
};

export type SummaryJson = {
  readonly asics: readonly EarningJson[];
  readonly block: NewestJson;
  readonly difficulty: number;
  readonly fees_sat_144: number | null;
  readonly network_hashrate_hs: number | null;
  readonly price_final: boolean;
  readonly price_source: string | null;
  readonly price_time: string | null;
  readonly price_usd: number | null;
  readonly sat_per_ph_day: number;
  readonly sat_per_ph_day_144: number | null;
  readonly usd_per_ph_day: number | null;
  readonly usd_per_ph_day_144: number | null;
};

export type SuspectPriceJson = {
  readonly after_usd: number | null;
  readonly before_usd: number | null;
  readonly source: string;
  readonly time: string;
  readonly usd: number;
};

export type TipJson = {
  readonly age_seconds: number;
  readonly hash: string;
  readonly height: number;
  readonly median_time: string;
  readonly time: string;
};

export type TotalsJson = {
  readonly profit_usd_per_mw: number | null;
  readonly sat_per_mw: number | null;
  readonly usd_per_mw: number | null;
};
