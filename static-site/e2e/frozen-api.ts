// The API standing still, and what tests of tables and files need to hold the page against its answers.

import type { Locator, Page } from "@playwright/test";

import type { Asics, Block, Blocks, Status, Summary } from "../src/api";
import { expect } from "./fixtures";
import { downloaded } from "./page-helpers";

export type Asic = Asics["asics"][number];

/** The API as it was when each of its answers was first asked for. */
export class Still {
  private readonly origin: string;
  private readonly answers = new Map<string, Promise<string>>();

  constructor(origin: string) {
    this.origin = origin;
  }

  text(path: string): Promise<string> {
    const known = this.answers.get(path);
    if (known !== undefined) return known;
    const answer = fetch(`${this.origin}/api/v1${path}`).then((response) => {
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      return response.text();
    });
    this.answers.set(path, answer);
    return answer;
  }

  async get<Answer>(path: string): Promise<Answer> {
    return JSON.parse(await this.text(path)) as Answer;
  }

  summary(): Promise<Summary> {
    return this.get("/summary");
  }

  status(): Promise<Status> {
    return this.get("/status");
  }

  async asics(): Promise<readonly Asic[]> {
    return (await this.get<Asics>("/asics")).asics;
  }

  /** The machine of the catalogue that has this name. */
  async asic(name: string): Promise<Asic> {
    const found = (await this.asics()).find((asic) => asic.name === name);
    if (found === undefined) throw new Error(`the catalogue has no ${name}`);
    return found;
  }

  async blocks(query: string): Promise<readonly Block[]> {
    return (await this.get<Blocks>(`/blocks?${query}`)).blocks;
  }
}

/** From here on no block comes: the page and the test are given the same answers, as often as they ask. */
export async function standStill(page: Page): Promise<Still> {
  const still = new Still(process.env.PAGE ?? "");
  await page.route("**/api/v1/**", async (route) => {
    const { pathname, search } = new URL(route.request().url());
    await route.fulfill({
      contentType: "application/json",
      body: await still.text(pathname.replace("/api/v1", "") + search),
    });
  });
  return still;
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
export function written(value: number, decimals: number, signDisplay: "auto" | "exceptZero" = "auto"): string {
  return new Intl.NumberFormat("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay,
  }).format(value);
}

/** A time as it is written there, to the minute. */
export function writtenTime(time: string | number, timeZone = "UTC", locale = "en-US"): string {
  const format = new Intl.DateTimeFormat(locale, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
  });
  return spaced(format.format(new Date(time)));
}

/** The text with plain spaces only. */
export function spaced(text: string): string {
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
  return found.map((fields) => Object.fromEntries(fields.map(([name, text]) => [name, spaced(text)])));
}

/** The texts of the cells of rows. */
export async function cellsOf(rows: Locator): Promise<string[][]> {
  const found = await rows.evaluateAll((all) =>
    all.map((row) => [...row.children].map((cell) => cell.textContent ?? "")),
  );
  return found.map((cells) => cells.map(spaced));
}

/** The file that a press of the button gives. */
export async function fileFrom(page: Page, button: Locator): Promise<{ name: string; text: string }> {
  const { name, content } = await downloaded(page, button);
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
