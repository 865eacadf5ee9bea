// The API standing still, and what tests of tables and files need to hold the page against its answers.

import type { Locator, Page } from "@playwright/test";

import type { AsicsJson, BlockJson, BlocksJson, StatusJson, SummaryJson } from "../src/api";
import { expect } from "./fixtures";
import { download } from "./page-helpers";

export type Asic = AsicsJson["asics"][number];

/** The API as it was when each of its answers was first asked for. */
export class FrozenApi {
  private readonly origin: string;
  private readonly answers = new Map<string, Promise<string>>();

  constructor(origin: string) {
    this.origin = origin;
  }

  text(path: string): Promise<string> {
    const kept = this.answers.get(path);
    if (kept !== undefined) return kept;
    const reply = fetch(`${this.origin}/api/v1${path}`).then((response) => {
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      return response.text();
    });
    this.answers.set(path, reply);
    return reply;
  }

  async get<Json>(path: string): Promise<Json> {
    return JSON.parse(await this.text(path)) as Json;
  }

  summary(): Promise<SummaryJson> {
    return this.get("/summary");
  }

  status(): Promise<StatusJson> {
    return this.get("/status");
  }

  async asics(): Promise<readonly Asic[]> {
    return (await this.get<AsicsJson>("/asics")).asics;
  }

  /** The machine of the catalogue that has this name. */
  async asic(name: string): Promise<Asic> {
    const found = (await this.asics()).find((asic) => asic.name === name);
    if (found === undefined) throw new Error(`the catalogue has no ${name}`);
    return found;
  }

  async blocks(query: string): Promise<readonly BlockJson[]> {
    return (await this.get<BlocksJson>(`/blocks?${query}`)).blocks;
  }
}

/** From here on no block comes: the page and the test are given the same answers, as often as they ask. */
export async function freezeApi(page: Page): Promise<FrozenApi> {
  const api = new FrozenApi(process.env.PAGE ?? "");
  await page.route("**/api/v1/**", async (route) => {
    const { pathname, search } = new URL(route.request().url());
    await route.fulfill({
      contentType: "application/json",
      body: await api.text(pathname.replace("/api/v1", "") + search),
    });
  });
  return api;
}

/** What a machine earns by what it hashes and draws: itself in a day, with a MWh, and as many as draw 1 MW in a day. */
export function earnings(
  machine: Pick<Asic, "hashrate_ths" | "power_w">,
  hashprice: number | null,
): { day: number; mwh: number; mw: number } {
  const day = (machine.hashrate_ths / 1_000) * (hashprice ?? NaN);
  return { day, mwh: day / mwhInDay(machine), mw: (day / machine.power_w) * 1e6 };
}

/** MWh that a machine draws in a day. */
export function mwhInDay({ power_w }: Pick<Asic, "power_w">): number {
  return (power_w * 24) / 1e6;
}

/** A number as it is written in the United States. */
export function formatNumber(value: number, decimals: number, signDisplay: "auto" | "exceptZero" = "auto"): string {
  return new Intl.NumberFormat("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay,
  }).format(value);
}

/** A time as it is written there, to the minute. */
export function formatTime(time: string | number, timeZone = "UTC", locale = "en-US"): string {
  const format = new Intl.DateTimeFormat(locale, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
  });
  return normalizeSpaces(format.format(new Date(time)));
}

/** The text with plain spaces only. */
export function normalizeSpaces(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** The texts of what has a `data-field`, by its name, for each of the elements. */
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

/** The texts of the cells of rows. */
export async function cellsOf(rows: Locator): Promise<string[][]> {
  const found = await rows.evaluateAll((all) =>
    all.map((row) => [...row.children].map((cell) => cell.textContent ?? "")),
  );
  return found.map((cells) => cells.map(normalizeSpaces));
}

/** The file that a press of the button gives. */
export async function downloadText(page: Page, button: Locator): Promise<{ name: string; text: string }> {
  const { name, content } = await download(page, button);
  return { name, text: content.toString("utf8") };
}

/** The rows of a CSV file by the names in its header, read as RFC 4180 has it. */
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

/** The text is that number, but for the last of the digits that a computer keeps. */
export function expectNumber(text: string | undefined, expected: number): void {
  expect(text, `is ${expected}`).toMatch(/^-?\d/);
  expect(Math.abs(Number(text) - expected), `${text} is ${expected}`).toBeLessThanOrEqual(
    1e-9 * Math.max(1, Math.abs(expected)),
  );
}
