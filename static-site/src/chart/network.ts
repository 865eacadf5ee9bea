// What the charts of the network need besides that of revenue.

export { forecastLayer } from "./forecast";
export { networkLines } from "./network-lines";
