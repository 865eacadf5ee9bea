import type { Market } from "./market";

export const aesoMarginal: Market = {
  name: "AESO system marginal price",
  source: "http://ets.aeso.ca/ets_web/docroot/Market/Reports/HistoricalReportsStart.html",
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
