import type { Market } from "./market";

export const tge: Market = {
  name: "TGE Fixing",
  source: "https://tge.pl/electricity-dam",
  headers: [/^(data|datadostawy)$/, /^(godzina|godz)/, /^(fixing|kurs|cena)/],
  zone: "Europe/Warsaw",
  currency: "PLN",
  unit: "MWh",
  price: /^(fixing|kurs|cena)/,
  kind: "day-ahead",
};
