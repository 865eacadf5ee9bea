import type { Market } from "./market";

export const ercotDayAhead: Market = {
  name: "ERCOT day-ahead",
  source: "https://www.ercot.com/mp/data-products/data-product-details?id=NP4-190-CD",
  headers: [/^deliverydate$/, /^hourending$/, /^(settlementpoint(name)?|busname)$/, /^(settlementpointprice|lmp)$/],
  zone: "America/Chicago",
  currency: "USD",
  unit: "MWh",
  stamp: "end",
  order: "month first",
  place: /^(settlementpoint(name)?|busname)$/,
  kind: "day-ahead",
  preferred: /^HB_HUBAVG\b/,
};
