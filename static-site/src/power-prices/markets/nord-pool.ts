import type { Market } from "./market";

export const nordPool: Market = {
  name: "Nord Pool",
  source: "https://data.nordpoolgroup.com/auction/day-ahead/prices",
  headers: [/^deliverystart/],
  unit: "MWh",
  order: "day first",
  kind: "day-ahead",
};
