import type { Market } from "./market";

/** https://developer.tibber.com/docs/reference#price */
export const tibber: Market = {
  name: "Tibber",
  headers: [/^startsat$/, /^total$/, /^energy$/, /^tax$/],
  unit: "kWh",
  time: /^startsat$/,
  price: /^(total|energy)$/,
  preferred: /energy/i,
};
