import type { Market } from "./market";

/** https://www.ercot.com/mp/data-products/data-product-details?id=NP6-788-CD */
export const ercotSced: Market = {
  name: "ERCOT LMP by SCED run",
  headers: [/^scedtimestamp$/, /^lmp$/],
  zone: "America/Chicago",
  currency: "USD",
  unit: "MWh",
  stamp: "start",
  order: "month first",
  place: /^(settlementpoint(name)?|electricalbus)$/,
  kind: "real-time",
  preferred: /^HB_HUBAVG\b/,
};
