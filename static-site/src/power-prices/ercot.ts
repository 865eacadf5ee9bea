// ERCOT files: a row for each place and time; hours count from 1, in local time of Texas.
//
// - Real-time: https://www.ercot.com/mp/data-products/data-product-details?id=NP6-905-CD,
//   by year NP6-785-ER
// - Day-ahead: https://www.ercot.com/mp/data-products/data-product-details?id=NP4-190-CD,
//   by year NP4-180-ER
//   The flag marks the second pass of the hour that autumn repeats:
//   https://github.com/gridstatus/gridstatus/pull/287

import { HOUR_MS, MINUTE_MS } from "../units";
import { cell, cellsOf, HEADER_WITHIN_ROWS, isBlank, type Row, type Table } from "./csv-table";
import { secondPassCheck } from "./instants";
import { type PowerFile, PowerPricesError } from "./power-file";
import { decimalSign, readPrice } from "./price-cells";
import { newSkippedRows } from "./skipped-rows";
import { headerOnly } from "./table-header";
import { addRow, type Drafts, toPowerFile } from "./to-power-file";
import { type DateOrder, dateOrder, readTime, type WrittenTime } from "./written-times";
import { zoneClock } from "./zone-clock";

/** Null if the table is not from ERCOT. */
export function readErcot({ rows, delimiter }: Table): PowerFile | null {
  const headerAt = rows.slice(0, HEADER_WITHIN_ROWS).findIndex(isErcotHeader);
  if (headerAt < 0) return null;
  const columns = findColumns(rows[headerAt] ?? [], headerAt + 1);
  const data = rows.slice(headerAt + 1);
  const rowCount = data.filter((row) => !isBlank(row)).length;
  if (rowCount === 0) throw headerOnly(headerAt + 1);

  const dayOf = readDays(dateOrder(cellsOf(data, [columns.date]), "month first"));
  const sign = decimalSign(cellsOf(data, [columns.price]), delimiter);
  const clock = zoneClock("America/Chicago");
  const lengthMs = columns.quarter === undefined ? HOUR_MS : 15 * MINUTE_MS;
  const isSecondPass = secondPassCheck();
  const drafts: Drafts = new Map();
  const skipped = newSkippedRows();
  data.forEach((row, at) => {
    if (isBlank(row)) return;
    const wall = wallOf(row, columns, dayOf);
    if (wall === null) {
      skipped.unreadableLines.push(headerAt + at + 2);
      return;
    }
    const place = placeOf(row, columns);
    const instants = clock(wall);
    const isFlagged = (): boolean => /^(y|true|1)/i.test(cell(row, columns.flag));
    const isSecond = instants.length > 1 && (columns.flag === undefined ? isSecondPass(place, wall) : isFlagged());
    const start = instants[isSecond ? 1 : 0];
    if (start === undefined) {
      skipped.noSuchHour += 1;
      return;
    }
    addRow(drafts, place, { start, end: start + lengthMs, price: readPrice(cell(row, columns.price), sign) });
  });
  return toPowerFile({
    layout: columns.quarter === undefined ? "ERCOT day-ahead" : "ERCOT real-time",
    currency: "USD",
    drafts,
    skipped,
    notes: [],
    rowCount,
    prefer: (name) => name === "HB_HUBAVG",
  });
}

/** Makes "Delivery Date", "DeliveryDate" and "deliveryDate" equal. */
const namesOf = (header: Row): string[] => header.map((text) => text.toLowerCase().replace(/[^a-z]/g, ""));

function isErcotHeader(row: Row): boolean {
  const names = namesOf(row);
  return names.includes("deliverydate") && names.includes("settlementpointprice");
}

/** Column indices; undefined if the file lacks the column. Only real-time files have quarters. */
type ErcotColumns = Readonly<
  Record<"date" | "hour" | "quarter" | "place" | "type" | "price" | "flag", number | undefined>
>;

function findColumns(header: Row, line: number): ErcotColumns {
  const names = namesOf(header);
  const column = (...spellings: string[]): number | undefined =>
    [...names.keys()].find((at) => spellings.includes(names[at] ?? ""));
  const hour = column("deliveryhour", "hourending");
  if (hour === undefined) {
    throw new PowerPricesError(
      `Line ${line}, the header, lacks “Delivery Hour” or “Hour Ending”. Download the file again.`,
    );
  }
  return {
    date: column("deliverydate"),
    hour,
    quarter: column("deliveryinterval"),
    place: column("settlementpointname", "settlementpoint"),
    type: column("settlementpointtype"),
    price: column("settlementpointprice"),
    flag: column("repeatedhourflag", "dstflag"),
  };
}

type ReadDay = (text: string) => WrittenTime | null;

/** Parses each date once: a file has many rows per day. */
function readDays(order: DateOrder): ReadDay {
  const known = new Map<string, WrittenTime | null>();
  return (text) => {
    const day = known.get(text) ?? readTime(text, order);
    known.set(text, day);
    return day;
  };
}

/** Local time in Texas at the start of a row, as if it were UTC; null if it cannot be read. */
function wallOf(row: Row, columns: ErcotColumns, dayOf: ReadDay): number | null {
  const day = dayOf(cell(row, columns.date));
  const hour = Number(/^(\d{1,2})(:00)*$/.exec(cell(row, columns.hour))?.[1] ?? NaN);
  const quarter = columns.quarter === undefined ? 1 : Number(cell(row, columns.quarter));
  if (day === null || !(hour >= 1 && hour <= 24) || !(quarter >= 1 && quarter <= 4)) return null;
  return day.wall + (hour - 1) * HOUR_MS + (quarter - 1) * 15 * MINUTE_MS;
}

/** Real-time files list load zones twice: plain, and weighted by energy. */
function placeOf(row: Row, columns: ErcotColumns): string {
  const place = cell(row, columns.place) || "ERCOT";
  const type = cell(row, columns.type);
  return type.endsWith("EW") ? `${place} (${type})` : place;
}
