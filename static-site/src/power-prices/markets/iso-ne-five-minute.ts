import type { Market } from "./market";

export const isoNeFiveMinute: Market = {
  name: "ISO New England, 5 minutes",
  source: "https://www.iso-ne.com/isoexpress/web/reports/pricing/-/tree/lmps-rt-five-minute-final",
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
