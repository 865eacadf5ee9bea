import type { Market } from "./market";

/** https://www.coordinador.cl/mercados/graficos/costos-marginales/costo-marginal-real/ */
export const chile: Market = {
  name: "Coordinador Eléctrico Nacional, Chile",
  headers: [/^(fecha|date)$/, /^hora$/, /^(barra|barrainfo|barratransf|nodo)/, /^(cmg|costomarginal)/],
  zone: "America/Santiago",
  unit: "MWh",
  price: /^(cmg|costomarginal)/,
  place: /^(barra|nodo)/,
};
