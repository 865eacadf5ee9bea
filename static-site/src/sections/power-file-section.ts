// The file of power prices: the user chooses it, it is read, and its prices in USD are handed on.
// The file stays in the browser.

import { byId, el, setText } from "../dom";
import { whole, wholePercent } from "../format";
import { toUsd } from "../mine-or-sell";
import type { PowerInterval } from "../power-prices/power-file";
import type { Reading } from "../power-prices/reading";
import type { Share } from "../units";

const MAX_FILE_BYTES = 200e6;

/** The prices of one place, as the user wants the files to be read. */
export type ChosenPrices = {
  /** The name of the file, or what the files are called together. */
  readonly fileName: string;
  readonly seriesName: string;
  /** In USD/MWh, in order of time, without overlap; at least one. */
  readonly intervals: readonly PowerInterval[];
};

/** Files that were read. */
type ReadFiles = { readonly name: string; readonly reading: Reading };

/**
 * Calls `show` with the prices whenever they change; with null as long as something that must be
 * known to have them is missing.
 */
export function powerFileSection(show: (prices: ChosenPrices | null) => void): void {
  const section = byId("sell");
  const [input, place, rate] = [
    byId<HTMLInputElement>("sell-file"),
    byId<HTMLSelectElement>("sell-place"),
    byId<HTMLInputElement>("sell-rate"),
  ];
  let shown: ReadFiles | null = null;
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
      const found = await readInWorker(files, {}, { signal, progress });
      // The questions are shown as text; there are no controls to answer them yet.
      if (found.status === "asks") throw new Error(`${name}: ${found.message}`);
      if (found.status === "refused") throw new Error(found.message);
      shown = { name, reading: found };
      showFiles(shown);
      handOn();
    } catch (error) {
      if (signal.aborted) return;
      const words = (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
      const problem = /\?$/.test(words) ? words : `${words}.`;
      say(shown === null ? problem : `${problem} What is below is of ${shown.name}.`, "failed");
    }
  }

  function say(words: string, how: "busy" | "failed" | "done"): void {
    const message = byId("sell-message");
    message.dataset.how = how;
    setText(message, words);
  }

  function showFiles({ name, reading: { layout, notes, series, preferred, currency } }: ReadFiles): void {
    byId("sell-reading").hidden = false;
    place.replaceChildren(...series.map((one, at) => el("option", { value: at }, one.name)));
    place.value = String(preferred);
    byId("sell-rate-label").hidden = currency === "USD";
    setText(byId("sell-currency"), currency ?? "");
    rate.value = currency === "USD" ? "1" : "";
    say(`${[`${name}: ${layout}`, ...notes].join(". ")}.`, "done");
  }

  function handOn(): void {
    const series = shown?.reading.series[Number(place.value)];
    const usdPerUnit = rate.valueAsNumber;
    const hasRate = 0 < usdPerUnit;
    const hint = shown === null || hasRate ? "" : `Say how many USD a ${shown.reading.currency} was worth.`;
    setText(byId("sell-rate-hint"), hint);
    if (shown === null || series === undefined || !hasRate) show(null);
    else show({ fileName: shown.name, seriesName: series.name, intervals: toUsd(series.intervals, usdPerUnit) });
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
  for (const control of [place, rate]) control.addEventListener("input", handOn);
}
