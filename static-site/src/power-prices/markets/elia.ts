import type { Market } from "./market";

export const elia: Market = {
  name: "Elia imbalance",
  source: "https://opendata.elia.be/explore/dataset/ods162/",
  headers: [/^datetime$/, /^resolutioncode$/, /^imbalanceprice/],
  zone: "Europe/Brussels",
  currency: "EUR",
  unit: "MWh",
  price: /^imbalanceprice/,
  kind: "imbalance",
};
