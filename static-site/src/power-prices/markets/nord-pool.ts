import type { Market } from "./market";

/** https://data.nordpoolgroup.com/auction/day-ahead/prices */
export const nordPool: Market = {
  name: "Nord Pool",
  headers: [/^deliverystart/],
  unit: "MWh",
  order: "day first",
  kind: "day-ahead",
};
