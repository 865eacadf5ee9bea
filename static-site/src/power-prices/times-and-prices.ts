// Files with a column of times and columns of prices, in any common format. Nord Pool and ENTSO-E
// are recognized by their headers.
//
// - Nord Pool: https://data.nordpoolgroup.com/auction/day-ahead/prices (export)
// - ENTSO-E: https://transparency.entsoe.eu/, Market, Energy Prices [12.1.D] (export)
//   Sequence 1 is the coupled day-ahead auction: https://github.com/EnergieID/entsoe-py/issues/422

import { type ColumnRoles, findRoles, placeOf, zoneOf } from "./column-roles";
import { cell, cellsOf, isBlank, type Row, type Table } from "./csv-table";
import { endOf, instantsOf, secondPassCheck } from "./instants";
import { type PowerFile, PowerPricesError, quoted } from "./power-file";
import { type DecimalSign, decimalSign, readPrice } from "./price-cells";
import { inOneCurrency, type PriceColumn, priceColumns } from "./price-columns";
import { codeIn, priceUnit } from "./price-units";
import { newSkippedRows, type SkippedRows } from "./skipped-rows";
import { findHeader, noTimes } from "./table-header";
import { addRow, type Drafts, toPowerFile } from "./to-power-file";
import { type DateOrder, dateOrder, isTime, readTime, splitTimeRange } from "./written-times";
import { zoneClock } from "./zone-clock";

const SAMPLE_ROWS = 500; // Enough to distinguish columns of numbers from columns of text.

/** Throws `PowerPricesError` if the table has no times or no prices. */
export function readTimesAndPrices({ rows, delimiter }: Table): PowerFile {
  const { headers, title, firstRow } = findHeader(rows);
  const data = rows.slice(firstRow);
  const filled = data.filter((row) => !isBlank(row));
  const sample = filled.filter((_, at) => at % Math.ceil(filled.length / SAMPLE_ROWS) === 0);
  refuseDecimalCommas(sample, headers, delimiter, firstRow + 1);
  const roles = findRoles(sample, headers);
  const { timeAt } = roles;
  if (timeAt === undefined) throw noTimes(rows);

  const timed = sample.filter((row) => isTime(cell(row, timeAt)));
  const columns = priceColumns(timed, headers, title, roles);
  if (columns.length === 0) {
    const example = quoted((rows[firstRow] ?? []).join(delimiter));
    throw new PowerPricesError(
      `Column ${timeAt + 1} holds times, but no column holds prices. Line ${firstRow + 1} reads ${example}.`,
    );
  }
  const firstCurrency = sample.map((row) => cell(row, roles.currencyAt)).find((text) => text !== "");
  const stated = codeIn(firstCurrency ?? "") ?? priceUnit(title).currency;
  const { currency, kept, others } = inOneCurrency(columns, stated);

  const zone = zoneOf(cell(headers, timeAt));
  const order = dateOrder(cellsOf(data, [timeAt]), roles.layout === "Times and prices" ? null : "day first");
  const columnsAt = kept.map(({ at }) => at);
  const sign = decimalSign(cellsOf(data, columnsAt), delimiter);
  const { drafts, skipped, anyWithoutOffset } = readRows(data, { roles, kept, currency, zone, order, sign, firstRow });

  const notes: string[] = [];
  if (others.length > 0) notes.push(`Left out, as they are not in ${currency}: ${others.join(", ")}`);
  if (stated === null && kept.every(({ unit }) => unit.currency === null))
    notes.push("No currency in the file: read as USD");
  const converted = kept.find(({ unit }) => unit.perMwh !== 1)?.unit;
  if (converted)
    notes.push(`Converted: 1 ${converted.written} is ${Number(converted.perMwh.toPrecision(12))} ${currency}/MWh`);
  if (anyWithoutOffset && zone !== "UTC")
    notes.push(zone === null ? "No time zone in the file: times read as UTC" : `Times read as those of ${zone}`);
  const isMain = (name: string): boolean => !/\bsequence (?!1$)/i.test(name);
  return toPowerFile({
    layout: roles.layout,
    currency,
    drafts,
    skipped,
    notes,
    rowCount: filled.length,
    prefer: isMain,
  });
}

/**
 * If columns are separated by commas, an unquoted 12,50 is read as two columns: better no price
 * than a wrong one.
 */
function refuseDecimalCommas(sample: readonly Row[], headers: Row, delimiter: string, firstLine: number): void {
  const isLonger = (row: Row): boolean => row.slice(headers.length).some((text) => text.trim() !== "");
  if (headers.length === 0 || delimiter !== "," || sample.filter(isLonger).length * 2 < sample.length) return;
  throw new PowerPricesError(
    `Line ${firstLine} has more columns than the header. If prices have decimal commas, put semicolons between columns.`,
  );
}

/** How to read the rows of a table. */
type RowFormat = {
  readonly roles: ColumnRoles;
  readonly kept: readonly PriceColumn[];
  readonly currency: string;
  /** The time zone that the header of the time column names. */
  readonly zone: string | null;
  readonly order: DateOrder;
  readonly sign: DecimalSign;
  /** Index of the first row in the file. */
  readonly firstRow: number;
};

type DraftRows = { readonly drafts: Drafts; readonly skipped: SkippedRows; readonly anyWithoutOffset: boolean };

function readRows(data: readonly Row[], { roles, kept, currency, zone, order, sign, firstRow }: RowFormat): DraftRows {
  const { timeAt, endAt, clockAt, currencyAt } = roles;
  const clock = zoneClock(zone ?? "UTC");
  const isSecondPass = secondPassCheck();
  const dates = new Set<string>();
  const drafts: Drafts = new Map();
  const skipped = newSkippedRows();
  let anyWithoutOffset = false;
  for (const [row, at] of inTimeOrder(data, timeAt, order)) {
    const line = firstRow + at + 1;
    const [from, until] = splitTimeRange(cell(row, timeAt));
    let written = readTime(from, order);
    if (written?.dateOnly === true) written = readTime(`${from} ${cell(row, clockAt)}`, order);
    if (written === null) {
      skipped.unreadableLines.push(line);
      continue;
    }
    if ((codeIn(cell(row, currencyAt)) ?? currency) !== currency) {
      skipped.otherCurrency += 1;
      continue;
    }
    const place = placeOf(row, roles);
    if (written.dateOnly) refuseSameDay(dates, `${written.wall} ${place}`, line);
    anyWithoutOffset ||= written.offset === null;

    const { wall } = written;
    const instants = instantsOf(written, clock);
    const repeats = instants.length > 1;
    const instant = instants[repeats && isSecondPass(place, wall) ? 1 : 0];
    if (instant === undefined) {
      skipped.noSuchHour += 1;
      continue;
    }
    const end = endOf(readTime(until ?? cell(row, endAt), order), { instant, wall, repeats }, clock);
    for (const column of kept) {
      const name = place === "" ? column.name : kept.length === 1 ? place : `${place}, ${column.name}`;
      const price = readPrice(cell(row, column.at), sign);
      addRow(drafts, name, { start: instant, end, price: price === null ? null : price * column.unit.perMwh });
    }
  }
  return { drafts, skipped, anyWithoutOffset };
}

function refuseSameDay(dates: Set<string>, day: string, line: number): void {
  if (dates.has(day)) {
    throw new PowerPricesError(
      `Line ${line} has the same date as a line before, and no time of day. Put both into one column, as in 2024-01-31 13:00.`,
    );
  }
  dates.add(day);
}

type IndexedRow = readonly [row: Row, at: number];

/**
 * The rows, earliest first even if the file has the latest first: the first pass of a repeated hour
 * must come first.
 */
function* inTimeOrder(rows: readonly Row[], timeAt: number | undefined, order: DateOrder): Generator<IndexedRow> {
  const wallOf = (row: Row): number | undefined => readTime(splitTimeRange(cell(row, timeAt))[0], order)?.wall;
  const isTimed = (row: Row): boolean => wallOf(row) !== undefined;
  const first = rows.find(isTimed);
  const last = rows.findLast(isTimed);
  const backwards = first !== undefined && last !== undefined && (wallOf(first) ?? 0) > (wallOf(last) ?? 0);
  for (let step = 0; step < rows.length; step += 1) {
    const at = backwards ? rows.length - 1 - step : step;
    const row = rows[at];
    if (row !== undefined && !isBlank(row)) yield [row, at];
  }
}
