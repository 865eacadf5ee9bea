// Reads prices from cells: with decimal points or commas, with or without a currency sign.

import { isTime } from "./written-times";

export type DecimalSign = "." | ",";

// Longer text is not a number, and the patterns below would be slow on it.
const MAX_CHARACTERS = 40;
const MISSING = /^(-+|–|—|\.+|n\/?[ae]|nan|null|none|missing|#n\/a|x)?$/i;
const SIGNS =
  "[A-Z]{0,3}\\$|[€£¥₩₹₱₺₦₪円元]|zł|Kč|Ft|kr\\.?|TL|RM|Rs\\.?|USD|EUR|GBP|CAD|AUD|NZD|BRL|TRY|PLN|SEK|NOK|DKK|CHF|CZK|HUF|RON|JPY|KRW|CNY|INR|PKR|PHP|THB|SGD|MXN|ZAR";
const COINS = "(?<=\\d\\s?)(?:ct|cts|cents?|¢|pence|p|öre|øre|paise)(?=[\\s/)]|$)";
const PER = "(?:/|\\bper\\b)\\s*[kmg]wh";
const NUMBER_LIKE = new RegExp(
  `^\\(?[-+−]?\\s*(?:${SIGNS})?\\s*[-−]?[\\d.,]*\\d[\\d.,'’\\s]*(e[-+]?\\d+)?\\s*(?:${SIGNS}|${COINS})?\\s*(?:${PER})?\\s*[-−]?\\)?$`,
  "i",
);
/** Marks of notes after a number: "62.44*", "62.44 (p)". */
const NOTE = /(?<=\d\s?)(?:\s*\([aefprs]\)|[*†‡])+$/i;
const ANY_SIGN = new RegExp(`${PER}|${SIGNS}|${COINS}|[\\s+'’]`, "gi");
const PLAIN = /^-?\d+(\.\d+)?$/;
const PLAIN_COMMA = /^-?\d+(,\d+)?$/;
const NUMBER = /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
/** "1,234,567.8", or in India "12,34,567.8". */
const WITH_THOUSANDS = /^-?(\d{1,3}(,\d{3})+|\d{1,2}(,\d{2})+,\d{3})(\.\d+)?$/;
const CLEAR_COMMA = /^(\d{4,},\d+|0\d*,\d+|\d+,(\d{1,2}|\d{4,})|\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,})$/;
const CLEAR_POINT =
  /^(\d{4,}\.\d+|0\d*\.\d+|\d+\.(\d{1,2}|\d{4,})|\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}|\d{1,2}(,\d{2})+,\d{3}(\.\d+)?)$/;

/** Without signs of currencies; a minus sign after the number, or brackets around it, come first. */
function bare(text: string): string {
  const digits = text.replace(NOTE, "").replace(ANY_SIGN, "").replace("−", "-");
  const inner = /^\((.*)\)$/.exec(digits)?.[1] ?? /^([\d.,]+)-$/.exec(digits)?.[1];
  return inner === undefined ? digits : `-${inner.replace("-", "")}`;
}

/** Whether a cell is empty or says that it has no value. */
export const isMissing = (text: string): boolean => text === "" || (text.length < 8 && MISSING.test(text));

export const isNumber = (text: string): boolean =>
  text.length <= MAX_CHARACTERS && NUMBER_LIKE.test(text.replace(NOTE, "")) && !isTime(text);

/** The decimal sign; `unclear` is a price such as "1.234" if all are so, and the sign may separate thousands. */
export type SignFound = { readonly sign: DecimalSign; readonly unclear: string | null };

/** Follows the first price that is unambiguous: 0,5 or 12.25, but not 1,234. */
export function decimalSign(cells: Iterable<string>, delimiter: string): SignFound {
  let unclear: string | null = null;
  for (const text of cells) {
    if (text.length > MAX_CHARACTERS) continue;
    const digits = bare(text).replace("-", "");
    if (CLEAR_POINT.test(digits)) return { sign: ".", unclear: null };
    if (CLEAR_COMMA.test(digits)) return { sign: ",", unclear: null };
    if (unclear === null && /^\d{1,3}[.,]\d{3}$/.test(digits)) unclear = digits;
  }
  // Between commas, a point is before the decimals, and a comma in quotes separates thousands.
  // Spreadsheets store numbers with points.
  const isClear = delimiter === "," || (delimiter === "" && unclear?.includes(".") === true);
  return isClear ? { sign: ".", unclear: null } : { sign: unclear?.includes(",") === true ? "," : ".", unclear };
}

/** What files write if there is no price. */
const PLACEHOLDERS = new Set([-999, -999.99, -9999, -9999.99, -99999, -99999.99, -999999]);

export const isPlaceholder = (price: number): boolean => price <= -999 && PLACEHOLDERS.has(price);

/** Null, never 0, if the cell does not hold a price. */
export function readPrice(text: string, sign: DecimalSign): number | null {
  if (text.length > MAX_CHARACTERS || text === "") return null;
  if (sign === "." && PLAIN.test(text)) return Number(text);
  if (sign === "," && PLAIN_COMMA.test(text)) return Number(text.replace(",", "."));
  let digits = bare(text);
  if (sign === ",") digits = digits.replace(/[.,]/g, (found) => (found === "," ? "." : ","));
  if (WITH_THOUSANDS.test(digits)) digits = digits.replaceAll(",", "");
  const value = NUMBER.test(digits) ? Number(digits) : NaN;
  return Number.isFinite(value) ? value : null;
}
