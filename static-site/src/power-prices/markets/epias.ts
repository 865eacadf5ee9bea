import type { Market } from "./market";

/** https://seffaflik.epias.com.tr/electricity/electricity-markets/day-ahead-market-dam/market-clearing-price-mcp */
export const epias: Market = {
  name: "EPİAŞ",
  headers: [/^(tarih|date)$/, /^(saat|hour)$/, /^(ptf|mcp)tl/],
  zone: "Europe/Istanbul",
  stamp: "start",
  unit: "MWh",
  order: "day first",
  price: /^(ptf|mcp)/,
  kind: "day-ahead",
};
