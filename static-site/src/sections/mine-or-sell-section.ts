// Mine or sell: compares the user's power prices with mining revenue in the same hours.

import { chosenMachines } from "../catalogue";
import { makeChart } from "../chart/chart";
import type { ChartColumns } from "../chart/columns";
import { toCsv } from "../csv";
import { byId, download, el, setFields, setText } from "../dom";
import type { Machine } from "../economics";
import { cents, clockName, minute, orDash, plain, whole, wholePercent } from "../format";
import { fetchHourlyHashprice } from "../hourly-hashprice";
import { compareMineAndSell, type HourlyHashprice, type MineOrSell } from "../mine-or-sell";
import type { ChosenPrices } from "../power-prices/power-file";
import type { Choose, Section, State } from "../state";
import { tablePager } from "../table-pager";
import type { UnixMs, UsdPerMwh } from "../units";
import { type TimeRange, toIso, type View } from "../view";
import { powerFileSection } from "./power-file-section";

/** Prices, and the hashprice of their period. */
type LoadedPrices = { readonly prices: ChosenPrices; readonly hashprice: HourlyHashprice };

/** The comparison that is shown. */
type Comparison = { readonly machine: Machine; readonly result: MineOrSell; readonly clock: View["time"] };

export function mineOrSellSection(choose: Choose): Section {
  const asic = byId<HTMLSelectElement>("sell-machine");
  const chart = makeChart(byId("sell-chart"), { zoom, back: () => zoom(null), point: () => {} });
  const showRows = tablePager(byId("sell-data"));
  let state: State | null = null;
  let loaded: LoadedPrices | null = null;
  let known: { readonly range: TimeRange; readonly hashprice: HourlyHashprice } | null = null;
  let comparison: Comparison | null = null;
  let visible: TimeRange | null = null;
  let loading = new AbortController();

  async function load(prices: ChosenPrices | null): Promise<void> {
    loading.abort();
    loading = new AbortController();
    const { signal } = loading;
    const before = loaded;
    loaded = null;
    setText(byId("sell-problem"), "");
    if (before?.prices.fileName !== prices?.fileName) visible = null;
    if (prices !== null) {
      const range = timeRangeOf(prices);
      try {
        if (known?.range.from !== range.from || known.range.to !== range.to)
          known = { range, hashprice: await fetchHourlyHashprice(state?.view.api ?? "", range, signal) };
        loaded = { prices, hashprice: known.hashprice };
      } catch (error) {
        if (signal.aborted) return;
        const words = (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
        const problem = `${prices.fileName} is read, but what mining earned is not known: ${words}. Choose the file again to try again.`;
        setText(byId("sell-problem"), problem);
      }
    }
    recompute();
  }

  function recompute(): void {
    const machines = state?.catalogue ? chosenMachines(state.view, state.catalogue) : [];
    const machine = machines.find(({ id }) => id === asic.value) ?? machines[0];
    byId("sell-result").hidden = loaded === null;
    if (state === null || loaded === null || machine === undefined) return;
    const result = compareMineAndSell(loaded.prices.intervals, loaded.hashprice, machine, state.view.poolFee);
    comparison = { machine, result, clock: state.view.time };
    show(comparison);
  }

  function show({ machine, result, clock }: Comparison): void {
    setFields(byId("sell-result"), {
      mine: whole(result.mineUsd),
      sell: whole(result.sellUsd),
      best: whole(result.bestUsd),
      share: orDash(result.mineShare, wholePercent),
    });
    setText(byId("sell-words"), describeResult(machine, result));
    const { rows } = result;
    const span = { from: rows[0]?.start ?? (0 as UnixMs), to: rows.at(-1)?.end ?? (0 as UnixMs) };
    chart.draw({
      columns: chartColumnsOf(machine, result),
      marks: [],
      gaps: [],
      forecast: null,
      visible: visible ?? span,
      colours: new Map(),
      view: { chart: "revenue", unit: "usd", scale: "linear", second: "none", mean: 0, time: clock },
    });
    setText(byId("sell-time"), `From (${clockName(clock)})`);
    showRows(rows.length, (at) => {
      const row = rows[at];
      if (row === undefined) throw new Error(`there is no interval ${at}`);
      const cells = [cents(row.sell), orDash(row.mine, cents), orDash(row.better, (better) => better)];
      return el(
        "tr",
        {},
        el("th", { scope: "row" }, minute(row.start, clock)),
        ...cells.map((text) => el("td", {}, text)),
      );
    });
  }

  function zoom(span: TimeRange | null): void {
    visible = span;
    if (comparison !== null) show(comparison);
  }

  const file = powerFileSection(choose, (prices) => void load(prices));
  asic.addEventListener("input", recompute);
  byId("sell-zoom-back").addEventListener("click", () => zoom(null));
  byId("sell-csv").addEventListener("click", () => {
    if (comparison !== null)
      download(
        `hashlake-mine-or-sell-${comparison.machine.id.replaceAll(":", "-")}.csv`,
        new Blob([resultCsv(comparison.result)], { type: "text/csv" }),
      );
  });

  return {
    show(next) {
      const before = state;
      state = next;
      file.show(next);
      const { view, catalogue } = next;
      if (catalogue === null || (before?.view === view && before.catalogue === catalogue)) return;
      const chosen = asic.value;
      asic.replaceChildren(...chosenMachines(view, catalogue).map(({ id, name }) => el("option", { value: id }, name)));
      if (view.asics.includes(chosen)) asic.value = chosen;
      recompute();
    },
  };
}

/** From the first price to the end of the last. */
function timeRangeOf({ intervals }: ChosenPrices): TimeRange {
  return { from: intervals[0]?.start ?? (0 as UnixMs), to: intervals.at(-1)?.end ?? (0 as UnixMs) };
}

function describeResult(
  machine: Machine,
  { rows, mineUsd, sellUsd, bestUsd, hours, unknownHours }: MineOrSell,
): string {
  if (hours === 0) return `In the ${plain(unknownHours)} hours of this file, the lake knows of no block with a price.`;
  const better =
    sellUsd < mineUsd
      ? `mining earned ${whole(mineUsd - sellUsd)} USD more than selling`
      : `selling earned ${whole(sellUsd - mineUsd)} USD more than mining`;
  const unknown =
    unknownHours === 0 ? "" : ` Left out are ${plain(unknownHours)} hours for which the lake knows no hashprice.`;
  return `With 1 MW of ${machine.name} for ${plain(hours)} hours (${whole(rows.length)} prices), ${better}. Always choosing the better one would have earned ${whole(bestUsd - Math.max(mineUsd, sellUsd))} USD more than that.${unknown}`;
}

/**
 * The result as chart columns: mining is the machine's line, selling is the power price. A missing
 * price is a gap.
 */
function chartColumnsOf(machine: Machine, { rows }: MineOrSell): ChartColumns {
  const points = rows.flatMap(({ start, end, mine, sell }, at) => {
    const isGap = end !== (rows[at + 1]?.start ?? end);
    return [
      { time: start, mine, sell: sell as UsdPerMwh | null },
      ...(isGap ? [{ time: end, mine: null, sell: null }] : []),
    ];
  });
  return {
    interval: "hour",
    time: points.map(({ time }) => time),
    height: points.map(() => null),
    blocks: points.map(() => 1),
    lines: [
      {
        id: machine.id,
        name: machine.name,
        values: points.map(({ mine }) => mine),
        mean: null,
        watts: machine.power,
        soldFrom: null,
      },
    ],
    power: points.map(({ sell }) => sell),
    second: null,
  };
}

function resultCsv({ rows }: MineOrSell): string {
  return toCsv(
    ["from", "to", "sell_usd_per_mwh", "mine_usd_per_mwh", "better"],
    rows.map(({ start, end, sell, mine, better }) => [toIso(start), toIso(end), sell, mine, better]),
  );
}
