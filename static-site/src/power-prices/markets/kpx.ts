import type { Market } from "./market";

/** https://epsis.kpx.or.kr/epsisnew/selectEkmaSmpShdGrid.do?menuId=050202 */
export const kpx: Market = {
  name: "KPX SMP",
  headers: [/^(기간|일자|날짜)$/, /^0?1시$/, /^24시$/],
  zone: "Asia/Seoul",
  currency: "KRW",
  unit: "kWh",
};
