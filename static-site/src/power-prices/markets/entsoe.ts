import type { Market } from "./market";

/** https://transparency.entsoe.eu/content/static_content/Static%20content/knowledge%20base/data-views/transmission-domain/Data-view%20Day-ahead%20Prices.html */
export const entsoe: Market = {
  name: "ENTSO-E day-ahead",
  headers: [/^mtu/, /^dayaheadprice/],
  unit: "MWh",
  order: "day first",
  price: /^dayaheadprice/,
  place: /^area$/,
  kind: "day-ahead",
  // Sequence 1 is the coupled auction.
  preferred: /^(?!.*Sequence (?!1$))/,
};
