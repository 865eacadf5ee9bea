import type { Market } from "./market";

export const gridstatus: Market = {
  name: "Grid Status",
  source: "https://docs.gridstatus.io/",
  headers: [/^intervalstart(utc|local)?$/, /^intervalend(utc|local)?$/, /^location$/, /^(lmp|spp)/],
  unit: "MWh",
  time: /^intervalstartutc$/,
  place: /^location$/,
};
