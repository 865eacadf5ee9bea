import type { Market } from "./market";

/** http://ets.aeso.ca/ets_web/docroot/Market/Reports/HistoricalReportsStart.html */
export const aesoMarginal: Market = {
  name: "AESO system marginal price",
  headers: [/^datehe$/, /^time$/, /^price$/],
  zone: "America/Edmonton",
  currency: "CAD",
  unit: "MWh",
  stamp: "start",
  order: "month first",
  time: /^datehe$/,
  price: /^price$/,
  kind: "real-time",
};
