import type { Market } from "./market";

/** https://www.iso-ne.com/isoexpress/web/reports/pricing/-/tree/lmps-rt-five-minute-final */
export const isoNeFiveMinute: Market = {
  name: "ISO New England, 5 minutes",
  headers: [/^localtime$/, /^locationname$/, /^lmp$/],
  zone: "America/New_York",
  currency: "USD",
  unit: "MWh",
  stamp: "start",
  order: "month first",
  price: /^lmp$/,
  place: /^locationname$/,
  kind: "real-time",
};
