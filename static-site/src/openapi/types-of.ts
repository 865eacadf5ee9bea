// TypeScript types of what the API answers, from its OpenAPI document.

/** The parts of JSON Schema that the document uses. */
type Schema = {
  readonly type?: string | readonly string[];
  readonly $ref?: string;
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
};

export type OpenApi = { readonly components: { readonly schemas: Readonly<Record<string, Schema>> } };

const HEADER = `// What the API answers. Made by \`npm run api-types\`: do not edit.
// Its OpenAPI document describes each field.
`;

/** A type for each schema; `Block` is named `BlockJson`, as the page has blocks of its own. */
export function typesOf({ components }: OpenApi): string {
  const types = Object.entries(components.schemas).map(
    ([name, schema]) => `\nexport type ${typeName(name)} = ${typeOf(schema)};\n`,
  );
  return `${HEADER}${types.join("")}`;
}

function typeOf(schema: Schema): string {
  const { type, $ref, oneOf, items, properties } = schema;
  if ($ref !== undefined) return typeName($ref.replace("#/components/schemas/", ""));
  if (oneOf !== undefined) return nullLast(oneOf.map(typeOf));
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (Array.isArray(type)) return nullLast(type.map((type) => typeOf({ ...schema, type })));
  if (type === "array" && items !== undefined) return arrayOf(typeOf(items));
  if (type === "object" && properties !== undefined) return objectOf(properties, schema.required ?? []);
  if (type === "integer") return "number";
  if (type === "string" || type === "number" || type === "boolean" || type === "null") return type;
  throw new Error(`there is no type for ${JSON.stringify(schema)}`);
}

function objectOf(properties: Readonly<Record<string, Schema>>, required: readonly string[]): string {
  const lines = Object.entries(properties).map(([name, schema]) => {
    const key = /^[a-z_]\w*$/i.test(name) ? name : JSON.stringify(name);
    return `  readonly ${key}${required.includes(name) ? "" : "?"}: ${typeOf(schema)};\n`;
  });
  return `{\n${lines.join("")}}`;
}

function arrayOf(item: string): string {
  return `readonly ${item.includes(" ") ? `(${item})` : item}[]`;
}

function nullLast(types: readonly string[]): string {
  return types.toSorted((a, b) => Number(a === "null") - Number(b === "null")).join(" | ");
}

function typeName(schemaName: string): string {
  return `${schemaName}Json`;
}
