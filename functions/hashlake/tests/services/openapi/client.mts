// Reads the revenue of two miners, and prints it as JSON. The types are generated from the OpenAPI document (`api.mts`).
// usage: node client.mjs http://ADDRESS/api/v1
import createClient from "openapi-fetch";
import type { components, paths } from "./api.mjs";

declare const process: { argv: string[] };

const client = createClient<paths, `application/${string}`>({
  baseUrl: process.argv[2] ?? "",
  querySerializer: { array: { style: "form", explode: false } }, // The document specifies this, but only types are generated from it.
});

const { data, error } = await client.GET("/revenue", {
  params: {
    query: {
      asics: ["antminer-s21-pro-234", "custom:200:3500"],
      interval: "day",
      from: "2025-10-01T00:00:00Z",
      to: "2025-11-01T00:00:00Z",
      power_price: 45.5,
    },
  },
});
if (error) throw new Error(`${error.status}: ${error.detail}`);

const misspelled = await client.GET("/revenue", { params: { query: { asics: ["antminer-s21-pro-235"] } } });
const nearest: string[] | undefined = misspelled.error?.nearest;

const miner = ({ asic_id, columns, totals }: components["schemas"]["Machine"]) => {
  const last: number | null | undefined = columns.usd_per_mwh?.at(-1); // The response has only the requested columns.
  const profit: number | null = totals.profit_usd_per_mw; // This total is always in the response, but may be null.
  return { asic_id, usd_per_mwh: last, profit_usd_per_mw: profit };
};
console.log(JSON.stringify({ asics: data.asics.map(miner), nearest }));

// The compiler must report each of these mistakes.
export const mistakes = () => {
  // @ts-expect-error: no such interval
  void client.GET("/revenue", { params: { query: { interval: "minute" } } });
  // @ts-expect-error: no such column
  void client.GET("/revenue", { params: { query: { fields: ["usd_per_ph_day"] } } });
  // @ts-expect-error: no such route
  void client.GET("/prices");
};
