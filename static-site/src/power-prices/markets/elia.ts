import type { Market } from "./market";

/** https://opendata.elia.be/explore/dataset/ods162/ */
export const elia: Market = {
  name: "Elia imbalance",
  headers: [/^datetime$/, /^resolutioncode$/, /^imbalanceprice/],
  zone: "Europe/Brussels",
  currency: "EUR",
  unit: "MWh",
  price: /^imbalanceprice/,
  kind: "imbalance",
};
