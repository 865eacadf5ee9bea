import type { Market } from "./market";

export const nzEmi: Market = {
  name: "New Zealand EMI",
  source: "https://www.emi.ea.govt.nz/Wholesale/Datasets/DispatchAndPricing/FinalEnergyPrices",
  headers: [/^tradingdate$/, /^tradingperiod$/, /^(dollarspermegawatthour|pointofconnection)/],
  zone: "Pacific/Auckland",
  currency: "NZD",
  unit: "MWh",
  price: /^(dollarspermegawatthour|price)/,
  place: /^(pointofconnection(code)?|gridpoint)/,
  periodMinutes: 30,
};
