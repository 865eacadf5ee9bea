import type { Market } from "./market";

/** https://hupx.hu/en/market-data/dam/historical-data */
export const hupx: Market = {
  name: "HUPX",
  title: /HUPX/i,
  headers: [/^deliveryday$/, /^(hour|quarterhour|productid|period)/, /^(hupxdam|dam)?price/],
  zone: "Europe/Budapest",
  currency: "EUR",
  unit: "MWh",
  price: /^(hupxdam|dam)?price/,
  kind: "day-ahead",
};
