import type { Market } from "./market";

/** https://reports-public.ieso.ca/public/PriceHOEPPredispOR/ */
export const iesoHoep: Market = {
  name: "IESO HOEP",
  headers: [/^date$/, /^hour$/, /^hoep$/],
  zone: "UTC-05:00",
  currency: "CAD",
  unit: "MWh",
  stamp: "end",
  price: /^hoep$/,
};
