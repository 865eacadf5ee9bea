import type { Market } from "./market";

/** https://www.esios.ree.es/en/analysis/600 */
export const esios: Market = {
  name: "ESIOS",
  headers: [/^geoid$/, /^geoname$/, /^value$/, /^datetime$/],
  zone: "Europe/Madrid",
  currency: "EUR",
  stamp: "start",
  unit: "MWh",
  time: /^datetime$/,
  price: /^value$/,
  place: /^geoname$/,
};
