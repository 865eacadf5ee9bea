import type { Market } from "./market";

/** https://app.amber.com.au/developers/documentation/ */
export const amber: Market = {
  name: "Amber Electric",
  headers: [/^nemtime$/, /^perkwh$/, /^spotperkwh$/],
  currency: "AUD",
  unit: "cents/kWh",
  // Starts are a second late: ends are at the full minute.
  time: /^endtime$/,
  stamp: "end",
  price: /^spotperkwh$/,
};
