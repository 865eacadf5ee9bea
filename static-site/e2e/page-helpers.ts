// What the API says, for tests to hold the page against; what the page says, as numbers; and how readers write these.

import { readFileSync } from "node:fs";

import type { APIRequestContext, Locator, Page } from "@playwright/test";

import { expect } from "./fixtures";

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

/** Of `/revenue`: a value for each point. */
export type RevenueJson = {
  readonly time: readonly string[];
  readonly height: readonly number[];
  readonly priced_blocks: readonly number[];
  readonly blocks: readonly number[];
  readonly asics: readonly {
    readonly asic_id: string;
    readonly name: string;
    readonly columns: Readonly<Record<"usd_per_mwh" | "sat_per_mwh" | "profit_usd_per_mwh", readonly number[]>>;
  }[];
};

/** Of `/series`: a value for each point. */
export type SeriesColumnsJson = {
  readonly time: readonly string[];
  readonly columns: Readonly<Record<string, readonly number[]>>;
};

/** What the API answers to a path such as `/summary`; that of another page than the tests' own where `origin` says so. */
export async function getJson<Json>(request: APIRequestContext, path: string, origin = ""): Promise<Json> {
  const response = await request.get(`${origin}/api/v1${path}`);
  expect(response.ok(), `${path}: ${response.status()}`).toBe(true);
  return (await response.json()) as Json;
}

const fixed = (decimals: number, options: Intl.NumberFormatOptions = {}) =>
  new Intl.NumberFormat("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals, ...options })
    .format;

/** Numbers as they are written in the tests' locale. */
export const cents = fixed(2);
export const signedCents = fixed(2, { signDisplay: "exceptZero" });
export const whole = fixed(0);
export const signedWhole = fixed(0, { signDisplay: "exceptZero" });
export const percent = fixed(1, { style: "percent" });
export const wholePercent = fixed(0, { style: "percent" });

/** The chart: its figure, and the area between its axes. */
export const chartOf = (page: Page): Locator => page.getByRole("figure");
export const plotOf = (page: Page): Locator => page.locator("#chart .u-over");

/** Fields by what stands beside them. */
export const timeField = (page: Page, name: string): Locator => page.getByRole("textbox", { name, exact: true });
export const numberField = (page: Page, name: string): Locator => page.getByRole("spinbutton", { name });
export const chooser = (page: Page, name: string): Locator => page.getByRole("combobox", { name, exact: true });

/** Chooses one of what is offered. */
export async function choose(page: Page, name: string, value: string): Promise<void> {
  await chooser(page, name).selectOption(value);
}

/** Waits until the chart shows what was asked for last; its newest value may be a dash where that is said. */
export async function waitForChart(page: Page, newest = /\d/): Promise<void> {
  await expect(page.locator("#legend tbody td").first()).toHaveText(newest);
  await expect(chartOf(page)).toHaveAttribute("aria-busy", "false");
}

/** What stands below the chart: which point, and a row of values for each machine. */
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

/** The legend as it is now. */
export async function legendOf(page: Page): Promise<Legend> {
  const [head = [], ...body] = await page
    .getByRole("table", { name: "Values at the chart's cursor" })
    .locator("tr")
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
  const [, time, height] = /^(.*), block ([\d,]+)$/.exec(head[0] ?? "") ?? [];
  return {
    time: Date.parse(time ?? ""),
    height: Number((height ?? "").replaceAll(",", "")),
    unit: head[1] ?? "",
    rows: body.map(([name = "", value = "", profitable = "", margin = ""]) => ({ name, value, profitable, margin })),
  };
}

/** What the URL in the address bar asks for. */
export async function queryOf(page: Page): Promise<URLSearchParams> {
  return new URLSearchParams(await page.evaluate(() => location.search)); // page.url() is a little late.
}

/** The span that the URL asks for. */
export async function timeRangeOf(page: Page): Promise<{ from: number; to: number }> {
  const query = await queryOf(page);
  return { from: Date.parse(query.get("from") ?? ""), to: Date.parse(query.get("to") ?? "") };
}

/** How often a machine's mining paid over all blocks, and what was left of a MWh, from what the API says is left at each point. */
export function profitability(
  { priced_blocks }: Pick<RevenueJson, "priced_blocks">,
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

/** The paths and queries of what the page asks the API for, from here on. */
export function requestsOf(page: Page): string[] {
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname.startsWith("/api/")) asked.push(pathname.replace("/api/v1", "") + search);
  });
  return asked;
}

/** The file that pressing a button gives. */
export async function download(page: Page, button: Locator): Promise<{ name: string; content: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
}

/** The cells of a CSV file without quotes: its header, and its rows. */
export function csvOf(content: Buffer): { header: string[]; rows: string[][] } {
  const [header = [], ...rows] = content
    .toString("utf8")
    .trimEnd()
    .split("\r\n")
    .map((line) => line.split(","));
  return { header, rows };
}

/** How far numbers are from others, in parts of these. */
export function maxRelativeDifference(numbers: readonly number[], others: readonly number[]): number {
  expect(numbers.length).toBe(others.length);
  return Math.max(...numbers.map((number, at) => Math.abs(number - (others[at] ?? NaN)) / Math.abs(others[at] ?? NaN)));
}

/** Moves the mouse over the chart, at a part of its width. */
export async function pointAt(page: Page, part: number): Promise<{ x: number; width: number }> {
  const plot = plotOf(page);
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  if (box === null) throw new Error("there is no chart");
  const x = Math.round(box.width * part);
  await page.mouse.move(box.x + x, box.y + box.height / 2);
  return { x, width: box.width };
}

/** Drags over the chart, from a part of its width to another. */
export async function dragOver(page: Page, from: number, to: number): Promise<void> {
  await pointAt(page, from);
  await page.mouse.down();
  await pointAt(page, (from + to) / 2);
  await pointAt(page, to);
  await page.mouse.up();
}
