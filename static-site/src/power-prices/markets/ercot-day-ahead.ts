import type { Market } from "./market";

/** https://www.ercot.com/mp/data-products/data-product-details?id=NP4-190-CD */
export const ercotDayAhead: Market = {
  name: "ERCOT day-ahead",
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
