import type { Market } from "./market";

/** https://docs.octopus.energy/rest/guides/endpoints/#energy-products */
export const octopus: Market = {
  name: "Octopus Agile",
  headers: [/^validfrom$/, /^validto$/, /^value(inc|exc)vat$/],
  zone: "UTC",
  currency: "GBP",
  unit: "cents/kWh",
  price: /^value(exc|inc)vat$/,
  preferred: /exc/i,
};
