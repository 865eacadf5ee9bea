// What a file of power prices holds, once it is read, and the error where it cannot be.

import type { UnixMs } from "../units";

/** A stretch of time at one price, in the file's currency for a MWh. Negative prices are normal. */
export type PowerInterval = { readonly start: UnixMs; readonly end: UnixMs; readonly price: number };

/** The prices of one place: sorted by start, without overlap. Where the file has no price there is no interval. */
type PowerSeries = { readonly name: string; readonly intervals: readonly PowerInterval[] };

/** What a file holds. */
export type PowerFile = {
  /** What kind of file it is, for the reader: "ERCOT real-time". */
  readonly layout: string;
  /** ISO 4217 code of the currency that the prices are in. */
  readonly currency: string;
  /** At least one, each with at least one interval. */
  readonly series: readonly PowerSeries[];
  /** Index of the series to show first. */
  readonly preferred: number;
  /** What was left out, converted or assumed, for the reader. */
  readonly notes: readonly string[];
};

/** The file cannot be read. The message is for the reader: what is wrong, where, and what to do. */
export class PowerPricesError extends Error {
  override readonly name = "PowerPricesError";
}

/** Words of the file, for a message. */
export const quoted = (text: string): string => `“${text.length > 60 ? `${text.slice(0, 60)}…` : text}”`;
