import type { Market } from "./market";

export const tibber: Market = {
  name: "Tibber",
  source: "https://developer.tibber.com/docs/reference#price",
  headers: [/^startsat$/, /^total$/, /^energy$/, /^tax$/],
  unit: "kWh",
  time: /^startsat$/,
  price: /^(total|energy)$/,
  preferred: /energy/i,
};
