// The page updates itself when blocks arrive, and does not move what the user looks at.

import type { APIRequestContext, Page } from "@playwright/test";
import type { SummaryJson } from "../src/model/api-types";
import { expect, test } from "./fixtures";
import {
  cents,
  chartOf,
  download,
  getJson,
  type KnownRevenue,
  legendOf,
  numberField,
  pointAt,
  queryOf,
  timeRangeOf,
  waitForChart,
  whole,
} from "./page-helpers";

// Blocks arrive as in 2025, sixty times as fast: about every ten seconds, sometimes not for a
// minute.
const NEXT_BLOCK = { timeout: 150_000 };
const LEAD = "antminer-s21-pro-234";
const J_PER_TH = 15;

test.describe.configure({ timeout: 240_000 });

const heightTile = (page: Page) => page.locator("#network [data-field=height]");

/** Waits until the page shows a newer block than at the time of the call. */
async function nextBlock(page: Page): Promise<void> {
  const before = (await heightTile(page).textContent()) ?? "";
  await expect(heightTile(page)).not.toHaveText(before, NEXT_BLOCK);
  await waitForChart(page);
}

/** The API's summary, at a moment when the page shows the same block. */
async function newestShown(page: Page, request: APIRequestContext, origin = ""): Promise<SummaryJson> {
  let summary: SummaryJson | null = null;
  await expect(async () => {
    summary = await getJson<SummaryJson>(request, "/summary", origin);
    await expect(heightTile(page)).toHaveText(whole(summary.block.height), { timeout: 1 });
  }).toPass({ timeout: 60_000 });
  return summary as unknown as SummaryJson;
}

test("a new block appears in tiles and chart without a reload", async ({ page, request }) => {
  await page.goto(`/?range=1d&asics=${LEAD}&unit=sat`);
  await waitForChart(page);
  await page.evaluate(() => document.body.setAttribute("data-loaded", "once"));

  await nextBlock(page);

  const { block, sat_per_ph_day, sat_per_ph_day_144 } = await newestShown(page, request);
  const earned = (hashprice: number | null) => whole(((hashprice ?? NaN) * 1_000) / (24 * J_PER_TH));
  await expect(page.locator("#machine-tiles [data-field=sat]")).toHaveText(earned(sat_per_ph_day_144));
  await expect.poll(async () => (await legendOf(page)).height).toBe(block.height);
  expect((await legendOf(page)).rows.map(({ value }) => value)).toEqual([earned(sat_per_ph_day)]);
  await expect(page.locator("body")).toHaveAttribute("data-loaded", "once");
});

test("when a block arrives, scroll position, zoom, focus and typed text stay as they are", async ({ page }) => {
  await page.goto("/?from=2025-10-01T00:00:00Z&to=2025-10-03T00:30:00Z");
  await waitForChart(page);
  await page.getByText("Show data table").click();
  await page.locator("#chart-data").getByRole("button", { name: "Older" }).click();
  const search = page.getByRole("searchbox", { name: "Search" });
  await numberField(page, "Electricity price").fill("61.5");
  await page.locator("#machines").scrollIntoViewIfNeeded();
  await expect(search).toBeEnabled();
  await search.pressSequentially("s21 x");
  await search.press("ArrowLeft");
  await expect.poll(async () => (await queryOf(page)).get("find")).toBe("s21 x");
  await page.evaluate(() => scrollTo(0, 700));
  const seen = () =>
    page.evaluate(() => ({
      scroll: scrollY,
      query: location.search,
      focus: document.activeElement?.id,
      caret: (document.activeElement as HTMLInputElement).selectionStart,
      typed: [...document.querySelectorAll("input")].map(({ value }) => value),
      chart: document.querySelector("#chart")?.getBoundingClientRect().top,
      table: document.querySelector("#chart-data")?.textContent,
      legend: document.querySelector("#legend")?.textContent,
    }));
  const before = await seen();
  expect(before).toMatchObject({ scroll: 700, focus: "machines-find", caret: 4 });

  await nextBlock(page);

  expect(await seen()).toEqual(before);
});

test("the page does not change a number while the user types it", async ({ page }) => {
  await page.goto("/");
  await waitForChart(page);
  const power = numberField(page, "Electricity price");
  await power.fill("");
  await power.pressSequentially("7.");

  await nextBlock(page);
  await power.pressSequentially("25");

  await expect(power).toHaveValue("7.25");
  await expect(page.locator("#in-words")).toContainText("at 7.25 USD/MWh");
});

test("the page does not change times while the user types them", async ({ page }) => {
  await page.goto("/?range=1d");
  await waitForChart(page);
  const from = page.getByRole("textbox", { name: "From", exact: true });
  await from.fill("2025-10-01T00:00");

  await nextBlock(page);

  await expect(from).toHaveValue("2025-10-01T00:00");
  await expect(from).toBeFocused();
});

test("the cursor stays on the block that it was moved to by keyboard", async ({ page, request }) => {
  await page.goto(`/?range=1d&asics=${LEAD}`);
  await waitForChart(page);
  await chartOf(page).focus();
  for (const key of ["End", "Shift+ArrowLeft", "Shift+ArrowLeft"]) await page.keyboard.press(key);
  const { height, rows } = await legendOf(page);
  const announced = await chartOf(page).getAttribute("aria-valuetext");

  await nextBlock(page);
  await expect.poll(async () => (await legendOf(page)).height).toBe(height);

  expect((await legendOf(page)).rows[0]?.value).toBe(rows[0]?.value);
  expect(await chartOf(page).getAttribute("aria-valuetext")).toBe(announced);
  await page.keyboard.press("ArrowLeft");
  expect((await legendOf(page)).height).toBe(height - 1);
  const revenue = await getJson<KnownRevenue>(
    request,
    `/revenue?interval=block&asics=${LEAD}&from=2025-11-20T00:00:00Z`,
  );
  const at = revenue.height.indexOf(height - 1);
  expect((await legendOf(page)).rows[0]?.value).toBe(cents(revenue.asics[0]?.columns.usd_per_mwh[at] ?? NaN));
});

test("a zoomed range stays the same while blocks arrive", async ({ page }) => {
  await page.goto("/?range=1d");
  await waitForChart(page);
  await pointAt(page, 0.5);
  await chartOf(page).focus();
  await page.keyboard.press("+");
  await waitForChart(page);
  const span = await timeRangeOf(page);
  await page.getByRole("heading", { name: "Revenue history" }).hover();
  const csv = () => download(page, page.locator("#chart-section").getByRole("button", { name: "Download CSV" }));
  const before = (await csv()).content.toString();

  await nextBlock(page);

  expect(await timeRangeOf(page)).toEqual(span);
  expect((await csv()).content.toString().split("\r\n").slice(0, 20)).toEqual(before.split("\r\n").slice(0, 20));
  await expect(page.getByRole("button", { name: "Undo zoom" })).toBeEnabled();
});

test.describe("a server that stops", () => {
  test.use({ expectedErrors: /Failed to load resource/ });

  test("is reported, the data shown remain, and updates resume when it is back", async ({ page, own, request }) => {
    await own.start();
    await expect
      .poll(async () => (await request.get(`${own.page}/api/v1/summary`)).status(), { timeout: 60_000 })
      .toBe(200);
    await page.goto(own.page);
    await waitForChart(page);
    const statusLine = page.locator("#status-line");
    await expect(statusLine).toHaveAttribute("data-status", "recorded", { timeout: 60_000 });
    const figures = () =>
      page
        .locator("#machine-tiles, #network [data-field=height], #network [data-field=price], #legend tbody")
        .allTextContents();

    await own.stop();
    const before = await figures();
    await expect(statusLine).toHaveAttribute("data-status", "offline", { timeout: 30_000 });

    await expect(statusLine).toContainText("Can't reach the server. Retrying every 10 s.");
    await expect(statusLine).toContainText(/What is shown was loaded \d+ s ago/);
    expect(await figures()).toEqual(before);
    // This range cannot be loaded now; the old data remain.
    await page.getByRole("button", { name: "7D" }).click();
    await expect(chartOf(page)).toHaveAttribute("aria-busy", "false");
    await expect(statusLine).toContainText("Can't reach the server");
    await expect(page.locator("#legend tbody td").first()).toHaveText(/\d/);

    await own.start();

    await expect(statusLine).toHaveAttribute("data-status", "recorded", { timeout: 60_000 });
    await waitForChart(page);
    await expect(page.getByRole("button", { name: "7D" })).toHaveAttribute("aria-pressed", "true");
    const { block } = await newestShown(page, request, own.page);
    await expect.poll(async () => (await legendOf(page)).height, NEXT_BLOCK).toBeGreaterThanOrEqual(block.height);
  });
});
