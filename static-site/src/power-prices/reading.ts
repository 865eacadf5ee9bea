// How a file was read, as data: every choice is visible and can be changed.

import type { PowerSeries } from "./power-file";

/** What has to be known to read a file. */
export const CHOICE_KEYS = [
  "price",
  "unit",
  "sign",
  "currency",
  "time",
  "zone",
  "stamp",
  "order",
  "place",
  "kind",
] as const;
export type ChoiceKey = (typeof CHOICE_KEYS)[number];

/** What the user chose, by key; the values are among the options of `Choice`, or a time zone's name. */
export type Choices = Partial<Readonly<Record<ChoiceKey, string>>>;

/**
 * How a value was found. "recognised": the file or its market says it; "assumed": it is likely, and
 * the file does not say it; "needed": it must be asked for.
 */
export type Found = "chosen" | "recognised" | "assumed" | "needed";

export type Choice = {
  /** Null if it is needed, or if the file has nothing of the kind. */
  readonly value: string | null;
  readonly found: Found;
  readonly options: readonly string[];
};

/** A question to the user: without an answer no price can be shown. */
export type Ask = { readonly key: ChoiceKey; readonly question: string; readonly options: readonly string[] };

export type Reading = {
  readonly status: "read" | "asks" | "refused";
  /** What was read, what is asked, or why the file is refused; sentences to show to the user. */
  readonly message: string;
  readonly asks: readonly Ask[];
  readonly choices: Readonly<Record<ChoiceKey, Choice>>;
  /** The kind of file: "ERCOT real-time"; "Times and prices" if no market is recognised. */
  readonly layout: string;
  /** The header, on which the choices depend: they can be kept for the next file with the same. */
  readonly header: string;
  /** ISO 4217 code of the prices' currency; null unless the file is read. */
  readonly currency: string | null;
  /** At least one if the file is read, each with at least one interval. */
  readonly series: readonly PowerSeries[];
  /** Index of the series to show first. */
  readonly preferred: number;
  /** What was left out, converted or doubted. */
  readonly notes: readonly string[];
};

const NOTHING: Choice = { value: null, found: "assumed", options: [] };

export const noChoices = (): Record<ChoiceKey, Choice> => ({
  price: NOTHING,
  unit: NOTHING,
  sign: NOTHING,
  currency: NOTHING,
  time: NOTHING,
  zone: NOTHING,
  stamp: NOTHING,
  order: NOTHING,
  place: NOTHING,
  kind: NOTHING,
});

export function refusal(message: string): Reading {
  return {
    status: "refused",
    message,
    asks: [],
    choices: noChoices(),
    layout: "",
    header: "",
    currency: null,
    series: [],
    preferred: 0,
    notes: [],
  };
}
