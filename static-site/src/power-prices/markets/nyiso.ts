import type { Market } from "./market";

/** https://mis.nyiso.com/public/P-2Alist.htm */
export const nyiso: Market = {
  name: "NYISO",
  headers: [/^timestamp$/, /^name$/, /^ptid$/, /^lbmpmwhr$/],
  zone: "America/New_York",
  currency: "USD",
  unit: "MWh",
  // Real-time runs are stamped with the end of their five minutes, day-ahead hours with the start.
  stamp: { 5: "end", 60: "start" },
  order: "month first",
  place: /^name$/,
};
