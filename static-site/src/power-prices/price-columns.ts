// Finds the columns that hold prices, with their names, currencies and units.

import { areaName, type ColumnRoles, columnIndices, holdsMostly } from "./column-roles";
import { cell, type Row } from "./csv-table";
import { isNumber } from "./price-cells";
import { codeIn, NO_UNIT, type PriceUnit, priceUnit } from "./price-units";

export type PriceColumn = { readonly at: number; readonly name: string; readonly unit: PriceUnit };

const PRICE_WORD = /price|preis|pris|prix|precio|prezzo|hinta|spot|lmp|tari?f|(\/|per[ _]?)[kmg]wh/i;
const AMOUNT_WORD = /[kmg]wh?\b|volume|load|demand|generation|production|consumption|temperature|forecast/i;

/**
 * The columns whose headers name prices; if there are none, all columns of numbers whose headers do
 * not name another quantity.
 */
export function priceColumns(sample: readonly Row[], headers: Row, title: string, roles: ColumnRoles): PriceColumn[] {
  const found = findPrices(sample, headers, roles);
  // Old ENTSO-E exports name the place in the header of a last, empty column.
  const place =
    found.length === 1 ? headers.find((text, at) => !found.includes(at) && /^[A-Z]{3}\|/.test(text)) : undefined;
  const titleUnit = /(\/|per )[kmg]wh/i.test(title) ? priceUnit(title) : NO_UNIT;
  const names = new Set<string>();
  return found.map((at) => {
    const header = cell(headers, at);
    const short = areaName(place ?? columnName(header)) || (found.length === 1 ? "Price" : `Column ${at + 1}`);
    const name = names.has(short) ? `${short} (column ${at + 1})` : short;
    names.add(name);
    const unit = priceUnit(header);
    return { at, name, unit: /[kmg]wh/i.test(header) || unit.currency !== null ? unit : titleUnit };
  });
}

function findPrices(sample: readonly Row[], headers: Row, { layout, taken }: ColumnRoles): number[] {
  const numbers = columnIndices(sample, headers).filter((at) => !taken.has(at) && holdsMostly(sample, at, isNumber));
  const named = (isKind: (header: string) => boolean): number[] => numbers.filter((at) => isKind(cell(headers, at)));
  const dayAhead = layout === "ENTSO-E day-ahead" ? named((header) => /day-ahead price/i.test(header)) : [];
  const sayPrice = named(saysPrice);
  const others = headers.length === 0 ? numbers : named((header) => header !== "" && !AMOUNT_WORD.test(header));
  return [dayAhead, sayPrice].find((some) => some.length > 0) ?? others;
}

const saysPrice = (header: string): boolean =>
  PRICE_WORD.test(header) || codeIn(header) !== null || /[$€£]/.test(header);

/** "SE3 Price (EUR)" becomes "SE3". */
function columnName(header: string): string {
  const short = header
    .replace(/\([^)]*\)|\[[^\]]*\]/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return short.replace(/ price$/i, "") || header;
}

/** The columns in one currency, and the names of those in other currencies. */
type OneCurrency = {
  readonly currency: string;
  readonly kept: readonly PriceColumn[];
  readonly others: readonly string[];
};

/**
 * Chooses USD if a column is in USD, otherwise the first column's currency. Columns that name no
 * currency are in the one that the file states.
 */
export function inOneCurrency(columns: readonly PriceColumn[], stated: string | null): OneCurrency {
  const currencyOf = ({ unit }: PriceColumn): string => unit.currency ?? stated ?? "USD";
  const currencies = columns.map(currencyOf);
  const currency = currencies.includes("USD") ? "USD" : (currencies[0] ?? "USD");
  const kept = columns.filter((column) => currencyOf(column) === currency);
  return { currency, kept, others: columns.filter((column) => !kept.includes(column)).map(({ name }) => name) };
}
