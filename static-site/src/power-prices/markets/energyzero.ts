import type { Market } from "./market";

/** https://github.com/klaasnicolaas/python-energyzero */
export const energyzero: Market = {
  name: "EnergyZero",
  headers: [/^readingdate$/, /^price$/],
  zone: "UTC",
  currency: "EUR",
  unit: "kWh",
  time: /^readingdate$/,
  price: /^price$/,
};
