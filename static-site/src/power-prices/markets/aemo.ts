import type { Market } from "./market";

/** https://www.aemo.com.au/energy-systems/electricity/national-electricity-market-nem/data-nem/aggregated-data */
export const aemo: Market = {
  name: "AEMO price and demand",
  headers: [/^region(id)?$/, /^settlementdate$/, /^rrp$/],
  // Market time is that of Queensland, without daylight saving time.
  zone: "UTC+10:00",
  currency: "AUD",
  unit: "MWh",
  stamp: "end",
  price: /^rrp$/,
  place: /^region(id)?$/,
};
