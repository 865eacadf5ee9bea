import type { Market } from "./market";

/** https://portal.spp.org/pages/da-lmp-by-location */
export const spp: Market = {
  name: "SPP",
  headers: [/^gmtintervalend$/, /^settlementlocation(name)?$/, /^lmp$/],
  zone: "America/Chicago",
  currency: "USD",
  unit: "MWh",
  stamp: "end",
  order: "month first",
  time: /^gmtintervalend$/,
  price: /^lmp$/,
  place: /^settlementlocation(name)?$/,
};
