import type { Market } from "./market";

/** https://www.epexspot.com/en/market-results */
export const epex: Market = {
  name: "EPEX SPOT",
  headers: [/^(deliveryday|deliverydate|date)$/, /^hour1$/, /^hour3a$/, /^hour24$/],
  title: /^(?!.*(\bGB\b|\bUK\b|GBP))/,
  zone: "Europe/Berlin",
  unit: "MWh",
  order: "day first",
  kind: "day-ahead",
};
