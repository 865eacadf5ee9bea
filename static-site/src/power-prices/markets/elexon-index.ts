import type { Market } from "./market";

/** https://bmrs.elexon.co.uk/api-documentation/endpoint/balancing/pricing/market-index */
export const elexonIndex: Market = {
  name: "Elexon market index",
  headers: [/^starttime$/, /^dataprovider$/, /^settlementperiod$/, /^price$/],
  zone: "Europe/London",
  currency: "GBP",
  unit: "MWh",
  time: /^starttime$/,
  price: /^price$/,
  place: /^dataprovider$/,
  periodMinutes: 30,
  preferred: /^APXMIDP$/,
};
