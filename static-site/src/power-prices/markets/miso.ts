import type { Market } from "./market";

/** https://www.misoenergy.org/markets-and-operations/real-time--market-data/market-reports/ */
export const miso: Market = {
  name: "MISO",
  headers: [/^node$/, /^type$/, /^value$/, /^he1$/],
  // Eastern standard time all year, in hours ending.
  zone: "UTC-05:00",
  currency: "USD",
  unit: "MWh",
  stamp: "end",
  order: "month first",
  place: /^node$/,
  rows: { column: /^value$/, value: /^LMP$/ },
};
