import type { Market } from "./market";

/** https://tge.pl/electricity-dam */
export const tge: Market = {
  name: "TGE Fixing",
  headers: [/^(data|datadostawy)$/, /^(godzina|godz)/, /^(fixing|kurs|cena)/],
  zone: "Europe/Warsaw",
  currency: "PLN",
  unit: "MWh",
  price: /^(fixing|kurs|cena)/,
  kind: "day-ahead",
};
