// Pictures of the page: what no other test would see, such as a header above the wrong column, or a
// label over another.
//
// Data, time, time zone and fonts are fixed. `make pictures` renews the pictures.

import type { Locator, Page } from "@playwright/test";

import { ALL_HISTORY, serveAllHistory, withoutDays } from "./all-history";
import { expect, test } from "./fixtures";
import { freezeAtTip, STATUS } from "./frozen-tip";
import { waitForChart } from "./page-helpers";

const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const NARROWEST = { width: 320, height: 800 };
const PROBLEM = "application/problem+json";

const EIGHT =
  "antminer-s9-13-5,antminer-s19-95,antminer-s21-200,antminer-s21-pro-234,antminer-s23-318,antminer-t21-190,whatsminer-m60-172,whatsminer-m70-214";
const FLEET = "antminer-s21-pro-234*120,antminer-s19j-pro-100*10,custom:200:3500*40&name=custom:200:3500+Hall+A";

/** Opens a view, and waits for everything in its first screen. */
async function open(page: Page, path = "/"): Promise<void> {
  await page.goto(path);
  await waitForChart(page);
  await expect(page.locator("#chart-next")).not.toBeEmpty();
}

const now = (page: Page) => page.locator("#now");
const chart = (page: Page) => page.locator("#chart-section");
const sell = (page: Page) => page.locator("#sell");

/** Scrolls the page to a section, and waits for its table. */
async function tableOf(page: Page, section: "machines" | "blocks"): Promise<Locator> {
  const table = page.locator(`#${section} .listing-scroll`);
  await page.locator(`#${section}`).scrollIntoViewIfNeeded();
  await expect(table.locator("tbody tr").nth(9)).toBeVisible(); // Phones show ten miners at first.
  await expect(table).not.toHaveAttribute("aria-busy", "true");
  return table;
}

async function scroll(element: Locator, left: number, top: number): Promise<void> {
  await element.evaluate((element, [left, top]) => element.scrollTo(left, top), [left, top] as const);
}

/** Chooses a file of hourly prices of ten days: cheap at night, with a spike at noon of the third day. */
async function choosePrices(page: Page, header: string): Promise<void> {
  const lines = Array.from({ length: 240 }, (_, hour) => {
    const time = new Date(Date.UTC(2025, 8, 26, hour)).toISOString().slice(0, 16).replace("T", " ");
    const price = hour === 60 ? 900 : 55 - 45 * Math.cos((hour * Math.PI) / 12) + (hour % 7);
    return `${time},${price.toFixed(2)}`;
  });
  await page.locator("#sell-file").setInputFiles({
    name: "farm.csv",
    mimeType: "text/csv",
    buffer: Buffer.from([header, ...lines].join("\n")),
  });
}

/**
 * Hides what is around a part of the page: by its height, which is seldom a whole number, that moves some lines of
 * text by a pixel.
 */
async function alone(part: Locator): Promise<Locator> {
  await part.evaluate((part) => {
    for (let at = part; at.parentElement !== null && at !== document.body; at = at.parentElement)
      for (const other of at.parentElement.children)
        if (other !== at && other instanceof HTMLElement) other.style.display = "none";
  });
  return part;
}

for (const colorScheme of ["light", "dark"] as const)
  test(`first view, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await freezeAtTip(page);
    await open(page);
    await page.getByRole("button", { name: "30D" }).hover();
    await expect(page).toHaveScreenshot(`first-view-${colorScheme}.png`);
  });

for (const viewport of [PHONE, NARROWEST])
  test(`first view at ${viewport.width} px`, async ({ page }) => {
    await page.setViewportSize(viewport);
    await freezeAtTip(page);
    await open(page);
    await expect(page).toHaveScreenshot(`first-view-${viewport.width}.png`);
  });

test("forced colours", async ({ page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await freezeAtTip(page);
  await open(page, "/?second=price");
  await expect(page).toHaveScreenshot("forced-colours.png");
});

for (const viewport of [WIDE, PHONE])
  test(`all history of eight miners at ${viewport.width} px`, async ({ page }) => {
    await page.setViewportSize(viewport);
    await freezeAtTip(page);
    await serveAllHistory(page, ALL_HISTORY);
    await open(page, `/?range=all&second=price&asics=${EIGHT}`);
    await expect(await alone(chart(page))).toHaveScreenshot(`all-history-${viewport.width}.png`);
  });

test("a gap in the data", async ({ page }) => {
  await freezeAtTip(page);
  await serveAllHistory(page, withoutDays(4_000, 4_600));
  await open(page, "/?range=all&asics=custom:14:1400");
  await expect(await alone(page.locator("#chart-frame"))).toHaveScreenshot("gap.png");
});

test("difficulty and its next adjustment", async ({ page }) => {
  await freezeAtTip(page);
  await open(page, "/?chart=difficulty&range=90d");
  await expect(await alone(page.locator("#chart-frame"))).toHaveScreenshot("difficulty.png");
});

test("a fleet", async ({ page }) => {
  await freezeAtTip(page);
  await open(page, `/?asics=${FLEET}&fee=2&overhead=0.05&adder=3&power=40`);
  await page.getByText("Site, fleet, what if").click();
  await expect(await alone(now(page))).toHaveScreenshot("fleet.png");
});

test("stale data", async ({ page }) => {
  const age_seconds = 195 * 86_400;
  await freezeAtTip(page, { stale: true, why: "the node has 7 blocks more", tip: { ...STATUS.tip, age_seconds } });
  await open(page);
  await expect(await alone(now(page))).toHaveScreenshot("stale.png");
});

test.describe("without data", () => {
  test.use({ expectedErrors: /Failed to load resource/ });

  test("no blocks yet", async ({ page }) => {
    await freezeAtTip(page);
    const detail = "the lake is empty: no block has been written yet";
    await page.route(/\/api\/v1\/(series|summary|status|difficulty|strike)/, (route) =>
      route.fulfill({ status: 503, contentType: PROBLEM, json: { title: "Unavailable", status: 503, detail } }),
    );
    await page.goto("/");
    await expect(page.locator("#status-line")).toHaveAttribute("data-status", "down");
    await expect(page.locator("#chart-message")).toContainText(detail);
    await expect(page).toHaveScreenshot("empty.png");
  });

  test("no answer from the server", async ({ page }) => {
    await freezeAtTip(page);
    await page.route("**/api/v1/**", (route) => route.abort());
    await page.goto("/");
    await expect(page.locator("#status-line")).toHaveAttribute("data-status", "offline");
    await expect(page.locator("#chart-message")).toContainText("server");
    await expect(page).toHaveScreenshot("server-unreachable.png");
  });
});

test("the table of miners, scrolled down and to the right", async ({ page }) => {
  await page.setViewportSize({ width: 820, height: 700 });
  await freezeAtTip(page);
  await open(page);
  const table = await tableOf(page, "machines");
  await scroll(table, 260, 300);
  await expect(await alone(table)).toHaveScreenshot("miners-scrolled.png");
});

test("the table of blocks, scrolled down and to the right", async ({ page }) => {
  await page.setViewportSize({ width: 820, height: 700 });
  await freezeAtTip(page);
  await open(page);
  const table = await tableOf(page, "blocks");
  await scroll(table, 200, 300);
  await expect(await alone(table)).toHaveScreenshot("blocks-scrolled.png");
});

for (const section of ["machines", "blocks"] as const)
  test(`cards of ${section} on a phone`, async ({ page }) => {
    await page.setViewportSize(PHONE);
    await freezeAtTip(page);
    await open(page);
    await alone(await tableOf(page, section));
    await page.evaluate(() => scrollTo(0, 0));
    await expect(page).toHaveScreenshot(`${section}-cards.png`);
  });

test.describe("mine or sell", () => {
  test("asks what a file does not say", async ({ page }) => {
    await freezeAtTip(page);
    await open(page);
    await choosePrices(page, "Time,Price");
    await expect(page.locator("#sell-message")).toContainText("Needed to go on");
    await expect(await alone(sell(page))).toHaveScreenshot("sell-asks.png");
  });

  test("shows how it read a file", async ({ page }) => {
    await freezeAtTip(page);
    await open(page);
    await choosePrices(page, "time (UTC),USD/MWh");
    await expect(page.locator("#sell-result")).toBeVisible();
    const reading = page.locator("#sell-reading");
    if (!(await reading.getByRole("table").first().isVisible())) await reading.locator("summary").first().click();
    await expect(reading.getByRole("table").first()).toBeVisible();
    await expect(await alone(reading)).toHaveScreenshot("sell-reading.png");
  });

  for (const viewport of [WIDE, PHONE])
    test(`shows the result at ${viewport.width} px`, async ({ page }) => {
      await page.setViewportSize(viewport);
      await freezeAtTip(page);
      await open(page);
      await choosePrices(page, "time (UTC),USD/MWh");
      await expect(page.locator("#sell-chart canvas")).toBeVisible();
      await expect(page.locator("#sell-hours svg")).toBeVisible();
      await expect(await alone(page.locator("#sell-result"))).toHaveScreenshot(`sell-result-${viewport.width}.png`);
    });
});

test("the embedded chart", async ({ page }) => {
  await page.setViewportSize({ width: 600, height: 420 });
  await freezeAtTip(page);
  await open(page, "/?embed=chart");
  await expect(page).toHaveScreenshot("embedded-chart.png");
});

test("the Share dialog", async ({ page }) => {
  await freezeAtTip(page);
  await open(page);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Share this view" });
  await expect(dialog.getByRole("textbox", { name: "Code" })).toHaveValue(/iframe/);
  const { origin } = new URL(process.env.PAGE ?? "");
  for (const field of await dialog.getByRole("textbox").all())
    await field.evaluate((field: HTMLInputElement, origin) => {
      field.value = field.value.replace(origin, "https://hashlake.example");
      field.setSelectionRange(0, 0);
    }, origin);
  await expect(await alone(dialog)).toHaveScreenshot("share.png");
});
