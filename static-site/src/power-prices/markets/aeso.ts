import type { Market } from "./market";

export const aeso: Market = {
  name: "AESO pool price",
  source: "http://ets.aeso.ca/ets_web/docroot/Market/Reports/HistoricalReportsStart.html",
  headers: [/^datehe$/, /^price$/],
  zone: "America/Edmonton",
  currency: "CAD",
  unit: "MWh",
  stamp: "end",
  order: "month first",
  time: /^datehe$/,
  price: /^price$/,
};
