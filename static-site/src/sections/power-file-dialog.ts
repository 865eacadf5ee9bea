// Reads the chosen files, asks what they do not say, and hands on their prices in USD.

import "../style/reading.css";

import { byId, setText } from "../lib/dom";
import { whole } from "../lib/format";
import { type FileChoices, headerKey } from "../power-prices/file-choices";
import { keptChoices } from "../power-prices/kept-choices";
import { type ChosenPrices, PowerPricesError } from "../power-prices/power-file";
import { readInWorker } from "../power-prices/read-in-worker";
import type { ChoiceKey, Choices, Reading } from "../power-prices/reading";
import {
  describeFile,
  fitting,
  hasChoices,
  isSame,
  localZone,
  type Misfits,
  rateFor,
  rowCurrency,
  shownSeries,
  whatChanged,
  withoutPlace,
  withPlace,
} from "../power-prices/reading-rows";
import { toUsd } from "../power-prices/to-usd";
import type { Choose } from "../state";
import * as words from "../words/reading";
import { type ReadingPanel, readingPanel } from "./reading-panel";

export type PowerFileDialog = {
  readonly open: (files: readonly File[]) => void;
  /** `shown` is what the page's link says. */
  readonly show: (shown: FileChoices) => void;
  /** Forgets the files. */
  readonly close: () => void;
};

/** Files that were read, and the choices they were read with. */
type OpenFiles = {
  readonly name: string;
  readonly files: readonly File[];
  readonly reading: Reading;
  readonly choices: Choices;
};

const MAX_FILE_BYTES = 200e6;
const HOW = { read: "done", asks: "asks", refused: "failed" } as const;

export function powerFileDialog(
  linked: FileChoices,
  choose: Choose,
  show: (prices: ChosenPrices | null) => void,
): PowerFileDialog {
  const [root, progress, bar, input] = [
    byId("sell-reading"),
    byId("sell-progress"),
    byId<HTMLProgressElement>("sell-progress-bar"),
    byId("sell-file"),
  ];
  const kept = keptChoices(linked);
  let chosen = linked;
  let current: OpenFiles | null = null;
  let running = new AbortController();
  let runningName = "";

  const panel = readingPanel(root, {
    choose: (key, value) => void change(key, withChoice(key, value)),
    undo: () => void change("undo", {}),
    enterRate(usd) {
      const currency = current === null ? null : rowCurrency(current.reading);
      keep({ ...chosen, rate: usd === null || currency === null ? null : { currency, usd } });
      showCurrent();
      if (current !== null) say([describeFile(current.name, current.reading, chosen)], HOW[current.reading.status]);
    },
    refuse: (problem) => say([problem], "failed"),
  });

  function withChoice(key: ChoiceKey, value: string): Choices {
    const { [key]: _, ...others } = chosen.choices;
    const found = current?.reading.choices[key];
    // What is not among the options is what the reader found, such as several columns at once.
    return found?.value === value && !found.options.includes(value) ? others : { ...others, [key]: value };
  }

  async function open(files: readonly File[]): Promise<void> {
    const name = words.filesName(files.map((file) => file.name));
    await work(name, files, async (read) => {
      const first = await read({});
      const header = headerKey(first.header);
      const { choices, isFromOther } = kept.find(header);
      const { fits, misfits } = fitting(choices, first);
      const asChosen = withoutPlace(fits);
      const reading = withPlace(hasChoices(asChosen) ? await read(asChosen) : first, fits);
      if (reading.status === "refused" && reading.header === "") {
        say([reading.message, ...(isShown() ? [words.stillShown(current?.name ?? "")] : [])], "failed");
        return;
      }
      keep({ header, choices: fits, rate: kept.rate(rowCurrency(reading)) });
      const said = accept({ name, files, reading, choices: fits }, misfits, panel.open);
      say(
        [describeFile(name, reading, chosen), ...said, ...(isFromOther ? [words.OTHER_HEADER] : [])],
        HOW[reading.status],
      );
      panel.focusNeeded();
    });
  }

  async function change(key: ChoiceKey | "undo", choices: Choices): Promise<void> {
    if (current === null) return;
    const before = current;
    const { name, files } = current;
    const finish = (found: Reading): void => {
      const reading = withPlace(found, choices);
      const currency = rowCurrency(reading);
      if (currency !== rowCurrency(before.reading)) keep({ ...chosen, rate: kept.rate(currency) });
      const said = accept({ name, files, reading, choices }, [], panel.show);
      say(
        [whatChanged(key, before, { name, reading, choices: chosen.choices }, chosen.rate), ...said],
        HOW[reading.status],
      );
    };
    keep({ ...chosen, choices });
    if (isSame(withoutPlace(choices), withoutPlace(before.choices))) {
      running.abort();
      finish(before.reading);
    } else await work(name, files, async (read) => finish(await read(withoutPlace(choices))));
  }

  /** Shows what was read. Returns what to say about choices that it does not have. */
  function accept(read: OpenFiles, misfits: Misfits, showIn: ReadingPanel["show"]): readonly string[] {
    current = read;
    const { place } = chosen.choices;
    // The places are known only when all else is.
    const gone = place === undefined || read.reading.status !== "read" ? [] : fitting({ place }, read.reading).misfits;
    if (gone.length > 0) keep({ ...chosen, choices: withoutPlace(chosen.choices) });
    current = { ...read, choices: chosen.choices };
    showCurrent(showIn);
    const dropped = [...misfits, ...gone];
    return dropped.length > 0 ? [words.dropped(dropped)] : [];
  }

  function keep(next: FileChoices): void {
    chosen = next;
    kept.keep(chosen);
    choose({ powerFile: chosen });
  }

  const isShown = (): boolean => current?.reading.status === "read";

  function showCurrent(showIn = panel.show): void {
    if (current === null) return;
    const { name, reading } = current;
    root.hidden = false;
    showIn(reading, chosen);
    const [series, rate] = [shownSeries(reading, chosen.choices), rateFor(reading, chosen.rate)];
    if (series === null || rate === null) show(null);
    else {
      const intervals = toUsd(series.intervals, rate.usd);
      show({ fileName: name, seriesName: series.name, zone: localZone(reading), intervals });
    }
  }

  /** Stops what is running, and runs `job` with progress, a way to cancel it, and messages. */
  async function work(
    name: string,
    files: readonly File[],
    job: (read: (choices: Choices) => Promise<Reading>) => Promise<void>,
  ): Promise<void> {
    running.abort();
    const own = new AbortController();
    const { signal } = own;
    running = own;
    runningName = name;
    bar.removeAttribute("value");
    progress.hidden = false;
    say([words.reading(name)], "busy");
    const tell = (share: number): void => {
      if (!signal.aborted) bar.value = share;
    };
    try {
      refuseLarge(name, files);
      await job((choices) => readInWorker(files, choices, { signal, progress: tell }));
    } catch (error) {
      if (signal.aborted) return;
      restore();
      const reason = error instanceof Error ? error.message : String(error);
      say([error instanceof PowerPricesError ? reason : words.couldNotRead(name, reason)], "failed");
    } finally {
      if (running === own) hideProgress();
    }
  }

  /** Returns to the choices of what is shown. */
  function restore(): void {
    if (current === null) return;
    keep({ ...chosen, choices: current.choices });
    showCurrent();
  }

  function hideProgress(): void {
    const hadFocus = progress.contains(document.activeElement);
    progress.hidden = true;
    if (hadFocus) input.focus();
  }

  byId("sell-cancel").addEventListener("click", () => {
    running.abort();
    restore();
    say([words.cancelled(runningName), ...(isShown() ? [words.stillShown(current?.name ?? "")] : [])], "done");
    hideProgress();
  });

  return {
    open: (files) => void open(files),
    show(shown) {
      // Going back in the history changes the time range, and not how the file is read.
      if (shown !== chosen) choose({ powerFile: chosen });
    },
    close() {
      running.abort();
      current = null;
      root.hidden = true;
      hideProgress();
      say([], "done");
    },
  };
}

function say(sentences: readonly string[], how: "busy" | "done" | "asks" | "failed"): void {
  const message = byId("sell-message");
  message.dataset.how = how;
  setText(message, sentences.join(" "));
}

function refuseLarge(name: string, files: readonly File[]): void {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (bytes > MAX_FILE_BYTES)
    throw new PowerPricesError(words.tooLarge(name, whole(bytes / 1e6), whole(MAX_FILE_BYTES / 1e6)));
}
