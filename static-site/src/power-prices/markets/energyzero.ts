import type { Market } from "./market";

export const energyzero: Market = {
  name: "EnergyZero",
  source: "https://github.com/klaasnicolaas/python-energyzero",
  headers: [/^readingdate$/, /^price$/],
  zone: "UTC",
  currency: "EUR",
  unit: "kWh",
  time: /^readingdate$/,
  price: /^price$/,
};
