import type { Market } from "./market";

/** https://dataminer2.pjm.com/feed/da_hrl_lmps/definition */
export const pjm: Market = {
  name: "PJM Data Miner",
  headers: [/^datetimebeginning(utc|ept)$/, /^(totallmp(da|rt)|lmp)$/],
  zone: "America/New_York",
  currency: "USD",
  unit: "MWh",
  order: "month first",
  price: /^(totallmp(da|rt)|lmp)$/,
  place: /^pnodename$/,
  preferred: /^WESTERN HUB\b/,
};
