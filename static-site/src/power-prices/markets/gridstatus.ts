import type { Market } from "./market";

/** https://docs.gridstatus.io/ */
export const gridstatus: Market = {
  name: "Grid Status",
  headers: [/^intervalstart(utc|local)?$/, /^intervalend(utc|local)?$/, /^location$/, /^(lmp|spp)/],
  unit: "MWh",
  time: /^intervalstartutc$/,
  place: /^location$/,
};
