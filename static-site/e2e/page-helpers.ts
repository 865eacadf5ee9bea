// What tests compare: the API's responses, and what the page shows, read from it as numbers and
// text.

import { readFileSync } from "node:fs";

import type { APIRequestContext, Locator, Page } from "@playwright/test";

import type {
  MachineJson,
  RevenueColumnsJson,
  RevenueJson,
  SeriesColumnsJson,
  SeriesJson,
} from "../src/model/api-types";
import { expect } from "./fixtures";

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

/** Columns without unknown values. */
type Known<Columns> = { readonly [Name in keyof Columns]: readonly number[] };

/** `/revenue`, for times whose prices are known. */
export type KnownRevenue = Pick<RevenueJson, "time" | "height" | "blocks" | "priced_blocks"> & {
  readonly asics: readonly (Pick<MachineJson, "asic_id" | "name"> & {
    readonly columns: Known<Required<RevenueColumnsJson>>;
  })[];
};

/** `/series`, likewise, with the columns that were requested. */
export type KnownSeries = Pick<SeriesJson, "time"> & { readonly columns: Known<SeriesColumnsJson> };

/** The API's response to a path such as `/summary`, from the shared server or from `origin`. */
export async function getJson<Json>(request: APIRequestContext, path: string, origin = ""): Promise<Json> {
  const response = await request.get(`${origin}/api/v1${path}`);
  expect(response.ok(), `${path}: ${response.status()}`).toBe(true);
  return (await response.json()) as Json;
}

const fixed = (decimals: number, options: Intl.NumberFormatOptions = {}) => {
  const format = new Intl.NumberFormat("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    ...options,
  });
  return (value: number) => format.format(value).replace("-", "\u2212");
};

/** Numbers in the format of the tests' locale, with U+2212 as the minus. */
export const cents = fixed(2);
export const signedCents = fixed(2, { signDisplay: "exceptZero" });
export const whole = fixed(0);
export const signedWhole = fixed(0, { signDisplay: "exceptZero" });
export const percent = fixed(1, { style: "percent" });
export const signedPercent = fixed(1, { style: "percent", signDisplay: "exceptZero" });
export const wholePercent = fixed(0, { style: "percent" });

/** The chart, a slider for screen readers, and the area between its axes. */
export const chartOf = (page: Page): Locator => page.getByRole("slider");
export const plotOf = (page: Page): Locator => page.locator("#chart .u-over");

/** Form controls by their labels. */
export const timeField = (page: Page, name: string): Locator => page.getByRole("textbox", { name, exact: true });
export const numberField = (page: Page, name: string): Locator => page.getByRole("spinbutton", { name });
export const chooser = (page: Page, name: string): Locator => page.getByRole("combobox", { name, exact: true });

export async function choose(page: Page, name: string, value: string): Promise<void> {
  await chooser(page, name).selectOption(value);
}

/**
 * Waits until the chart shows what was requested last. `newest` matches its newest value, which may
 * be a dash.
 */
export async function waitForChart(page: Page, newest = /\d/): Promise<void> {
  await expect(page.locator("#legend tbody td").first()).toHaveText(newest);
  await expect(chartOf(page)).toHaveAttribute("aria-busy", "false");
  await expect(chartOf(page)).toHaveAttribute("aria-valuetext", /\d/);
}

/** The legend below the chart: its point, and a row of values for each machine. */
export type Legend = {
  readonly time: number;
  readonly height: number;
  readonly unit: string;
  readonly rows: readonly {
    readonly name: string;
    readonly value: string;
    readonly profitable: string;
    readonly margin: string;
  }[];
};

export async function legendOf(page: Page): Promise<Legend> {
  const [head = [], ...body] = await page
    .getByRole("table", { name: "Values at the chart's cursor" })
    .locator("thead tr, tbody tr")
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
  const [, interval, time, height] =
    /^(hour of |day of )?(.*?)(?: \(so far\))?, block ([\d,]+)$/.exec(head[0] ?? "") ?? [];
  return {
    time: Date.parse(interval === "day of " ? `${time} UTC` : (time ?? "")),
    height: Number((height ?? "").replaceAll(",", "")),
    unit: head[1] ?? "",
    rows: body.map(([name = "", value = "", profitable = "", margin = ""]) => ({ name, value, profitable, margin })),
  };
}

/** What the legend says of a machine's margin; the API's machine S23 Hyd was not sold yet when the recording ends. */
export function marginOf(
  revenue: Pick<KnownRevenue, "priced_blocks">,
  { name }: Pick<KnownRevenue["asics"][number], "name">,
  profit: readonly number[],
  signed: (margin: number) => string,
): { readonly profitable: string; readonly margin: string } {
  if (name.includes("S23 Hyd")) return { profitable: "–", margin: "not sold before Jan 2026" };
  const { share, margin } = profitability(revenue, profit);
  return { profitable: wholePercent(share), margin: signed(margin) };
}

/** The query of the page's URL. */
export async function queryOf(page: Page): Promise<URLSearchParams> {
  // `page.url()` lags behind.
  return new URLSearchParams(await page.evaluate(() => location.search));
}

/** The time range in the page's URL. */
export async function timeRangeOf(page: Page): Promise<{ from: number; to: number }> {
  const query = await queryOf(page);
  return { from: Date.parse(query.get("from") ?? ""), to: Date.parse(query.get("to") ?? "") };
}

/**
 * Share of blocks at which a machine was profitable, and its mean margin, from the API's profit at
 * each point.
 */
export function profitability(
  { priced_blocks }: Pick<KnownRevenue, "priced_blocks">,
  profit: readonly number[],
): { share: number; margin: number } {
  const sum = (weighted: (profit: number, blocks: number) => number) =>
    profit.reduce((total, value, at) => total + weighted(value, priced_blocks[at] ?? 0), 0);
  const all = sum((_, blocks) => blocks);
  return {
    share: sum((value, blocks) => (0 < value ? blocks : 0)) / all,
    margin: sum((value, blocks) => value * blocks) / all,
  };
}

/** Collects the paths and queries of the page's API requests, from here on. */
export function requestsOf(page: Page): string[] {
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname.startsWith("/api/")) asked.push(pathname.replace("/api/v1", "") + search);
  });
  return asked;
}

/** Clicks the button and returns the downloaded file. */
export async function download(page: Page, button: Locator): Promise<{ name: string; content: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
}

/** The header and the rows of a CSV file without quotes. */
export function csvOf(content: Buffer): { header: string[]; rows: string[][] } {
  const [header = [], ...rows] = content
    .toString("utf8")
    .trimEnd()
    .split("\r\n")
    .map((line) => line.split(","));
  return { header, rows };
}

/** The largest relative difference between two lists of numbers. */
export function maxRelativeDifference(numbers: readonly number[], others: readonly number[]): number {
  expect(numbers.length).toBe(others.length);
  return Math.max(...numbers.map((number, at) => Math.abs(number - (others[at] ?? NaN)) / Math.abs(others[at] ?? NaN)));
}

/** Moves the mouse over the chart, to a part of its width. */
export async function pointAt(page: Page, part: number): Promise<{ x: number; width: number }> {
  const plot = plotOf(page);
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  if (box === null) throw new Error("there is no chart");
  const x = Math.round(box.width * part);
  await page.mouse.move(box.x + x, box.y + box.height / 2);
  return { x, width: box.width };
}

/** Drags over the chart, from one part of its width to another. */
export async function dragOver(page: Page, from: number, to: number): Promise<void> {
  await pointAt(page, from);
  await page.mouse.down();
  await pointAt(page, (from + to) / 2);
  await pointAt(page, to);
  await page.mouse.up();
}
