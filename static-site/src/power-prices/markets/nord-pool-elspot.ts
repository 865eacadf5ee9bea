import type { Market } from "./market";

export const nordPoolElspot: Market = {
  name: "Nord Pool Elspot",
  source: "https://www.nordpoolgroup.com/en/historical-market-data/",
  title: /\bElspot\b/i,
  headers: [/^hours$/],
  zone: "Europe/Oslo",
  order: "day first",
  kind: "day-ahead",
};
