import type { Market } from "./market";

/** https://www.ercot.com/mp/data-products/data-product-details?id=NP6-905-CD */
export const ercotRealTime: Market = {
  name: "ERCOT real-time",
  headers: [/^deliverydate$/, /^deliveryhour$/, /^deliveryinterval$/, /^settlementpointprice$/],
  zone: "America/Chicago",
  currency: "USD",
  unit: "MWh",
  stamp: "end",
  order: "month first",
  place: /^settlementpoint(name)?$/,
  kind: "real-time",
  preferred: /^HB_HUBAVG\b/,
};
