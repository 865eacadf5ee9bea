import type { Market } from "./market";

/** https://www.emi.ea.govt.nz/Wholesale/Datasets/DispatchAndPricing/FinalEnergyPrices */
export const nzEmi: Market = {
  name: "New Zealand EMI",
  headers: [/^tradingdate$/, /^tradingperiod$/, /^(dollarspermegawatthour|pointofconnection)/],
  zone: "Pacific/Auckland",
  currency: "NZD",
  unit: "MWh",
  price: /^(dollarspermegawatthour|price)/,
  place: /^(pointofconnection(code)?|gridpoint)/,
  periodMinutes: 30,
};
