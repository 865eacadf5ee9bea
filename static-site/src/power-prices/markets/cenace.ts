import type { Market } from "./market";

/** https://www.cenace.gob.mx/Paginas/SIM/Reportes/PreciosEnergiaSisMEM.aspx */
export const cenace: Market = {
  name: "CENACE PML",
  headers: [/^hora$/, /^(clavedelnodo|zonadecarga)$/, /^(preciomarginallocal|preciozonal)/],
  zone: "America/Mexico_City",
  currency: "MXN",
  unit: "MWh",
  stamp: "end",
  order: "day first",
  price: /^(preciomarginallocal|preciozonal)/,
  place: /^(clavedelnodo|zonadecarga)$/,
};
