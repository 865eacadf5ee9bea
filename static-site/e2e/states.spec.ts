// What the page shows while data are loading, missing, partial or stale.

import type { Page, Route } from "@playwright/test";
import type { StatusJson, SummaryJson } from "../src/model/api-types";
import { expect, test, unpricedNode } from "./fixtures";
import {
  cents,
  choose,
  csvOf,
  download,
  getJson,
  type KnownRevenue,
  type KnownSeries,
  legendOf,
  plotOf,
  waitForChart,
  whole,
} from "./page-helpers";

const LEAD = "antminer-s21-pro-234";
const DASH = "–";

const statusLine = (page: Page) => page.locator("#status-line");
const tops = (page: Page) =>
  page.evaluate(() =>
    ["#machine-tiles", "#network", "#legend", "#chart", "#chart-help"].map(
      (id) => document.querySelector(id)?.getBoundingClientRect().top,
    ),
  );

/** Responds to `/status` as the API does, with some fields changed. */
async function withStatus(page: Page, change: Record<string, unknown>): Promise<void> {
  await page.route("**/api/v1/status", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), ...change } });
  });
}

test("loading: the layout keeps space for what is filled in later", async ({ page }) => {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/api/v1/**", async (route: Route) => {
    await released;
    await route.continue();
  });

  await page.goto("/");

  await expect(statusLine(page)).toHaveText("Loading ");
  await expect(statusLine(page)).toHaveAttribute("data-status", "loading");
  await expect(page.locator("#chart-message")).toHaveText("Loading");
  await expect(page.locator("#machine-tiles > li")).toHaveCount(3);
  await expect(page.locator("#machine-tiles")).toBeVisible();
  const places = await tops(page);

  release();
  await waitForChart(page);

  await expect(statusLine(page)).toHaveAttribute("data-status", "recorded");
  await expect(page.locator("#chart-message")).toHaveText("");
  expect(await tops(page)).toEqual(places);
});

test("recorded: the page says that what it shows is a recording", async ({ page }) => {
  await page.goto("/");

  await expect(statusLine(page)).toHaveText(/^Recorded blocks and prices, not live\. Block [\d,]+\. $/);
  await expect(page.getByRole("heading", { name: "Demo: November 2025, replayed at 60x" })).toBeVisible();
});

test("fresh: it names the block it is up to date with, and its age", async ({ page, request }) => {
  const { block } = await getJson<SummaryJson>(request, "/summary");
  await page.route("**/api/v1/summary", async (route) => {
    const response = await route.fetch();
    const summary = await response.json();
    await route.fulfill({ response, json: { ...summary, block: { ...summary.block, height: block.height } } });
  });
  await withStatus(page, {
    recorded: false,
    tip: { height: block.height, hash: "00", time: block.median_time, age_seconds: 754 },
  });

  await page.goto("/");

  await expect(statusLine(page)).toHaveText(`Up to date with block ${whole(block.height)}. `);
  await expect(page.locator("#network [data-field=age]")).toHaveText(/^12 min \d+ s ago$/);
});

test("stale: it says how old the data are, and shows them without the colours of now", async ({ page, request }) => {
  await withStatus(page, { recorded: false, stale: true, why: "the node has 7 blocks more" });

  await page.goto("/");

  await expect(statusLine(page)).toHaveText(/^Data are \d+ days old\. Status$/);
  await expect(statusLine(page)).toHaveAttribute("data-status", "stale");
  await expect(page.getByRole("heading", { name: /^As of Nov 2\d, 2025$/ })).toBeVisible();
  // The operator's part is behind the link; figures have no colour of profit or loss.
  await expect(page.locator(".verdict").first()).toHaveCSS("color", "rgb(22, 32, 43)");
  await expect(page.locator("#network [data-field=retarget]")).not.toContainText("(");
  await waitForChart(page);
  await expect(page.locator("#machine-tiles [data-field=sat]").first()).toHaveText(/^[\d,]+$/);

  await statusLine(page).getByRole("link", { name: "Status" }).click();
  await expect(page.getByRole("heading", { name: "Are the data up to date?" })).toBeInViewport();
  const address = page.getByRole("link", { name: "/api/v1/status" }).first();
  await address.click();
  expect(await (await request.get(page.url())).json()).toHaveProperty("last_ingest");
});

test("the first seconds of the demo do not call its blocks old", async ({ page }) => {
  await withStatus(page, { stale: true, last_ingest: null, behind_blocks: null, why: "no ingest has succeeded yet" });

  await page.goto("/");

  await expect(statusLine(page)).toHaveText(/^Recorded blocks .* not live\. Block [\d,]+\. More are being loaded\. $/);
  await expect(page.getByRole("heading", { name: /^Demo: November 2025/ })).toBeVisible();
});

test.describe("a part of the page that does not load", () => {
  test.use({ expectedErrors: /Failed to load resource/ });

  for (const [id, script, loaded] of [
    ["machines", "machine-table", /^\d+ miners$/],
    ["blocks", "block-table", /^Blocks [\d,]+ to [\d,]+/],
  ] as const) {
    test(`is named where it would be, and comes with a reload: ${id}`, async ({ page }) => {
      const said = page.locator(`#${id} [role=status]`).first();
      await page.route(`**/${script}-*.js`, (route) => route.abort());
      await page.goto("/");
      await waitForChart(page);

      await page.locator(`#${id}`).scrollIntoViewIfNeeded();

      await expect(said).toContainText("This part of the page did not load.");
      await expect(page.getByRole("alert").filter({ hasText: "A part of the page did not load." })).toBeVisible();
      await page.unroute(`**/${script}-*.js`);
      await page.getByRole("button", { name: "Reload the page" }).click();
      await page.locator(`#${id}`).scrollIntoViewIfNeeded();
      await expect(said).toHaveText(loaded);
      await expect(page.getByRole("button", { name: "Reload the page" })).toBeHidden();
    });
  }
});

test("the tables of miners and blocks are shown although the server stopped before they were in sight", async ({
  page,
}) => {
  const table = page.waitForEvent("requestfinished", (request) => /\/machine-table-.*\.js$/.test(request.url()));
  await page.goto("/");
  await waitForChart(page);
  await table;
  await page.route("**/assets/**", (route) => route.abort());

  await page.locator("#machines").scrollIntoViewIfNeeded();

  await expect(page.locator("#machines-count")).toHaveText(/^\d+ miners$/);
});

test.describe("without data", () => {
  test.use({ expectedErrors: /Failed to load resource/ });

  test("empty: a lake without blocks is reported, also in place of the chart", async ({ page, own, request }) => {
    await own.start({ BITCOIN_RPC_URL: "http://127.0.0.1:9" });
    const refusal = await request.get(`${own.page}/api/v1/summary`);
    expect(refusal.status()).toBe(503);
    const { detail } = (await refusal.json()) as { detail: string };

    await page.goto(own.page);

    await expect(statusLine(page)).toHaveAttribute("data-status", "down");
    await expect(statusLine(page)).toContainText(
      "No data yet: the server is waiting for its first block. Retrying every 10 s.",
    );
    await expect(page.locator("#chart-message")).toHaveText(`Couldn't load blocks: ${detail}.`);
    await expect(page.getByRole("heading", { name: "No data yet" })).toBeVisible();
    await expect(page.locator("#machine-tiles")).toBeHidden();
    await expect(page.locator("#network")).toBeHidden();
  });

  test("out of reach: no tile is empty, and all are there once the server answers", async ({ page }) => {
    await page.route("**/api/**", (route) => route.abort());
    await page.goto("/");

    await expect(page.getByRole("heading", { name: "No data yet" })).toBeVisible();
    await expect(page.locator("#machine-tiles")).toBeHidden();
    await expect(page.locator("#network")).toBeHidden();
    await page.unroute("**/api/**");
    await page.evaluate(() => dispatchEvent(new Event("online"))); // It asks again at once.
    await expect(page.getByRole("heading", { name: /^Demo: / })).toBeVisible();
    await expect(page.locator("#machine-tiles > li")).toHaveCount(3);
    await expect(page.locator("#network")).toBeVisible();
  });

  test("while a range cannot be loaded, the chart does not say since when it has data", async ({ page }) => {
    await page.goto("/");
    await waitForChart(page);
    await page.route("**/api/v1/series*", (route) => route.abort());

    await page.getByRole("button", { name: "All" }).click();

    await expect(statusLine(page)).toHaveAttribute("data-status", "offline");
    await expect(page.locator("#chart-since")).toHaveText("");
    await page.unroute("**/api/v1/series*");
    await expect(page.locator("#chart-since")).toHaveText("since Aug 11, 2025", { timeout: 20_000 });
  });

  test("refused: the API's error message is shown, and what needs no series is loaded", async ({ page }) => {
    const problem = {
      type: "about:blank",
      title: "Bad Request",
      status: 400,
      detail: "that is too much for one answer",
    };
    await page.route("**/api/v1/series*", (route) =>
      route.fulfill({ status: 400, contentType: "application/problem+json", json: problem }),
    );

    await page.goto("/");

    await expect(statusLine(page)).toHaveAttribute("data-status", "refused");
    await expect(statusLine(page)).toContainText("That is too much for one answer.");
    await expect(page.locator("#chart-message")).toHaveText("Couldn't load blocks: that is too much for one answer.");
    await expect(page.locator("#machine-tiles [data-field=sat]").first()).toHaveText(/^[\d,]+$/);
  });

  test("offline: the data shown remain, and updates resume when the device is online again", async ({
    page,
    context,
  }) => {
    await page.goto("/?range=7d");
    await waitForChart(page);
    const figures = await page.locator("#machine-tiles").textContent();

    await context.setOffline(true);
    await expect(statusLine(page)).toHaveAttribute("data-status", "offline", { timeout: 30_000 });

    await expect(statusLine(page)).toContainText(
      /^This device is offline\. Retrying every 10 s\. What is shown was loaded .* ago\./,
    );
    await expect(page.locator("#machine-tiles")).toHaveText(figures ?? "");
    await choose(page, "Unit", "sat"); // This needs no server.
    expect((await legendOf(page)).unit).toBe("sat/MWh");
    expect((await legendOf(page)).rows[0]?.value).toMatch(/^[\d,]+$/);

    await context.setOffline(false);
    await expect(statusLine(page)).toHaveAttribute("data-status", "recorded");
  });
});

test.describe("partial: prices that ended days ago", () => {
  test.describe.configure({ mode: "serial", timeout: 120_000 });

  test("satoshis are shown, USD values are a dash, and the USD line has a gap", async ({ page, own, request }) => {
    await own.start(unpricedNode());
    await expect
      .poll(
        async () => {
          const response = await request.get(`${own.page}/api/v1/status`);
          return response.ok() ? ((await response.json()) as StatusJson).behind_blocks : null;
        },
        { timeout: 90_000 },
      )
      .toBe(0);
    const summary = await getJson<SummaryJson>(request, "/summary", own.page);
    expect(summary.usd_per_ph_day_144).toBeNull();

    await page.goto(`${own.page}/?asics=${LEAD}`);
    const tile = page.locator("#machine-tiles > li");
    await expect(tile.locator("[data-field=sat]")).toHaveText(
      whole(((summary.sat_per_ph_day_144 ?? NaN) * 1_000) / (24 * 15)),
    );
    await expect(tile.locator("[data-field=usd]")).toHaveText(DASH);
    await expect(tile).toContainText("No BTC price yet");
    for (const field of ["hashprice", "price", "change24h"])
      await expect(page.locator(`#network [data-field=${field}]`)).toHaveText(DASH);
    await expect(page.locator("#network [data-field=hashprice-sat]")).toHaveText(
      `${whole(summary.sat_per_ph_day_144 ?? NaN)} sat/PH/day`,
    );
    await expect(page.getByText("No price is known for the newest block.")).toBeVisible();

    // A range without any price.
    await page.goto(`${own.page}/?asics=${LEAD}&from=2025-12-10T00:00:00Z&to=2025-12-12T00:30:00Z`);
    await expect(page.locator("#chart-message")).toHaveText("No BTC price for this period. Switch the unit to sat.");
    await expect(page.locator("#in-words")).toHaveText("");
    expect((await legendOf(page)).rows).toMatchObject([{ value: DASH, profitable: DASH, margin: DASH }]);
    await choose(page, "Unit", "sat");
    await expect(page.locator("#chart-message")).toHaveText("");
    const late = await getJson<KnownRevenue>(
      request,
      `/revenue?interval=block&asics=${LEAD}&from=2025-12-10T00:00:00Z&to=2025-12-12T00:30:00Z`,
      own.page,
    );
    expect((await legendOf(page)).rows[0]?.value).toBe(whole(late.asics[0]?.columns.sat_per_mwh.at(-1) ?? NaN));

    // A range that is partly without prices: the USD line ends, and profitability counts only the
    // blocks that have a price.
    const span = "from=2025-11-21T00:00:00Z&to=2025-11-27T12:30:00Z";
    const revenue = await getJson<KnownRevenue>(
      request,
      `/revenue?interval=block&asics=${LEAD}&${span}&power_price=50`,
      own.page,
    );
    const usd: readonly (number | null)[] = revenue.asics[0]?.columns.usd_per_mwh ?? [];
    const profits = (revenue.asics[0]?.columns.profit_usd_per_mwh ?? []).filter((profit) => profit !== null);
    const [priced, unpriced] = [
      usd.filter((value) => value !== null).length,
      usd.filter((value) => value === null).length,
    ];
    expect(Math.min(priced, unpriced)).toBeGreaterThan(50);
    await page.goto(`${own.page}/?asics=${LEAD}&${span}`);
    await waitForChart(page, /–/);
    await expect(page.locator("#in-words")).toContainText(
      `profitable in ${Math.round((100 * profits.filter((profit) => 0 < profit).length) / profits.length)}% of ${whole(priced)} blocks (${whole(unpriced)} have no BTC price) at 50 USD/MWh`,
    );
    await expect(page.locator("#in-words")).toContainText(
      `average margin +${cents(profits.reduce((sum, profit) => sum + profit, 0) / profits.length)} USD/MWh`,
    );
    const { rows } = csvOf((await download(page, page.locator("#chart-csv"))).content);
    expect(rows.map(([, height]) => Number(height))).toEqual(revenue.height);
    expect(rows.map(([, , , value]) => value === "")).toEqual(usd.map((value) => value === null));
    expect(await inkedColumns(page)).toBeLessThan(
      (priced / usd.length + 0.05) * (await plotOf(page).evaluate(({ clientWidth }) => clientWidth)),
    );
    const { columns } = await getJson<KnownSeries>(
      request,
      `/series?interval=block&fields=priced_blocks&${span}`,
      own.page,
    );
    expect(columns.priced_blocks?.filter((count) => count === 0).length).toBe(unpriced);
  });
});

/** The number of pixel columns of the chart that contain part of the first line. */
async function inkedColumns(page: Page): Promise<number> {
  return page.locator("#chart canvas").evaluate((canvas: HTMLCanvasElement) => {
    const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = document.querySelector(
      "#chart .u-over",
    ) as HTMLElement;
    const { data } = (canvas.getContext("2d") as CanvasRenderingContext2D).getImageData(
      offsetLeft,
      offsetTop,
      offsetWidth,
      offsetHeight,
    );
    const colour = getComputedStyle(document.querySelector("#legend .swatch") as Element).color;
    const columns = new Set<number>();
    for (let at = 0; at < data.length; at += 4) {
      if (colour === `rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`) columns.add((at / 4) % offsetWidth);
    }
    return columns.size;
  });
}
