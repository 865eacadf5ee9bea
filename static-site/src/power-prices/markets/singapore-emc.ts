import type { Market } from "./market";

export const singaporeEmc: Market = {
  name: "Singapore USEP",
  source: "https://www.nems.emcsg.com/nems-prices",
  headers: [/^date$/, /^period$/, /^usep/],
  zone: "Asia/Singapore",
  currency: "SGD",
  unit: "MWh",
  price: /^usep/,
  periodMinutes: 30,
};
