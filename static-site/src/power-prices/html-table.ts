// Reads the tables of a web page: some exports named .xls are such pages.

import { type Row, type Table, tableOfRows } from "./table";

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  euro: "€",
  pound: "£",
  minus: "−",
};

/** Null if the text is not a web page, or has no table of more than a header. */
export function tableOfHtml(text: string): Table | null {
  if (!/^\s*<[!?a-z]/i.test(text.slice(0, 200).replace(/^\uFEFF/, ""))) return null;
  const rows: Row[] = [];
  for (const [, row = ""] of text.matchAll(/<tr\b[^>]*>([\s\S]*?)(?=<\/tr|<tr\b|<\/table)/gi)) {
    const cells = [...row.matchAll(/<t[dh]\b([^>]*)>([\s\S]*?)(?=<\/t[dh]|<t[dh]\b|$)/gi)];
    rows.push(
      cells.flatMap(([, attributes = "", content = ""]) => {
        const span = Number(/\bcolspan\s*=\s*["']?(\d{1,3})/i.exec(attributes)?.[1] ?? 1);
        return [textOf(content), ...Array.from({ length: span - 1 }, () => "")];
      }),
    );
  }
  return rows.length > 2 ? tableOfRows(rows) : null;
}

/** The text of marked-up content: without tags, with its entities decoded. */
export const textOf = (content: string): string =>
  content
    .replace(/<[^>]*>/g, " ")
    .replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
      const code = decimal === undefined ? (hex === undefined ? null : Number.parseInt(hex, 16)) : Number(decimal);
      return code === null
        ? (ENTITIES[name?.toLowerCase() ?? ""] ?? whole)
        : String.fromCodePoint(Math.min(code, 0x10ffff));
    })
    .replace(/\s+/g, " ")
    .trim();
