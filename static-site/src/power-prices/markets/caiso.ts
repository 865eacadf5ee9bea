import type { Market } from "./market";

/** https://www.caiso.com/documents/oasis-interfacespecification_v5_1_8clean_fall2017release.pdf */
export const caiso: Market = {
  name: "CAISO OASIS",
  headers: [/^intervalstarttimegmt$/, /^oprdt$/, /^lmptype$/, /^(mw|prc|value)$/],
  zone: "UTC",
  currency: "USD",
  unit: "MWh",
  stamp: "start",
  time: /^intervalstarttimegmt$/,
  price: /^(mw|prc|value)$/,
  place: /^node$/,
  rows: { column: /^lmptype$/, value: /^LMP$/ },
};
