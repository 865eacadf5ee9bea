import type { Market } from "./market";

export const jeroen: Market = {
  name: "jeroen.nl",
  source: "https://jeroen.nl/dynamische-energie/stroom",
  headers: [/^datumutc$/, /^prijs/],
  zone: "Europe/Amsterdam",
  currency: "EUR",
  stamp: "start",
  unit: "kWh",
  time: /^datumutc$/,
  price: /^prijs/,
};
