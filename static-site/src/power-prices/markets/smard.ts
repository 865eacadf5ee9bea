import type { Market } from "./market";

export const smard: Market = {
  name: "SMARD",
  source: "https://www.smard.de/en/downloadcenter/download-market-data",
  headers: [
    /^(datumvon|startdate|datum|date)$/,
    /mwh(originalauflösungen|berechneteauflösungen|originalresolutions|calculatedresolutions)/,
  ],
  zone: "Europe/Berlin",
  currency: "EUR",
  unit: "MWh",
  kind: "day-ahead",
};
