// What tests of tables and files need: expected earnings, formatted values, and the texts of cells and
// CSV files.

import type { Locator, Page } from "@playwright/test";

import { expect } from "./fixtures";
import type { Asic } from "./frozen-api";
import { download } from "./page-helpers";

/**
 * What a machine earns in a day, what it earns with one MWh, and what 1 MW of them earns in a day:
 * computed from its hash rate and power.
 */
export function earnings(
  machine: Pick<Asic, "hashrate_ths" | "power_w">,
  hashprice: number | null,
): { day: number; mwh: number; mw: number } {
  const day = (machine.hashrate_ths / 1_000) * (hashprice ?? NaN);
  return { day, mwh: day / mwhInDay(machine), mw: (day / machine.power_w) * 1e6 };
}

/** MWh that a machine consumes per day. */
export function mwhInDay({ power_w }: Pick<Asic, "power_w">): number {
  return (power_w * 24) / 1e6;
}

/** A number in the format of the United States, with U+2212 as the minus. */
export function formatNumber(value: number, decimals: number, signDisplay: "auto" | "exceptZero" = "auto"): string {
  return new Intl.NumberFormat("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay,
  })
    .format(value)
    .replace("-", "\u2212");
}

/** A time in the format of a locale, to the minute. */
export function formatTime(time: string | number, timeZone = "UTC", locale = "en-US"): string {
  const format = new Intl.DateTimeFormat(locale, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
    ...(timeZone === "UTC" && { hourCycle: "h23" }),
  });
  return normalizeSpaces(format.format(new Date(time)));
}

/** Replaces all white space by single plain spaces. */
export function normalizeSpaces(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** For each element, the texts of its `data-field` parts by name. */
export async function fieldsOf(elements: Locator): Promise<Record<string, string>[]> {
  const found = await elements.evaluateAll((all) =>
    all.map((element) =>
      [...element.querySelectorAll<HTMLElement>("[data-field]")].map(
        (field) => [field.dataset.field ?? "", field.textContent ?? ""] as const,
      ),
    ),
  );
  return found.map((fields) => Object.fromEntries(fields.map(([name, text]) => [name, normalizeSpaces(text)])));
}

/** The texts of the rows' cells. */
export async function cellsOf(rows: Locator): Promise<string[][]> {
  const found = await rows.evaluateAll((all) =>
    all.map((row) => [...row.children].map((cell) => cell.textContent ?? "")),
  );
  return found.map((cells) => cells.map(normalizeSpaces));
}

/** Clicks the button and returns the downloaded text file. */
export async function downloadText(page: Page, button: Locator): Promise<{ name: string; text: string }> {
  const { name, content } = await download(page, button);
  return { name, text: content.toString("utf8") };
}

/** The rows of a CSV file (RFC 4180), by the names in its header. */
export function csvRows(text: string): Record<string, string>[] {
  expect(text.endsWith("\r\n")).toBe(true);
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end === "\r\n") rows.push([]);
  }
  const [header = [], ...body] = rows.slice(0, -1);
  return body.map((cells) => {
    expect(cells).toHaveLength(header.length);
    return Object.fromEntries(header.map((name, at) => [name, cells[at] ?? ""]));
  });
}

/** Expects the text to be that number, up to rounding errors. */
export function expectNumber(text: string | undefined, expected: number): void {
  expect(text, `is ${expected}`).toMatch(/^-?\d/);
  expect(Math.abs(Number(text) - expected), `${text} is ${expected}`).toBeLessThanOrEqual(
    1e-9 * Math.max(1, Math.abs(expected)),
  );
}
