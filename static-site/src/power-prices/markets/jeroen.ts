import type { Market } from "./market";

/** https://jeroen.nl/dynamische-energie/stroom */
export const jeroen: Market = {
  name: "jeroen.nl",
  headers: [/^datumutc$/, /^prijs/],
  zone: "Europe/Amsterdam",
  currency: "EUR",
  stamp: "start",
  unit: "kWh",
  time: /^datumutc$/,
  price: /^prijs/,
};
