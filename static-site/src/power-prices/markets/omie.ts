import type { Market } from "./market";

/** https://www.omie.es/en/file-access-list?parents=/Day-ahead%20Market/1.%20Prices */
export const omie: Market = {
  name: "OMIE day-ahead",
  title: /MARGINALPDBC/i,
  columns: ["Year", "Month", "Day", "Period", "Portugal", "Spain"],
  zone: "Europe/Madrid",
  currency: "EUR",
  unit: "MWh",
  price: /^(portugal|spain)$/,
  kind: "day-ahead",
  preferred: /^Spain$/,
};
