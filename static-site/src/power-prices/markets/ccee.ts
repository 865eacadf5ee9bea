import type { Market } from "./market";

/** https://www.ccee.org.br/precos/painel-precos */
export const ccee: Market = {
  name: "CCEE PLD",
  headers: [/^(hora|periododecomercializacao|mesreferencia)$/, /^(submercado|sudeste)/, /^(pld|pldhora|valor|sudeste)/],
  zone: "America/Sao_Paulo",
  currency: "BRL",
  unit: "MWh",
  order: "day first",
  place: /^submercado$/,
};
