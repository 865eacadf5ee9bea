import type { Market } from "./market";

export const energinet: Market = {
  name: "Energinet",
  source: "https://www.energidataservice.dk/tso-electricity/DayAheadPrices",
  headers: [/^(hour|time)utc$/, /^pricearea$/, /^(spot|dayahead)price(dkk|eur)$/],
  zone: "Europe/Copenhagen",
  unit: "MWh",
  price: /^(spot|dayahead)price(dkk|eur)$/,
  place: /^pricearea$/,
  kind: "day-ahead",
};
