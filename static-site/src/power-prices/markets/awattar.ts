import type { Market } from "./market";

/** https://www.awattar.de/services/api */
export const awattar: Market = {
  name: "aWATTar",
  headers: [/^starttimestamp$/, /^endtimestamp$/, /^marketprice$/],
  zone: "UTC",
  currency: "EUR",
  unit: "MWh",
  price: /^marketprice$/,
};
