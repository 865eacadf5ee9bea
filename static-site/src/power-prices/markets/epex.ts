import type { Market } from "./market";

export const epex: Market = {
  name: "EPEX SPOT",
  source: "https://www.epexspot.com/en/market-results",
  headers: [/^(deliveryday|deliverydate|date)$/, /^hour1$/, /^hour3a$/, /^hour24$/],
  title: /^(?!.*(\bGB\b|\bUK\b|GBP))/,
  zone: "Europe/Berlin",
  unit: "MWh",
  order: "day first",
  kind: "day-ahead",
};
