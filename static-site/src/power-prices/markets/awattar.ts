import type { Market } from "./market";

export const awattar: Market = {
  name: "aWATTar",
  source: "https://www.awattar.de/services/api",
  headers: [/^starttimestamp$/, /^endtimestamp$/, /^marketprice$/],
  zone: "UTC",
  currency: "EUR",
  unit: "MWh",
  price: /^marketprice$/,
};
