import type { Market } from "./market";

export const elexonSystem: Market = {
  name: "Elexon system price",
  source: "https://bmrs.elexon.co.uk/system-prices",
  headers: [/^settlementdate$/, /^settlementperiod$/, /^system(sell|buy)price/],
  zone: "Europe/London",
  currency: "GBP",
  unit: "MWh",
  price: /^system(sell|buy)price/,
  periodMinutes: 30,
  kind: "imbalance",
};
