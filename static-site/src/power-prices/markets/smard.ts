import type { Market } from "./market";

/** https://www.smard.de/en/downloadcenter/download-market-data */
export const smard: Market = {
  name: "SMARD",
  headers: [
    /^(datumvon|startdate|datum|date)$/,
    /mwh(originalauflösungen|berechneteauflösungen|originalresolutions|calculatedresolutions)/,
  ],
  zone: "Europe/Berlin",
  currency: "EUR",
  unit: "MWh",
  kind: "day-ahead",
};
