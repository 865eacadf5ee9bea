import type { Market } from "./market";

export const apg: Market = {
  name: "APG",
  source: "https://markttransparenz.apg.at/en/markt/Markttransparenz/Uebertragung/EXAA-Spotmarkt",
  headers: [/^timefromcetcest$/, /^timetocetcest$/, /^price/],
  unit: "MWh",
  order: "day first",
  kind: "day-ahead",
};
