import type { Market } from "./market";

/** https://www.iso-ne.com/isoexpress/web/reports/pricing/-/tree/lmps-da-hourly */
export const isoNe: Market = {
  name: "ISO New England",
  headers: [/^hourending$/, /^locationname$/, /^locationalmarginalprice$/],
  zone: "America/New_York",
  currency: "USD",
  unit: "MWh",
  order: "month first",
  price: /^locationalmarginalprice$/,
  place: /^locationname$/,
  preferred: /^\.H\.INTERNAL_HUB\b/,
};
