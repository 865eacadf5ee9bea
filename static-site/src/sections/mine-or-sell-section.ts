// Mine or sell: compares the user's power prices with mining revenue in the same hours. The file
// stays in the browser.

import { ApiError } from "../api";
import { machinesById } from "../catalogue";
import { makeChart } from "../chart/chart";
import type { ChartColumns } from "../chart/columns";
import { toCsv } from "../csv";
import { byId, download, el, setFields, setText } from "../dom";
import type { Machine } from "../economics";
import { cents, clockName, minute, orDash, plain, whole, wholePercent } from "../format";
import { fetchHourlyHashprice } from "../hourly-hashprice";
import { compareMineAndSell, type HourlyHashprice, type MineOrSell, toUsd } from "../mine-or-sell";
import type { Reading } from "../power-prices/reading";
import type { Section, State } from "../state";
import { tablePager } from "../table-pager";
import type { Share, UnixMs, UsdPerMwh } from "../units";
import { type TimeRange, toIso, type View } from "../view";

const MAX_FILE_BYTES = 200e6;

/** Files that were read, and the hashprice of their period. */
type LoadedFile = { readonly name: string; readonly file: Reading; readonly hashprice: HourlyHashprice };

/** The comparison that is shown. */
type Comparison = { readonly machine: Machine; readonly result: MineOrSell; readonly clock: View["time"] };

export function mineOrSellSection(): Section {
  const section = byId("sell");
  const [input, place, rate, asic] = [
    byId<HTMLInputElement>("sell-file"),
    byId<HTMLSelectElement>("sell-place"),
    byId<HTMLInputElement>("sell-rate"),
    byId<HTMLSelectElement>("sell-machine"),
  ];
  const chart = makeChart(byId("sell-chart"), { zoom, back: () => zoom(null), point: () => {} });
  const showRows = tablePager(byId("sell-data"));
  let state: State | null = null;
  let loaded: LoadedFile | null = null;
  let comparison: Comparison | null = null;
  let visible: TimeRange | null = null;
  let reading = new AbortController();

  async function read(files: readonly File[]): Promise<void> {
    reading.abort();
    reading = new AbortController();
    const { signal } = reading;
    const name = files.length === 1 ? (files[0]?.name ?? "") : `${files.length} files`;
    say(`Reading ${name}`, "busy");
    try {
      const bytes = files.reduce((sum, { size }) => sum + size, 0);
      if (MAX_FILE_BYTES < bytes)
        throw new Error(
          `${name} has ${whole(bytes / 1e6)} MB; at most ${whole(MAX_FILE_BYTES / 1e6)} MB can be read. Cut it into parts, by month for example`,
        );
      const { readInWorker } = await import("../power-prices/read-in-worker");
      const progress = (share: number): void => {
        if (!signal.aborted) say(`Reading ${name}: ${wholePercent(share as Share)}`, "busy");
      };
      const prices = await readInWorker(files, {}, { signal, progress });
      // The questions are shown as text; there are no controls to answer them yet.
      if (prices.status === "asks") throw new Error(`${name}: ${prices.message}`);
      if (prices.status === "refused") throw new Error(prices.message);
      const hashprice = await fetchHourlyHashprice(state?.view.api ?? "", timeRangeOf(prices), signal);
      loaded = { name, file: prices, hashprice };
      visible = null;
      showFile(loaded);
      recompute();
    } catch (error) {
      if (signal.aborted) return;
      const words = (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
      const problem =
        error instanceof ApiError
          ? `${name} is read, but what mining earned is not known: ${words}. Choose the file again to try again.`
          : /\?$/.test(words)
            ? words
            : `${words}.`;
      say(loaded === null ? problem : `${problem} What is below is of ${loaded.name}.`, "failed");
    }
  }

  function say(words: string, how: "busy" | "failed" | "done"): void {
    const message = byId("sell-message");
    message.dataset.how = how;
    setText(message, words);
  }

  function showFile({ name, file }: LoadedFile): void {
    place.replaceChildren(...file.series.map((series, at) => el("option", { value: at }, series.name)));
    place.value = String(file.preferred);
    byId("sell-rate-label").hidden = file.currency === "USD";
    setText(byId("sell-currency"), file.currency ?? "");
    rate.value = file.currency === "USD" ? "1" : "";
    const sentences = [`${name}: ${file.layout}`, ...file.notes];
    say(`${sentences.join(". ")}.`, "done");
  }

  function recompute(): void {
    const machines = state?.catalogue ? machinesById(state.view.asics, state.catalogue) : [];
    const machine = machines.find(({ id }) => id === asic.value) ?? machines[0];
    const intervals = loaded?.file.series[Number(place.value)]?.intervals;
    const usdPerUnit = rate.valueAsNumber;
    const hasRate = 0 < usdPerUnit;
    byId("sell-controls").hidden = loaded === null;
    byId("sell-result").hidden = loaded === null || !hasRate;
    setText(
      byId("sell-rate-hint"),
      loaded === null || hasRate ? "" : `Say how many USD a ${loaded.file.currency} was worth.`,
    );
    if (state === null || loaded === null || machine === undefined || intervals === undefined || !hasRate) return;
    const result = compareMineAndSell(toUsd(intervals, usdPerUnit), loaded.hashprice, machine, state.view.poolFee);
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
      visible: visible ?? span,
      view: { unit: "usd", scale: "linear", second: "none", mean: 0, time: clock },
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

  input.addEventListener("change", () => {
    const files = [...(input.files ?? [])];
    if (files.length > 0) void read(files);
    input.value = ""; // So that choosing the same file again is an event too.
  });
  section.addEventListener("dragover", (event) => {
    event.preventDefault();
    section.toggleAttribute("data-dragged", true);
  });
  section.addEventListener("dragleave", () => section.removeAttribute("data-dragged"));
  section.addEventListener("drop", (event) => {
    event.preventDefault();
    section.removeAttribute("data-dragged");
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) void read(files);
  });
  for (const control of [place, rate, asic]) control.addEventListener("input", recompute);
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
      const { view, catalogue } = next;
      if (catalogue === null || (before?.view === view && before.catalogue === catalogue)) return;
      const chosen = asic.value;
      asic.replaceChildren(
        ...machinesById(view.asics, catalogue).map(({ id, name }) => el("option", { value: id }, name)),
      );
      if (view.asics.includes(chosen)) asic.value = chosen;
      recompute();
    },
  };
}

/** From the first price of any place to the end of the last price of any. */
function timeRangeOf({ series }: Reading): TimeRange {
  let [from, to] = [Infinity, -Infinity];
  for (const { intervals } of series) {
    from = Math.min(from, intervals[0]?.start ?? Infinity);
    to = Math.max(to, intervals.at(-1)?.end ?? -Infinity);
  }
  return { from: from as UnixMs, to: to as UnixMs };
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
    time: points.map(({ time }) => time),
    height: points.map(() => null),
    blocks: points.map(() => 1),
    lines: [{ machine, values: points.map(({ mine }) => mine), mean: null }],
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
