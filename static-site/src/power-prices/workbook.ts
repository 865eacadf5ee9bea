// Reads the sheets of an Excel workbook as tables of text: numbers as they are stored, dates as
// 2024-01-31 13:00:00.
//
// The parts of a workbook: ECMA-376, part 1, sections 12.3 and 18.

import { strFromU8 } from "fflate";
import { dateText } from "./day-numbers";
import { textOf } from "./html-table";
import { PowerPricesError } from "./power-file";
import { type Row, type Table, tableOfRows } from "./table";

export const WORKBOOK = "xl/workbook.xml";

/** Formats of dates and times that have no text of their own (section 18.8.30). */
const DATE_FORMATS = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47]);
const FIRST_DAY = Date.UTC(1899, 11, 30);
const FIRST_DAY_1904 = Date.UTC(1904, 0, 1);
const MAX_COLUMNS = 1_000;
/** Spreadsheets store 4.15 as 4.1500000000000004 or so, and show as many digits. */
const SHOWN_DIGITS = 15;

export type Sheet = { readonly name: string; readonly open: () => Table };

/** The visible sheets of a workbook. `read` gives the bytes of a part; none if there is no such part. */
export function sheetsOf(read: (name: string) => Uint8Array): Sheet[] {
  const part = (name: string): string => strFromU8(read(name));
  const workbook = part(WORKBOOK);
  const targets = new Map(
    Array.from(part("xl/_rels/workbook.xml.rels").matchAll(/<Relationship\b[^>]*>/g), ([tag]) => [
      attribute(tag, "Id"),
      attribute(tag, "Target"),
    ]),
  );
  const strings = Array.from(
    part("xl/sharedStrings.xml").matchAll(/<si\b[^>]*?(?:\/>|>([\s\S]*?)<\/si>)/g),
    ([, content = ""]) => stringOf(content),
  );
  const dates = dateStyles(part("xl/styles.xml"));
  const firstDay = /date1904="(1|true)"/.test(workbook) ? FIRST_DAY_1904 : FIRST_DAY;
  return Array.from(workbook.matchAll(/<(?:\w+:)?sheet\b[^>]*>/g), ([tag]) => tag)
    .filter((tag) => !/state="(hidden|veryHidden)"/.test(tag))
    .map((tag) => {
      const target = targets.get(attribute(tag, "r:id")) ?? "";
      const path = target.startsWith("/") ? target.slice(1) : `xl/${target}`;
      return {
        name: textOf(attribute(tag, "name")),
        open: () => tableOf(rowsOf(part(path), strings, dates, firstDay)),
      };
    });
}

export function tableOf(rows: readonly Row[]): Table {
  if (rows.length === 0) throw new PowerPricesError("The sheet is empty.");
  return tableOfRows(rows);
}

export const attribute = (tag: string, name: string): string => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? "";

/** The text of a string that may be in several runs; phonetic hints are left out. */
const stringOf = (content: string): string =>
  Array.from(content.replace(/<rPh\b[\s\S]*?<\/rPh>/g, "").matchAll(/<t\b[^>]*>([\s\S]*?)<\/t>/g), ([, text = ""]) =>
    textOf(text),
  ).join("");

/** Which of the cells' styles show a date or a time. */
function dateStyles(styles: string): boolean[] {
  const custom = new Map(
    Array.from(styles.matchAll(/<numFmt\b[^>]*>/g), ([tag]) => [
      Number(attribute(tag, "numFmtId")),
      attribute(tag, "formatCode"),
    ]),
  );
  const formats = /<cellXfs\b[\s\S]*?<\/cellXfs>/.exec(styles)?.[0] ?? "";
  return Array.from(formats.matchAll(/<xf\b[^>]*>/g), ([tag]) => {
    const id = Number(attribute(tag, "numFmtId"));
    const code = custom.get(id)?.replace(/&quot;.*?&quot;|\[(?!h|m|s)[^\]]*\]|\\./gi, "");
    return code === undefined ? DATE_FORMATS.has(id) : /[ymdhs]/i.test(code) && !/General/i.test(code);
  });
}

function rowsOf(xml: string, strings: readonly string[], dates: readonly boolean[], firstDay: number): Row[] {
  const rows: Row[] = [];
  for (const [, attributes = "", content = ""] of xml.matchAll(/<row\b([^>]*?)(?:\/>|>([\s\S]*?)<\/row>)/g)) {
    const at = Number(attribute(attributes, "r") || rows.length + 1) - 1;
    while (rows.length < at && at < rows.length + 10_000) rows.push([]);
    const cells: string[] = [];
    for (const [, tag = "", inner = ""] of content.matchAll(/<c\b([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g)) {
      const column = columnOf(/\sr="([A-Z]+)/.exec(tag)?.[1] ?? "") ?? cells.length;
      if (column >= MAX_COLUMNS) continue;
      while (cells.length < column) cells.push("");
      cells[column] = cellText(tag, inner, strings, dates, firstDay);
    }
    rows.push(cells);
  }
  return rows;
}

/** "A" is 0, "AA" is 26; null if there is no letter. */
function columnOf(letters: string): number | null {
  if (letters === "") return null;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

function cellText(
  tag: string,
  inner: string,
  strings: readonly string[],
  dates: readonly boolean[],
  firstDay: number,
): string {
  const type = /\st="(\w+)"/.exec(tag)?.[1] ?? "n";
  if (type === "inlineStr") return stringOf(inner);
  const value = /<v\b[^>]*>([\s\S]*?)<\/v>/.exec(inner)?.[1] ?? "";
  // A program that is not Excel may write formulas without their values: they are shown in a refusal.
  if (value === "") return textOf(/<f\b[^>]*>([\s\S]*?)<\/f>/.exec(inner)?.[1]?.replace(/^/, "=") ?? "");
  if (type === "s") return strings[Number(value)] ?? "";
  if (type === "b") return value === "1" ? "TRUE" : "FALSE";
  if (type === "e") return "";
  if (type !== "n") return textOf(value);
  const number = Number(value);
  const style = Number(/\ss="(\d+)"/.exec(tag)?.[1] ?? -1);
  return dates[style] === true ? dateText(number, firstDay) : String(Number(number.toPrecision(SHOWN_DIGITS)));
}
