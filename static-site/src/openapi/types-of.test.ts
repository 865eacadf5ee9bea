import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { typesOf } from "./types-of";

/** The document as a test of the API has recorded it, below a header of two dashed lines. */
const RECORDED = new URL(
  "../../../functions/query/src/routes/snapshots/query__routes__openapi__tests__openapi.snap",
  import.meta.url,
);

test("the page's types are those of the API's document", async () => {
  const [, , json = ""] = readFileSync(RECORDED, "utf8").split(/^---$/m);

  await expect(typesOf(JSON.parse(json))).toMatchFileSnapshot("../model/api-types.ts");
});

test("a value may be null, left out, one of several or a list", () => {
  const schemas = {
    Kind: { type: "string", enum: ["a", "b"] },
    Row: {
      type: "object",
      required: ["24h", "kind"],
      properties: {
        "24h": { type: ["null", "number"] },
        kind: { oneOf: [{ type: "null" }, { $ref: "#/components/schemas/Kind" }] },
        heights: { type: "array", items: { type: ["integer", "null"] } },
      },
    },
  };

  expect(typesOf({ components: { schemas } }).split("\n").slice(3).join("\n")).toBe(`export type KindJson = "a" | "b";

export type RowJson = {
  readonly "24h": number | null;
  readonly kind: KindJson | null;
  readonly heights?: readonly (number | null)[];
};
`);
});

test("a schema without a type is an error, not `any`", () => {
  expect(() => typesOf({ components: { schemas: { Odd: { type: "tuple" } } } })).toThrow('{"type":"tuple"}');
});
