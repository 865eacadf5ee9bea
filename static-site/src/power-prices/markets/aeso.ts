import type { Market } from "./market";

/** http://ets.aeso.ca/ets_web/docroot/Market/Reports/HistoricalReportsStart.html */
export const aeso: Market = {
  name: "AESO pool price",
  headers: [/^datehe$/, /^price$/],
  zone: "America/Edmonton",
  currency: "CAD",
  unit: "MWh",
  stamp: "end",
  order: "month first",
  time: /^datehe$/,
  price: /^price$/,
};
