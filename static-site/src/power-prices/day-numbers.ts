// Times as the day numbers of spreadsheets: 45809.25 is 06:00 on 1 June 2025.

import { DAY_MS } from "../model/units";
import { cell, firstRows, type Row, type Table, withCells } from "./table";
import { START_WORDS } from "./time-plan";
import { isTime } from "./written-times";

const FIRST_DAY = Date.UTC(1899, 11, 30);
const LOOKED_AT = 50;
export const TIME_WORDS = /date|time|stamp|datum|zeit|fecha|hora\b|heure|dat[ae]\b|\bmtu\b|\bday\b|interval/i;
/** Days from 2000 to 2063. */
const DAY_NUMBER = /^(3[6-9]|4\d|5\d)\d{3}([.,]\d+)?$/;

/** The table with its day numbers as dates and times, if they are below headers of times and are its only times. */
export function withDayNumbers(table: Table): Table {
  const rows = firstRows(table, LOOKED_AT);
  if (hasTimes(rows)) return table;
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

/** The table with a month such as 202506 and the day in another column as a date, as Brazil's exchange has them. */
export function withMonthAndDay(table: Table): Table {
  const rows = firstRows(table, LOOKED_AT);
  const at = rows.findIndex((row, index) => row.some((_, column) => isMonth(cell(rows[index + 1], column))));
  const header = rows[at] ?? [];
  const monthAt = header.findIndex((_, column) => isMonth(cell(rows[at + 1], column)));
  const dayAt = header.findIndex((text) => /^(dia|day|tag|jour|giorno)$/i.test(text.trim()));
  if (monthAt < 0 || dayAt < 0 || hasTimes(rows)) return table;
  const dateIn = (row: Row): string =>
    `${cell(row, monthAt).replace(/(?=..$)/, "-")}-${cell(row, dayAt).padStart(2, "0")}`;
  const change = (row: Row): Row =>
    isMonth(cell(row, monthAt)) ? row.map((text, column) => (column === monthAt ? dateIn(row) : text)) : row;
  return {
    ...table,
    row: (index) => change(table.row(index)),
    cellAt: (index, column) =>
      column === monthAt ? cell(change(table.row(index)), column) : table.cellAt(index, column),
  };
}

const hasTimes = (rows: readonly Row[]): boolean => rows.some((row) => row.some((text) => isTime(text.trim())));
const isMonth = (text: string): boolean => /^20\d{2}(0[1-9]|1[0-2])$/.test(text);

/** A day number as a date, or as a time of day if it is less than one day. */
export function dateText(days: number, firstDay: number): string {
  if (!(days >= 0 && days < 200_000)) return String(days);
  const ms = Math.round((days * DAY_MS) / 1_000) * 1_000;
  if (days < 1) return ms === DAY_MS ? "24:00:00" : new Date(ms).toISOString().slice(11, 19);
  const text = new Date(firstDay + ms).toISOString().slice(0, 19).replace("T", " ");
  return ms % DAY_MS === 0 ? text.slice(0, 10) : text;
}
