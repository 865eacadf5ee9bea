// Prices as they stand in cells: with decimal points or commas, with or without a sign of currency.

import { isTime } from "./written-times";

export type DecimalSign = "." | ",";

const MAX_CHARACTERS = 40; // What is longer is no number, and the patterns below would take long to say so.
const MISSING = /^(-+|–|—|n\/?[ae]|nan|null|none|#n\/a)?$/i;
const NUMBER_LIKE = /^[-+−]?\s*[$€£]?\s*[-−]?[\d.,]*\d[\d.,'’\s]*(e[-+]?\d+)?\s*[$€£]?$/i;
const NUMBER = /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const WITH_THOUSANDS = /^-?\d{1,3}(,\d{3})+(\.\d+)?$/;
const CLEAR_COMMA = /^(\d{4,},\d+|0\d*,\d+|\d+,(\d{1,2}|\d{4,})|\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,})$/;
const CLEAR_POINT = /^(\d{4,}\.\d+|0\d*\.\d+|\d+\.(\d{1,2}|\d{4,})|\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,})$/;

const bare = (text: string): string => text.replace(/[\s+$€£'’]/g, "").replace("−", "-");

/** Whether a cell says that it has no value. */
export const isMissing = (text: string): boolean => MISSING.test(text);

export const isNumber = (text: string): boolean =>
  text.length <= MAX_CHARACTERS && NUMBER_LIKE.test(text) && !isTime(text);

/** As the first price has it that can be read in one way only: 0,5 or 12.25, not 1,234. */
export function decimalSign(cells: Iterable<string>, delimiter: string): DecimalSign {
  let anyComma = false;
  for (const text of cells) {
    if (text.length > MAX_CHARACTERS) continue;
    const digits = bare(text).replace("-", "");
    if (CLEAR_POINT.test(digits)) return ".";
    if (CLEAR_COMMA.test(digits)) return ",";
    anyComma ||= /^\d+,\d+$/.test(digits);
  }
  return anyComma && delimiter !== "," ? "," : ".";
}

/** Null where the cell holds no price: never 0. */
export function readPrice(text: string, sign: DecimalSign): number | null {
  if (text.length > MAX_CHARACTERS) return null;
  let digits = bare(text);
  if (sign === ",") digits = digits.replace(/[.,]/g, (found) => (found === "," ? "." : ","));
  if (WITH_THOUSANDS.test(digits)) digits = digits.replaceAll(",", "");
  const value = NUMBER.test(digits) ? Number(digits) : NaN;
  return Number.isFinite(value) ? value : null;
}
