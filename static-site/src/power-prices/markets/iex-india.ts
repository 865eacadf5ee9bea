import type { Market } from "./market";

/** https://www.iexindia.com/market-data/day-ahead-market/market-snapshot */
export const iexIndia: Market = {
  name: "IEX India",
  headers: [/^date$/, /^(hour|timeblock)$/, /^mcp(rsmwh|inrmwh)/],
  zone: "Asia/Kolkata",
  currency: "INR",
  unit: "MWh",
  order: "day first",
  price: /^mcp/,
  kind: "day-ahead",
};
