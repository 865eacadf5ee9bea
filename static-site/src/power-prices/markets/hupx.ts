import type { Market } from "./market";

export const hupx: Market = {
  name: "HUPX",
  source: "https://hupx.hu/en/market-data/dam/historical-data",
  title: /HUPX/i,
  headers: [/^deliveryday$/, /^(hour|quarterhour|productid|period)/, /^(hupxdam|dam)?price/],
  zone: "Europe/Budapest",
  currency: "EUR",
  unit: "MWh",
  price: /^(hupxdam|dam)?price/,
  kind: "day-ahead",
};
