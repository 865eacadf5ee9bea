import type { Market } from "./market";

export const chile: Market = {
  name: "Coordinador Eléctrico Nacional, Chile",
  source: "https://www.coordinador.cl/mercados/graficos/costos-marginales/costo-marginal-real/",
  headers: [/^(fecha|date)$/, /^hora$/, /^(barra|barrainfo|barratransf|nodo)/, /^(cmg|costomarginal)/],
  zone: "America/Santiago",
  unit: "MWh",
  price: /^(cmg|costomarginal)/,
  place: /^(barra|nodo)/,
};
