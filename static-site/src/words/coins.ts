// What the hundredths of currencies are called.

const COINS: readonly (readonly [currencies: string, one: string, more: string])[] = [
  ["USD EUR CAD AUD NZD SGD HKD ZAR", "cent", "cents"],
  ["GBP", "penny", "pence"],
  ["SEK", "öre", "öre"],
  ["NOK DKK", "øre", "øre"],
  ["CHF", "rappen", "rappen"],
  ["PLN", "grosz", "groszy"],
  ["INR", "paisa", "paise"],
];
const coinOf = (currency: string) => COINS.find(([currencies]) => currencies.includes(currency));

/** "EUR/kWh", or "penny/kWh" for hundredths of GBP. */
export function unitOf(currency: string, unit: string): string {
  return unit === "cents/kWh" ? `${coinOf(currency)?.[1] ?? `hundredth of ${currency}`}/kWh` : `${currency}/${unit}`;
}
/** What 1/100 of a currency is called: "pence". */
export const coinsOf = (currency: string | null): string =>
  currency === null ? "cents" : (coinOf(currency)?.[2] ?? `hundredths of ${currency}`);
