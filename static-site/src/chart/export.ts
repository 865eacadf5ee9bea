// The chart as a CSV file.

import { toCsv } from "../csv";
import type { SiteTerms } from "../strike";
import { type TimeRange, toIso, type View } from "../view";
import type { ChartColumns } from "./columns";
import { rightAxisOf } from "./shown-chart";

/** Columns of the network's lines, and their units. */
const LINE_COLUMNS: Readonly<Record<string, string>> = {
  hashrate: "network_hashrate_hs",
  difficulty: "difficulty",
  fees: "fees_btc_per_block",
  blocktime: "minutes_per_block",
};

/** A row for each visible point, with all digits. */
export function chartCsv(
  columns: ChartColumns,
  { from, to }: TimeRange,
  view: Pick<View, "unit" | "second" | "mean" | "chart"> & SiteTerms,
): string {
  const taken = [view.poolFee === 0 ? [] : "pool_fee", view.overhead === 0 ? [] : "overhead"].flat();
  const perMwh = `${view.unit}_per_mwh${taken.length === 0 ? "" : `_after_${taken.join("_and_")}`}`;
  const perPhDay = `${view.unit}_per_ph_day`;
  const network = { ...LINE_COLUMNS, hashprice: perPhDay, hashprice_144: `${perPhDay}_144` };
  const lines = columns.lines.flatMap(({ id, values, mean }) => {
    const name = (kind: string) =>
      view.chart === "revenue" ? `${perMwh}${kind}:${id}` : `${network[id as keyof typeof network]}${kind}`;
    return [
      { name: name(""), values },
      ...(mean === null ? [] : [{ name: name(`_mean_${view.mean}d`), values: mean }]),
    ];
  });
  const second = { none: "", hashprice: perPhDay, price: "price_usd", fees: "fee_share" }[rightAxisOf(view)];
  const shown = [
    ...lines,
    ...(columns.power
      ? [{ name: `power${view.adder === 0 ? "" : "_with_adder"}_${view.unit}_per_mwh`, values: columns.power }]
      : []),
    ...(columns.second ? [{ name: second, values: columns.second }] : []),
  ];
  const rows = columns.time.flatMap((time, at) => {
    const height = columns.height[at] ?? null;
    if (height === null || time < from || to < time) return [];
    return [[toIso(time), height, columns.blocks[at] ?? null, ...shown.map(({ values }) => values[at] ?? null)]];
  });
  return toCsv(["time", "height", "blocks", ...shown.map(({ name }) => name)], rows);
}
