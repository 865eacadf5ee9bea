// Helpers for the tests of power prices. The files in these tests are written for them, in the
// layouts that the markets' files link.

import { type PowerFile, PowerPricesError } from "./power-file";
import { readText } from "./read-power-prices";
import type { Choices, Reading } from "./reading";

/** What a user answers who has prices in USD/MWh at UTC. */
const ANSWERS: Choices = { zone: "UTC", currency: "USD", unit: "MWh" };

/** Reads a text and answers what it asks for; throws if it is refused, or asks for more. */
export function readAnswered(text: string): PowerFile {
  const asked = readText(text).asks.map(({ key }) => key);
  const answers = Object.fromEntries(Object.entries(ANSWERS).filter(([key]) => asked.some((one) => one === key)));
  const { status, message, layout, currency, series, preferred, notes } = readText(text, "", answers);
  if (status !== "read" || currency === null) throw new PowerPricesError(message);
  return { layout, currency, series, preferred, notes };
}

export const readRows = (rows: readonly string[], choices: Choices = {}): Reading =>
  readText(rows.join("\n"), "", choices);

/** Reads rows below a header whose first column is the time, one for each hour from midnight. */
export const readHours = (header: string, rows: readonly string[], choices: Choices = {}): Reading =>
  readRows([header, ...rows.map((cells, hour) => `2025-09-10 0${hour}:00,${cells}`)], choices);

type IntervalLine = readonly [start: string, end: string, price: number];

/** The series with this name, or the preferred one, as lines that are easy to read. */
export function lines(file: Pick<PowerFile, "series" | "preferred">, name?: string): IntervalLine[] {
  const series = name === undefined ? file.series[file.preferred] : file.series.find((one) => one.name === name);
  const iso = (time: number): string => new Date(time).toISOString().slice(0, 16);
  return (series?.intervals ?? []).map(({ start, end, price }): IntervalLine => [iso(start), iso(end), price]);
}

export const names = (file: PowerFile): string[] => file.series.map(({ name }) => name);
export const prices = (file: PowerFile, name?: string): number[] => lines(file, name).map(([, , price]) => price);
