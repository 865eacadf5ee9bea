import type { Market } from "./market";

export const esios: Market = {
  name: "ESIOS",
  source: "https://www.esios.ree.es/en/analysis/600",
  headers: [/^geoid$/, /^geoname$/, /^value$/, /^datetime$/],
  zone: "Europe/Madrid",
  currency: "EUR",
  stamp: "start",
  unit: "MWh",
  time: /^datetime$/,
  price: /^value$/,
  place: /^geoname$/,
};
