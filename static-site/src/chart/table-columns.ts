// The columns of what the chart shows: of its table, and of its CSV file. Rows are indices of points.

import type { Column } from "../lib/columns";
import { clockName, minute, orDash, whole } from "../lib/format";
import type { SiteTerms } from "../model/strike";
import type { UnixMs } from "../model/units";
import { toIso, type View } from "../model/view";
import { BLOCK, lineHeader, timeHeader } from "../words/chart";
import type { ChartColumns, Line, Values } from "./columns";
import { rightAxisName, rightAxisText, unitName, valueText } from "./shown-chart";

type TableView = Pick<View, "unit" | "second" | "mean" | "chart" | "time"> & SiteTerms;

export function tableColumns(columns: ChartColumns, view: TableView): readonly Column<number>[] {
  const { time, height, blocks, lines, power, second } = columns;
  return [
    {
      id: "time",
      header: timeHeader(clockName(view.time)),
      cell: (at) => orDash(time[at], (ms) => minute(ms, view.time)),
      csv: ["time", (at) => toIso(time[at] as UnixMs)],
    },
    { id: "height", header: BLOCK, cell: (at) => orDash(height[at], whole), csv: ["height", valueAt(height)] },
    { id: "blocks", header: "", csv: ["blocks", valueAt(blocks)] },
    ...lines.flatMap((line) => lineColumns(line, view)),
    ...(power === null ? [] : [{ id: "power", header: "", csv: [powerName(view), valueAt(power)] } as const]),
    ...(second === null
      ? []
      : [
          {
            id: "second",
            header: rightAxisName(view),
            cell: (at: number) => rightAxisText({ columns, view }, at),
            csv: [secondName(view), valueAt(second)],
          } as const,
        ]),
  ];
}

function lineColumns(line: Line, view: TableView): readonly Column<number>[] {
  const { id, name, values, mean } = line;
  const csvName = lineName(id, view);
  return [
    {
      id,
      header: lineHeader(name, unitName(view)),
      cell: (at) => valueText(line, at, view),
      csv: [csvName(""), valueAt(values)],
    },
    ...(mean === null
      ? []
      : [{ id: `${id}-mean`, header: "", csv: [csvName(`_mean_${view.mean}d`), valueAt(mean)] } as const]),
  ];
}

/** Columns of the network's lines, and their units. */
const NETWORK_NAMES: Readonly<Record<string, string>> = {
  hashrate: "network_hashrate_hs",
  difficulty: "difficulty",
  fees: "fees_btc_per_block",
  blocktime: "minutes_per_block",
};

/** The name of a line in the file, which states its unit and what the site's terms change. */
function lineName(id: string, view: TableView): (kind: string) => string {
  const perPhDay = `${view.unit}_per_ph_day`;
  const network = { ...NETWORK_NAMES, hashprice: perPhDay, hashprice_144: `${perPhDay}_144` };
  if (view.chart !== "revenue") return (kind) => `${network[id as keyof typeof network]}${kind}`;
  const taken = [view.poolFee === 0 ? [] : "pool_fee", view.overhead === 0 ? [] : "overhead"].flat();
  const after = taken.length === 0 ? "" : `_after_${taken.join("_and_")}`;
  return (kind) => `${view.unit}_per_mwh${after}${kind}:${id}`;
}

function powerName({ unit, adder }: TableView): string {
  return `power${adder === 0 ? "" : "_with_adder"}_${unit}_per_mwh`;
}

function secondName(view: TableView): string {
  return { none: "", hashprice: `${view.unit}_per_ph_day`, price: "price_usd", fees: "fee_share" }[view.second];
}

const valueAt = (values: Values) => (at: number) => values[at] ?? null;
