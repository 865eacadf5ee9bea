import type { Market } from "./market";

/** https://www.ote-cr.cz/en/short-term-markets/electricity/day-ahead-market */
export const ote: Market = {
  name: "OTE",
  headers: [/^den$/, /^(hodina|perioda)$/, /^(cena|marginálnícena)/],
  zone: "Europe/Prague",
  unit: "MWh",
  order: "day first",
  price: /^(cena|marginálnícena)/,
  kind: "day-ahead",
};
