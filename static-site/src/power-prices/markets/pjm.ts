import type { Market } from "./market";

export const pjm: Market = {
  name: "PJM Data Miner",
  source: "https://dataminer2.pjm.com/feed/da_hrl_lmps/definition",
  headers: [/^datetimebeginning(utc|ept)$/, /^(totallmp(da|rt)|lmp)$/],
  zone: "America/New_York",
  currency: "USD",
  unit: "MWh",
  order: "month first",
  price: /^(totallmp(da|rt)|lmp)$/,
  place: /^pnodename$/,
  preferred: /^WESTERN HUB\b/,
};
