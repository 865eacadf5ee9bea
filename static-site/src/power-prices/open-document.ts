// Reads the sheets of an OpenDocument spreadsheet (.ods) as tables of text: numbers and dates as they
// are stored.
//
// The elements: OpenDocument 1.3, part 3, sections 9.1 and 19.385.

import { textOf } from "./html-table";
import { isBlank, type Row } from "./table";
import { attribute, type Sheet, tableOf } from "./workbook";

export const DOCUMENT = "content.xml";
const MAX_COLUMNS = 1_000;
/** Sheets end with a million equal rows, which are blank. */
const MAX_REPEATED = 10_000;

/** The sheets of a document that have cells. */
export function sheetsOfDocument(content: string): Sheet[] {
  return Array.from(
    content.matchAll(/<table:table\s([^>]*)>([\s\S]*?)<\/table:table>/g),
    ([, tag = "", inner = ""]): Sheet => ({
      name: textOf(attribute(` ${tag}`, "table:name")),
      open: () => tableOf(rowsOf(inner)),
    }),
  );
}

function rowsOf(xml: string): Row[] {
  const rows: Row[] = [];
  let blank = 0;
  for (const [, tag = "", inner = ""] of xml.matchAll(
    /<table:table-row\b([^>]*?)(?:\/>|>([\s\S]*?)<\/table:table-row>)/g,
  )) {
    const row = cellsOf(inner);
    const count = Number(attribute(tag, "table:number-rows-repeated") || 1);
    if (isBlank(row)) {
      blank += count;
      continue;
    }
    for (; blank > 0 && blank < MAX_REPEATED; blank -= 1) rows.push([]);
    blank = 0;
    for (let at = 0; at < Math.min(count, MAX_REPEATED); at += 1) rows.push(row);
  }
  return rows;
}

const CELL = /<table:(?:covered-)?table-cell\b([^>]*?)(?:\/>|>([\s\S]*?)<\/table:(?:covered-)?table-cell>)/g;

function cellsOf(xml: string): Row {
  const cells: string[] = [];
  for (const [, tag = "", inner = ""] of xml.matchAll(CELL)) {
    const count = Number(attribute(tag, "table:number-columns-repeated") || 1);
    const text = cellText(tag, inner);
    for (let at = 0; at < count && cells.length < MAX_COLUMNS; at += 1) cells.push(text);
  }
  return cells;
}

function cellText(tag: string, inner: string): string {
  const number = attribute(tag, "office:value");
  if (number !== "") return number;
  const date = attribute(tag, "office:date-value");
  if (date !== "") return date.replace("T", " ").replace(/\.\d+$/, "");
  const [, hours, minutes] = /^PT(\d+)H(\d+)M/.exec(attribute(tag, "office:time-value")) ?? [];
  if (hours !== undefined) return `${hours}:${minutes}`;
  const paragraphs = Array.from(inner.matchAll(/<text:p\b[^>]*>([\s\S]*?)<\/text:p>/g), ([, text = ""]) => text);
  return textOf(
    paragraphs
      .join(" ")
      .replace(/<text:s\b[^>]*>/g, " ")
      .replace(/<[^>]*>/g, ""),
  );
}
