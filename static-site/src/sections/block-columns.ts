// The columns of the block table, in the order in which they are asked for.

import { type Column, columnsCsv } from "../lib/columns";
import {
  cents,
  clockName,
  duration,
  minute,
  orDash,
  percent,
  satsAsBtc,
  sourceName,
  whole,
  zoneName,
} from "../lib/format";
import type { Machine } from "../model/economics";
import { HOUR_MS, MINUTE_MS, type UnixMs } from "../model/units";
import { toIso, type View } from "../model/view";
import { afterBlock, BLOCK_HEADERS as HEADERS, PRELIMINARY, SAME_TIME } from "../words/tables";
import type { BlockRow } from "./block-rows";

type Clock = View["time"];

/** Revenue is that of `lead`; times are of this clock. */
export function blockColumns(clock: Clock, lead: Machine | null): readonly Column<BlockRow>[] {
  return [
    { id: "height", header: HEADERS.height, own: "header", csv: ["height", ({ height }) => height] },
    { id: "hash", header: "", csv: ["hash", ({ hash }) => hash] },
    {
      id: "time",
      header: HEADERS.time,
      unit: clockName(clock),
      // Local times name their zone: in autumn the same hour comes twice.
      cell: ({ time }) => (clock === "utc" ? minute(time, clock) : `${minute(time, clock)} ${zoneName(time, clock)}`),
      csv: ["time_utc", ({ time }) => toIso(time)],
    },
    { id: "machine", header: "", csv: ["machine", () => lead?.name ?? null] },
    {
      id: "usd",
      header: HEADERS.usd,
      unit: "USD/MWh",
      cell: ({ usd }) => orDash(usd, cents),
      csv: ["usd_per_mwh", ({ usd }) => usd],
    },
    {
      id: "sat",
      header: HEADERS.sat,
      unit: "sat/MWh",
      cell: ({ sat }) => orDash(sat, whole),
      csv: ["sat_per_mwh", ({ sat }) => sat],
    },
    {
      id: "fee-share",
      header: HEADERS.feeShare,
      cell: ({ feeShare }) => orDash(feeShare, percent),
      csv: ["fee_share", ({ feeShare }) => feeShare],
    },
    {
      id: "fees",
      header: HEADERS.fees,
      unit: "BTC",
      cell: ({ feesSat }) => satsAsBtc(feesSat),
      csv: ["fees_btc", ({ feesSat }) => feesSat / 1e8],
    },
    {
      id: "reward",
      header: HEADERS.reward,
      unit: "BTC",
      cell: ({ rewardSat }) => satsAsBtc(rewardSat),
      csv: ["reward_btc", ({ rewardSat }) => rewardSat / 1e8],
    },
    {
      id: "transactions",
      header: HEADERS.transactions,
      cell: ({ transactions }) => whole(transactions),
      csv: ["transactions", ({ transactions }) => transactions],
    },
    {
      id: "price",
      header: HEADERS.price,
      unit: "USD",
      cell: ({ price }) => orDash(price, ({ usd }) => cents(usd)),
      csv: ["price_usd_per_btc", ({ price }) => price?.usd ?? null],
    },
    { id: "from", header: HEADERS.from, isWords: true, cell: priceText },
    { id: "price-time", header: "", csv: ["price_time_utc", ({ price }) => (price?.time ? toIso(price.time) : null)] },
    { id: "price-source", header: "", csv: ["price_source", ({ price }) => price?.source ?? null] },
    { id: "price-final", header: "", csv: ["price_final", ({ price }) => price && String(!price.provisional)] },
  ];
}

/** The rows as CSV, with all columns and digits. */
export function blocksCsv(rows: readonly BlockRow[], lead: Machine | null): string {
  return columnsCsv(blockColumns("utc", lead), rows);
}

/** When the price was observed, whether it may still be replaced, and who gave it. */
function priceText({ price, time }: BlockRow): string {
  return orDash(price, (price) => {
    const distance = price.time === null ? [] : [priceDistance(price.time, time)];
    const source = price.source === null ? [] : [sourceName(price.source)];
    return [...distance, ...(price.provisional ? [PRELIMINARY] : []), ...source].join(", ");
  });
}

/** How long before a block its price was observed: "12 min"; or "3 min after" it. */
export function priceDistance(price: UnixMs, block: UnixMs): string {
  const ms = Math.abs(price - block);
  if (ms === 0) return SAME_TIME;
  const length = MINUTE_MS <= ms && ms < HOUR_MS ? `${whole(Math.floor(ms / MINUTE_MS))} min` : duration(ms);
  return price < block ? length : afterBlock(length);
}
