import type { Market } from "./market";

export const ccee: Market = {
  name: "CCEE PLD",
  source: "https://www.ccee.org.br/precos/painel-precos",
  headers: [/^(hora|periododecomercializacao|mesreferencia)$/, /^(submercado|sudeste)/, /^(pld|pldhora|valor|sudeste)/],
  zone: "America/Sao_Paulo",
  currency: "BRL",
  unit: "MWh",
  order: "day first",
  place: /^submercado$/,
};
