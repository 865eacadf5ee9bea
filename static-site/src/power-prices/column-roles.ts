// What the columns of a table are for, as their headers and a sample of their cells tell.

import { cell, type Row } from "./csv-table";
import { PowerPricesError, quoted } from "./power-file";
import { isMissing } from "./price-cells";
import { isTime } from "./written-times";

/** What the columns are for; undefined where there is none. */
export type ColumnRoles = {
  readonly layout: "ENTSO-E day-ahead" | "Nord Pool" | "Times and prices";
  readonly timeAt: number | undefined;
  readonly endAt: number | undefined;
  /** Time of day, where the date stands alone. */
  readonly clockAt: number | undefined;
  readonly areaAt: number | undefined;
  readonly currencyAt: number | undefined;
  /** Columns that tell several prices of a place apart. */
  readonly variants: readonly number[];
  /** Columns that hold no price. */
  readonly taken: ReadonlySet<number | undefined>;
};

const AREA_HEADER =
  /^((price|bidding|delivery)? ?(area|zone)|area ?display ?name|region|node|hub|location|settlement ?point)$/i;
const VARIANT_HEADER = /^(sequence|contract ?type)$/i;
const MAIN_VARIANT = /^(without sequence|day-?ahead)?$/i;
const END_HEADER = /\b(end|ending|ends|until|to)\b/i;
const RECORD_HEADER = /updat|publish|creat/i;
const TIME_OF_DAY = /^\d{1,2}:\d{2}(:\d{2})?$/;
const MIN_SHARE_OF_TIMES = 0.1; // Nothing else looks like a time, so a few of them will do, where notes are many.
const ZONES: readonly (readonly [RegExp, string])[] = [
  [/UTC|GMT/i, "UTC"],
  [/\bCES?T\b/, "Europe/Paris"],
  [/\bEES?T\b/, "Europe/Helsinki"],
  [/\(ET\)|(?<![a-z])E[DP]T(?![a-z])|Eastern/i, "America/New_York"],
  [/\(CT\)|(?<![a-z])C[DP]T(?![a-z])|Central/i, "America/Chicago"],
  [/\(MT\)|(?<![a-z])M[DP]T(?![a-z])|Mountain/i, "America/Denver"],
  [/\(PT\)|(?<![a-z])P[DP]T(?![a-z])|Pacific/i, "America/Los_Angeles"],
  [/(?<![a-z])EST(?![a-z])/i, "Etc/GMT+5"], // All year, as MISO has it.
  [/(?<![a-z])CST(?![a-z])/i, "Etc/GMT+6"],
  [/(?<![a-z])MST(?![a-z])/i, "Etc/GMT+7"],
  [/(?<![a-z])PST(?![a-z])/i, "Etc/GMT+8"],
];

/** Throws `PowerPricesError` where the only times are ends. */
export function findRoles(sample: readonly Row[], headers: Row): ColumnRoles {
  const columns = columnIndices(sample, headers);
  const named = (pattern: RegExp): number[] => columns.filter((at) => pattern.test(cell(headers, at)));
  const isEnd = (at: number): boolean => END_HEADER.test(wordsOf(cell(headers, at)));
  const zone = (at: number | undefined): string | null => zoneOf(cell(headers, at));

  const times = columns.filter((at) => holdsMostly(sample, at, isTime, MIN_SHARE_OF_TIMES));
  const starts = times.filter((at) => !isEnd(at) && !RECORD_HEADER.test(cell(headers, at)));
  const ends = times.filter(isEnd);
  const timeAt = starts.find((at) => zone(at) === "UTC") ?? starts[0];
  if (timeAt === undefined && ends.length > 0) {
    const example = quoted(cell(headers, ends[0]));
    throw new PowerPricesError(
      `${example} holds the ends of the intervals, and no column their starts. Add a column of starts.`,
    );
  }
  const clocks = columns.filter((at) => holdsMostly(sample, at, (text) => TIME_OF_DAY.test(text)));
  const areaAt = named(AREA_HEADER).find((at) => !times.includes(at));
  const variants = named(VARIANT_HEADER);
  return {
    layout: layoutOf(headers),
    timeAt,
    endAt: ends.find((at) => zone(at) === zone(timeAt)),
    clockAt: clocks.find((at) => !isEnd(at)),
    areaAt,
    currencyAt: named(/^currency$/i)[0],
    variants,
    taken: new Set([...times, ...clocks, ...variants, areaAt]),
  };
}

function layoutOf(headers: Row): ColumnRoles["layout"] {
  const has = (pattern: RegExp): boolean => headers.some((text) => pattern.test(text));
  if (has(/^MTU\b/i) || (has(/^time \((CET|UTC)/i) && has(/day-ahead price/i))) return "ENTSO-E day-ahead";
  return has(/^delivery start/i) ? "Nord Pool" : "Times and prices";
}

/** The place that a row is about, and which of its prices: "FR, Sequence 2". Empty where the row names none. */
export function placeOf(row: Row, { areaAt, variants }: ColumnRoles): string {
  const found = variants.map((at) => cell(row, at)).filter((text) => !MAIN_VARIANT.test(text));
  const names = found.map((text) => (/^\d+$/.test(text) ? `Sequence ${text}` : text));
  return [areaName(cell(row, areaAt)), ...names].filter((text) => text !== "").join(", ");
}

/** "BZN|FR", a bidding zone, is FR. */
export const areaName = (text: string): string => text.replace(/^[A-Z]{3}\|/, "");

/** The zone whose clocks a header names, as JavaScript knows it. */
export const zoneOf = (header: string): string | null => ZONES.find(([pattern]) => pattern.test(header))?.[1] ?? null;

/** "endTime" and "end_time" are words, too. */
const wordsOf = (text: string): string => text.replace(/([a-z])([A-Z])/g, "$1 $2").replaceAll("_", " ");

/** All columns, also where rows are longer than the header. */
export function columnIndices(sample: readonly Row[], headers: Row): number[] {
  return Array.from({ length: Math.max(headers.length, ...sample.map((row) => row.length)) }, (_, at) => at);
}

/** Whether a good part of what a column holds is of a kind. */
export function holdsMostly(
  sample: readonly Row[],
  at: number,
  isKind: (text: string) => boolean,
  minShare = 0.5,
): boolean {
  const cells = sample.map((row) => cell(row, at)).filter((text) => !isMissing(text));
  return cells.length > 0 && cells.filter(isKind).length >= cells.length * minShare;
}
