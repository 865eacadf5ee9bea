import type { Market } from "./market";

/** https://markttransparenz.apg.at/en/markt/Markttransparenz/Uebertragung/EXAA-Spotmarkt */
export const apg: Market = {
  name: "APG",
  headers: [/^timefromcetcest$/, /^timetocetcest$/, /^price/],
  unit: "MWh",
  order: "day first",
  kind: "day-ahead",
};
