import type { Market } from "./market";

/** https://www.energidataservice.dk/tso-electricity/DayAheadPrices */
export const energinet: Market = {
  name: "Energinet",
  headers: [/^(hour|time)utc$/, /^pricearea$/, /^(spot|dayahead)price(dkk|eur)$/],
  zone: "Europe/Copenhagen",
  unit: "MWh",
  price: /^(spot|dayahead)price(dkk|eur)$/,
  place: /^pricearea$/,
  kind: "day-ahead",
};
