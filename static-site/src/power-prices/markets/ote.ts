import type { Market } from "./market";

export const ote: Market = {
  name: "OTE",
  source: "https://www.ote-cr.cz/en/short-term-markets/electricity/day-ahead-market",
  headers: [/^den$/, /^(hodina|perioda)$/, /^(cena|marginálnícena)/],
  zone: "Europe/Prague",
  unit: "MWh",
  order: "day first",
  price: /^(cena|marginálnícena)/,
  kind: "day-ahead",
};
