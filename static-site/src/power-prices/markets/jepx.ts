import type { Market } from "./market";

/** https://www.jepx.jp/en/electricpower/market-data/spot/ */
export const jepx: Market = {
  name: "JEPX spot",
  headers: [/^(受渡日|年月日)$/, /^時刻コード$/, /^システムプライス/],
  zone: "Asia/Tokyo",
  currency: "JPY",
  unit: "kWh",
  price: /^(システム|エリア)プライス/,
  periodMinutes: 30,
  kind: "day-ahead",
};
