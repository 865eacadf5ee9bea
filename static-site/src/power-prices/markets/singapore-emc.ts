import type { Market } from "./market";

/** https://www.nems.emcsg.com/nems-prices */
export const singaporeEmc: Market = {
  name: "Singapore USEP",
  headers: [/^date$/, /^period$/, /^usep/],
  zone: "Asia/Singapore",
  currency: "SGD",
  unit: "MWh",
  price: /^usep/,
  periodMinutes: 30,
};
