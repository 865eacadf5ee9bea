// Times as the day numbers of spreadsheets: 45809.25 is 06:00 on 1 June 2025.

import { DAY_MS } from "../model/units";
import { cell, firstRows, type Table, withCells } from "./table";
import { START_WORDS, TIME_WORDS } from "./time-plan";
import { isTime } from "./written-times";

const FIRST_DAY = Date.UTC(1899, 11, 30);
const LOOKED_AT = 50;
/** Days from 2000 to 2063. */
const DAY_NUMBER = /^(3[6-9]|4\d|5\d)\d{3}([.,]\d+)?$/;

/** The table with its day numbers as dates and times, if they are below headers of times and are its only times. */
export function withDayNumbers(table: Table): Table {
  const rows = firstRows(table, LOOKED_AT);
  if (rows.some((row) => row.some((text) => isTime(text.trim())))) return table;
  const isHeader = (text: string): boolean => TIME_WORDS.test(text) || START_WORDS.test(text.toLowerCase());
  const columns = new Set<number>();
  rows.forEach((row, at) => {
    row.forEach((text, column) => {
      if (isHeader(text) && DAY_NUMBER.test(cell(rows[at + 1], column))) columns.add(column);
    });
  });
  if (columns.size === 0) return table;
  return withCells(table, columns, (text) =>
    DAY_NUMBER.test(text) ? dateText(Number(text.replace(",", ".")), FIRST_DAY) : text,
  );
}

/** A day number as a date, or as a time of day if it is less than one day. */
export function dateText(days: number, firstDay: number): string {
  if (!(days >= 0 && days < 200_000)) return String(days);
  const ms = Math.round((days * DAY_MS) / 1_000) * 1_000;
  if (days < 1) return ms === DAY_MS ? "24:00:00" : new Date(ms).toISOString().slice(11, 19);
  const text = new Date(firstDay + ms).toISOString().slice(0, 19).replace("T", " ");
  return ms % DAY_MS === 0 ? text.slice(0, 10) : text;
}
