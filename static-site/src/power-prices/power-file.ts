// The content of power price files, and the error if they cannot be read.

import type { UnixMs } from "../model/units";

/** An interval with one price, in the file's currency per MWh. Negative prices are normal. */
export type PowerInterval = { readonly start: UnixMs; readonly end: UnixMs; readonly price: number };

/**
 * The prices of one place, sorted by start, without overlap. Times without a price have no
 * interval.
 */
export type PowerSeries = {
  readonly name: string;
  readonly intervals: readonly PowerInterval[];
  /** The prices of the first intervals as the file writes them. */
  readonly written: readonly string[];
};

/** For this many intervals at the start, the price is also kept as the file writes it. */
export const WRITTEN = 3;

/** The prices of one place, as the user wants the files to be read. */
export type ChosenPrices = {
  /** The name of the file, or what the files are called together. */
  readonly fileName: string;
  readonly seriesName: string;
  /** Time zone of the file; null if it is UTC, or not the same in all rows. */
  readonly zone: string | null;
  /** In USD/MWh, in order of time, without overlap; at least one. */
  readonly intervals: readonly PowerInterval[];
};

export type PowerFile = {
  /** The kind of file, to show to the user: "ERCOT real-time". */
  readonly layout: string;
  /** ISO 4217 code of the prices' currency. */
  readonly currency: string;
  /** At least one, each with at least one interval. */
  readonly series: readonly PowerSeries[];
  /** Index of the series to show first. */
  readonly preferred: number;
  /** What was left out, converted or assumed, to show to the user. */
  readonly notes: readonly string[];
};

/**
 * The file cannot be read. The message is shown to the user: what is wrong, where, and what to do.
 */
export class PowerPricesError extends Error {
  override readonly name = "PowerPricesError";
}

/** Quotes text of the file in a message. */
export const quoted = (text: string): string => `“${text.length > 60 ? `${text.slice(0, 60)}…` : text}”`;
