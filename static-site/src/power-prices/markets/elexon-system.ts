import type { Market } from "./market";

/** https://bmrs.elexon.co.uk/system-prices */
export const elexonSystem: Market = {
  name: "Elexon system price",
  headers: [/^settlementdate$/, /^settlementperiod$/, /^system(sell|buy)price/],
  zone: "Europe/London",
  currency: "GBP",
  unit: "MWh",
  price: /^system(sell|buy)price/,
  periodMinutes: 30,
  kind: "imbalance",
};
