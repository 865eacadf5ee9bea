import type { Market } from "./market";

/** https://www.xm.com.co/transacciones/cargo-por-confiabilidad/precio-de-bolsa-y-escasez */
export const xmColombia: Market = {
  name: "XM Colombia",
  headers: [/^(fecha|date|valuesdate)$/, /^(values)?(hour|hora)?0?[01]$/, /^(values)?(hour|hora)?2[34]$/],
  title: /bolsa|PrecBolsNaci|XM\b/i,
  zone: "America/Bogota",
  currency: "COP",
  unit: "kWh",
};
