// What is known of the files of a market: how to recognise them, and what they leave unsaid.

import type { DateOrder } from "../written-times";

/**
 * The comment above each market links a public description of its layout.
 *
 * Patterns are matched against headers in lower case without spaces and signs: "Delivery Date"
 * and "DeliveryDate" are "deliverydate".
 */
export type Market = {
  /** Shown to the user: "ERCOT real-time". */
  readonly name: string;
  /** Each of these is matched by a header of the file. */
  readonly headers?: readonly RegExp[];
  /** Matches the text above the table, as it is written. */
  readonly title?: RegExp;
  /** The names of the columns, if the files have no header. */
  readonly columns?: readonly string[];
  /** The time zone of times without an offset: an IANA name, or "UTC-05:00". */
  readonly zone?: string;
  readonly currency?: string;
  readonly unit?: "MWh" | "kWh" | "cents/kWh";
  /** Whether times are starts or ends of intervals; by the step in minutes if that decides. */
  readonly stamp?: "start" | "end" | Readonly<Record<number, "start" | "end">>;
  readonly order?: DateOrder;
  /** The column of times, of prices, and of places. */
  readonly time?: RegExp;
  readonly price?: RegExp;
  readonly place?: RegExp;
  /** Only rows with such a value in this column are prices. */
  readonly rows?: { readonly column: RegExp; readonly value: RegExp };
  /** The kind of price: "day-ahead". */
  readonly kind?: string;
  /** How long a numbered period of the day is, if it is not an hour. */
  readonly periodMinutes?: number;
  /** The series to show first. */
  readonly preferred?: RegExp;
};

export const normalised = (header: string): string => header.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** The first market that has all that it asks for; null if there is none. */
export function recognise(markets: readonly Market[], headers: readonly string[], title: string): Market | null {
  const names = headers.map(normalised);
  return (
    markets.find(
      (market) =>
        (market.title?.test(title) ?? true) &&
        (market.headers?.every((pattern) => names.some((name) => pattern.test(name))) ?? true),
    ) ?? null
  );
}
