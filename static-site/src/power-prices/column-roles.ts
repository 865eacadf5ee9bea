// Finds what each column of a table holds, from the headers and a sample of the cells.

import { cell, type Row } from "./csv-table";
import { PowerPricesError, quoted } from "./power-file";
import { isMissing } from "./price-cells";
import { isTime } from "./written-times";

/** What the columns hold. An index is undefined if there is no such column. */
export type ColumnRoles = {
  readonly layout: "ENTSO-E day-ahead" | "Nord Pool" | "Times and prices";
  readonly timeAt: number | undefined;
  readonly endAt: number | undefined;
  /** Time of day, if it is not in the column of the date. */
  readonly clockAt: number | undefined;
  readonly areaAt: number | undefined;
  readonly currencyAt: number | undefined;
  /** Columns that distinguish several prices of one place. */
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
// Nothing else looks like a time, so a small share is enough, as notes may outnumber the data.
const MIN_SHARE_OF_TIMES = 0.1;
const ZONES: readonly (readonly [RegExp, string])[] = [
  [/UTC|GMT/i, "UTC"],
  [/\bCES?T\b/, "Europe/Paris"],
  [/\bEES?T\b/, "Europe/Helsinki"],
  [/\(ET\)|(?<![a-z])E[DP]T(?![a-z])|Eastern/i, "America/New_York"],
  [/\(CT\)|(?<![a-z])C[DP]T(?![a-z])|Central/i, "America/Chicago"],
  [/\(MT\)|(?<![a-z])M[DP]T(?![a-z])|Mountain/i, "America/Denver"],
  [/\(PT\)|(?<![a-z])P[DP]T(?![a-z])|Pacific/i, "America/Los_Angeles"],
  [/(?<![a-z])EST(?![a-z])/i, "Etc/GMT+5"], // Without daylight saving time, as MISO uses it.
  [/(?<![a-z])CST(?![a-z])/i, "Etc/GMT+6"],
  [/(?<![a-z])MST(?![a-z])/i, "Etc/GMT+7"],
  [/(?<![a-z])PST(?![a-z])/i, "Etc/GMT+8"],
];

/** Throws `PowerPricesError` if the only times are the ends of intervals. */
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

/**
 * The place of a row, and which of its prices it is: "FR, Sequence 2". Empty if the row names no
 * place.
 */
export function placeOf(row: Row, { areaAt, variants }: ColumnRoles): string {
  const found = variants.map((at) => cell(row, at)).filter((text) => !MAIN_VARIANT.test(text));
  const names = found.map((text) => (/^\d+$/.test(text) ? `Sequence ${text}` : text));
  return [areaName(cell(row, areaAt)), ...names].filter((text) => text !== "").join(", ");
}

/** "BZN|FR" (a bidding zone) becomes "FR". */
export const areaName = (text: string): string => text.replace(/^[A-Z]{3}\|/, "");

/** The IANA time zone that a header names; null if it names none. */
export const zoneOf = (header: string): string | null => ZONES.find(([pattern]) => pattern.test(header))?.[1] ?? null;

/** Splits "endTime" and "end_time" into words. */
const wordsOf = (text: string): string => text.replace(/([a-z])([A-Z])/g, "$1 $2").replaceAll("_", " ");

/** The indices of all columns, also of those beyond the header. */
export function columnIndices(sample: readonly Row[], headers: Row): number[] {
  return Array.from({ length: Math.max(headers.length, ...sample.map((row) => row.length)) }, (_, at) => at);
}

/** Whether at least `minShare` of a column's values are of a kind. */
export function holdsMostly(
  sample: readonly Row[],
  at: number,
  isKind: (text: string) => boolean,
  minShare = 0.5,
): boolean {
  const cells = sample.map((row) => cell(row, at)).filter((text) => !isMissing(text));
  return cells.length > 0 && cells.filter(isKind).length >= cells.length * minShare;
}
