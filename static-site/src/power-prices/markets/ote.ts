import type { Market } from "./market";

export const ote: Market = {
  name: "OTE",
  source: "https://www.ote-cr.cz/en/short-term-markets/electricity/day-ahead-market",
  headers: [/^(den|day|datum)$/, /^(hodina|hour)$/, /^(cena|marginálnícena|price)/],
  zone: "Europe/Prague",
  unit: "MWh",
  order: "day first",
  price: /^(cena|marginálnícena|price)/,
  kind: "day-ahead",
};
