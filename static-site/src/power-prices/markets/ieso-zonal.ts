import type { Market } from "./market";

/** https://reports-public.ieso.ca/public/DAHourlyOntarioZonalPrice/ */
export const iesoZonal: Market = {
  name: "IESO Ontario zonal price",
  headers: [/^(delivery)?hour$/, /^(ontario)?zonalprice/],
  zone: "UTC-05:00",
  currency: "CAD",
  unit: "MWh",
  stamp: "end",
  order: "month first",
  price: /^(ontario)?zonalprice/,
};
