// Reads the currency and the unit of prices from headers and titles.

import { PowerPricesError, quoted } from "./power-file";

/** The unit that a header names. Its numbers times `perMwh` are in the currency per MWh. */
export type PriceUnit = { readonly currency: string | null; readonly perMwh: number; readonly written: string };

export const NO_UNIT: PriceUnit = { currency: null, perMwh: 1, written: "" };

const CODES = "USD|EUR|SEK|NOK|DKK|GBP|CAD|AUD|NZD|CHF|PLN|CZK|HUF|RON|BGN|ISK|UAH|RSD|JPY|KRW|INR|BRL|MXN|ZAR|SGD";
const CODE_IN_CAPITALS = new RegExp(`(?<![A-Z])(${CODES})(?![A-Z]{2})`);
const CODE_AS_WORD = new RegExp(`(?<![a-z])(${CODES})(?![a-z])`, "i");
const SYMBOLS: readonly (readonly [RegExp, string])[] = [
  [/CA?\$/, "CAD"],
  [/AU?\$/, "AUD"],
  [/NZ\$/, "NZD"],
  [/\$/, "USD"],
  [/€|\beuro/i, "EUR"],
  [/£/, "GBP"],
];
const HUNDREDTHS =
  /(?<![a-zåäöø])(?:euro?|usd)?(ct|cts|cents?|c|¢|pence|p|öre|øre|ore|\uFFFDre)\s*(?:\/|_|_?per_?)\s*[kmg]wh/i;
const HUNDREDTH_OF: Readonly<Record<string, string>> = { ct: "EUR", cts: "EUR", p: "GBP", pence: "GBP", öre: "SEK" };
const MWH_IN: Readonly<Record<string, number>> = { k: 1e-3, m: 1, g: 1e3 };

/** The ISO 4217 code in a text: "SpotPriceDKK" is in DKK. */
export function codeIn(text: string): string | null {
  return (CODE_IN_CAPITALS.exec(text) ?? CODE_AS_WORD.exec(text))?.[1]?.toUpperCase() ?? null;
}

/**
 * The unit that a text names; by default, an unknown currency per MWh. Throws if it says øre
 * without a currency.
 */
export function priceUnit(text: string): PriceUnit {
  const hundredth = HUNDREDTHS.exec(text)?.[1]?.toLowerCase();
  const energy = /([kmg])wh/i.exec(text)?.[1]?.toLowerCase() ?? "m";
  const symbol = SYMBOLS.find(([pattern]) => pattern.test(text))?.[1];
  const currency = codeIn(text) ?? symbol ?? HUNDREDTH_OF[hundredth ?? ""] ?? null;
  if (currency === null && hundredth?.endsWith("re") === true) {
    throw new PowerPricesError(
      `${quoted(text)} does not say whose øre these are. Write NOK, DKK or SEK into the header as well.`,
    );
  }
  const perMwh = (hundredth === undefined ? 1 : 0.01) / (MWH_IN[energy] ?? 1);
  return {
    currency,
    perMwh,
    written: `${hundredth ?? currency ?? "USD"}/${energy === "k" ? "k" : energy.toUpperCase()}Wh`,
  };
}
