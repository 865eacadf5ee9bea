import type { Market } from "./market";

const RESOLUTION = /mwh(originalauflösungen|berechneteauflösungen|originalresolutions|calculatedresolutions)/;

/** https://www.smard.de/en/downloadcenter/download-market-data */
export const smard: Market = {
  name: "SMARD",
  headers: [/^(datumvon|startdate|datum|date)$/, RESOLUTION],
  zone: "Europe/Berlin",
  currency: "EUR",
  unit: "MWh",
  price: RESOLUTION, // Each is a place.
  kind: "day-ahead",
};
