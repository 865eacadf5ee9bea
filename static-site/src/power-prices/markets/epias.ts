import type { Market } from "./market";

export const epias: Market = {
  name: "EPİAŞ",
  source:
    "https://seffaflik.epias.com.tr/electricity/electricity-markets/day-ahead-market-dam/market-clearing-price-mcp",
  headers: [/^(tarih|date)$/, /^(saat|hour)$/, /^(ptf|mcp)tl/],
  zone: "Europe/Istanbul",
  stamp: "start",
  unit: "MWh",
  order: "day first",
  price: /^(ptf|mcp)/,
  kind: "day-ahead",
};
