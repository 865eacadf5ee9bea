import type { Market } from "./market";

export const iesoHoep: Market = {
  name: "IESO HOEP",
  source: "https://reports-public.ieso.ca/public/PriceHOEPPredispOR/",
  headers: [/^date$/, /^hour$/, /^hoep$/],
  zone: "UTC-05:00",
  currency: "CAD",
  unit: "MWh",
  stamp: "end",
  price: /^hoep$/,
};
