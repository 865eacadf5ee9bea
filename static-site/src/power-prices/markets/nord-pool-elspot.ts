import type { Market } from "./market";

/** https://www.nordpoolgroup.com/en/historical-market-data/ */
export const nordPoolElspot: Market = {
  name: "Nord Pool Elspot",
  title: /\bElspot\b/i,
  headers: [/^hours$/],
  zone: "Europe/Oslo",
  order: "day first",
  kind: "day-ahead",
};
