// A link reproduces the view: every choice is in the URL.

import { mkdirSync, writeFileSync } from "node:fs";

import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import {
  cents,
  chartOf,
  choose,
  chooser,
  dragOver,
  getJson,
  type KnownRevenue,
  legendOf,
  numberField,
  queryOf,
  timeField,
  timeRangeOf,
  waitForChart,
  whole,
} from "./page-helpers";
import { staticHost } from "./static-host";

const BLOCKS = "from=2025-10-01T00:00:00Z&to=2025-10-03T00:30:00Z";

/** Everything that the user can choose for tiles and chart, and what the page shows for it. */
async function shownOn(page: Page): Promise<unknown> {
  await waitForChart(page);
  await page.locator("#machines").scrollIntoViewIfNeeded(); // The table is loaded when it is near the window.
  await expect(page.locator("#machines th[aria-sort]")).toHaveCount(1);
  const values = async (names: readonly string[]) => Promise.all(names.map((name) => chooser(page, name).inputValue()));
  return {
    choices: await values(["Times", "Theme", "Chart", "Unit", "Y axis", "Compare with", "Moving average"]),
    costs: [
      await numberField(page, "Electricity price").inputValue(),
      await numberField(page, "Pool fee").inputValue(),
    ],
    times: [await timeField(page, "From").inputValue(), await timeField(page, "to").inputValue()],
    pressed: await page.locator("#ranges [aria-pressed=true]").allTextContents(),
    legend: await legendOf(page),
    second: await page.locator("#legend tfoot").textContent(),
    words: await page.locator("#in-words").textContent(),
    search: await page.getByRole("searchbox", { name: "Search" }).inputValue(),
    sorted: await page
      .locator("#machines th[aria-sort]")
      .evaluateAll((cells) => cells.map((cell) => [cell.textContent, cell.ariaSort])),
  };
}

test("the page has an empty query at first", async ({ page }) => {
  await page.goto("/");
  await waitForChart(page);

  expect((await queryOf(page)).toString()).toBe("");
});

for (const embed of ["", "chart", "tiles"]) {
  test(`what cannot be used of a link is said, until something is chosen: embed=${embed}`, async ({ page }) => {
    await page.goto(`/?asics=antminer-s21-200,abacus-1&power=abc&overhead=4&embed=${embed}`);
    const message = page.locator("#link-problems");
    await expect(message).toHaveText(
      "This link has miners that the catalogue does not have: abacus-1. This link has values that cannot be used, and are left out: power=abc, overhead=4. 4 % overhead is overhead=0.04.",
    );
    await expect(message).toBeVisible();
    if (embed !== "") return;
    await page.getByRole("button", { name: "7D" }).click();
    await expect(message).toHaveText("This link has miners that the catalogue does not have: abacus-1.");
  });
}

test("every choice is in the URL, and that URL in a new page shows the same", async ({ page, context }) => {
  await page.goto("/");
  await waitForChart(page);

  await timeField(page, "From").fill("2025-10-01T00:00");
  await timeField(page, "to").fill("2025-10-03T00:30");
  await page.getByRole("button", { name: "Apply" }).click();
  await choose(page, "Unit", "sat");
  await choose(page, "Y axis", "log");
  await choose(page, "Compare with", "fees");
  await choose(page, "Moving average", "1");
  await choose(page, "Times", "local");
  await choose(page, "Theme", "dark");
  await numberField(page, "Electricity price").fill("61.5");
  await numberField(page, "Pool fee").fill("1.25");
  await page.getByRole("button", { name: "Remove Antminer S21 Pro (234 TH/s)" }).click();
  await page.getByRole("button", { name: "Add miner" }).click();
  await page.getByRole("dialog").getByLabel("TH/s").fill("200.5");
  await page.getByRole("dialog").getByLabel("W", { exact: true }).fill("3500");
  await page.getByRole("dialog").getByLabel("W", { exact: true }).press("Enter");
  await page.locator("#machines").scrollIntoViewIfNeeded();
  await page.getByRole("searchbox", { name: "Search" }).fill("hydro");
  await page.locator("#machines th[data-column=profit] button").click();
  await waitForChart(page);

  await expect
    .poll(async () => Object.fromEntries(await queryOf(page)))
    .toEqual({
      ...Object.fromEntries(new URLSearchParams(BLOCKS)),
      asics: "antminer-s19j-pro-100,antminer-s23-hyd-580,custom:200.5:3500",
      colours: "1,3,2",
      unit: "sat",
      scale: "log",
      second: "fees",
      mean: "1",
      time: "local",
      theme: "dark",
      power: "61.5",
      fee: "1.25",
      find: "hydro",
      sort: expect.stringMatching(/^-?profit$/),
    });
  const other = await context.newPage();
  await other.goto(await page.evaluate(() => location.href));
  expect(await shownOn(other)).toEqual(await shownOn(page));
  await expect(other.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("a link shows the API's numbers for its parameters", async ({ page, request }) => {
  const asics = ["custom:200.5:3500", "antminer-s23-hyd-580"];
  const revenue = await getJson<KnownRevenue>(request, `/revenue?interval=block&asics=${asics.join()}&${BLOCKS}`);

  await page.goto(`/?asics=${asics.join()}&${BLOCKS}&fee=1.25&unit=sat`);
  await waitForChart(page);

  const { rows, height } = await legendOf(page);
  expect(height).toBe(revenue.height.at(-1));
  expect(rows.map(({ value }) => value)).toEqual(
    revenue.asics.map(({ columns }) => whole((columns.sat_per_mwh.at(-1) ?? NaN) * 0.9875)),
  );
});

test("the browser's back and forward buttons go through the time ranges shown", async ({ page }) => {
  await page.goto("/");
  await waitForChart(page);
  await page.getByRole("button", { name: "7D" }).click();
  await choose(page, "Unit", "sat"); // Display options add no history entry.
  await page.getByRole("button", { name: "90D" }).click();
  await waitForChart(page);
  await dragOver(page, 0.3, 0.6);
  await waitForChart(page);
  const zoomed = await timeRangeOf(page);
  const isShown = async (button: string) => {
    await expect(page.getByRole("button", { name: button, exact: true })).toHaveAttribute("aria-pressed", "true");
    await waitForChart(page);
  };

  await page.goBack();
  await isShown("90D");
  await expect(page.getByRole("button", { name: "Undo zoom" })).toBeDisabled();
  await page.goBack();
  await isShown("7D");
  await expect(chooser(page, "Unit")).toHaveValue("sat");
  await page.goBack();
  await isShown("30D");
  await expect(chooser(page, "Unit")).toHaveValue("usd");

  for (let steps = 0; steps < 3; steps++) await page.goForward();
  await expect.poll(() => timeRangeOf(page)).toEqual(zoomed);
  await waitForChart(page);
  await expect(page.locator("#ranges [aria-pressed=true]")).toHaveCount(0);
  expect((await legendOf(page)).unit).toBe("sat/MWh");
});

test("the back button returns from a custom time range to the previous one", async ({ page }) => {
  await page.goto(`/?${BLOCKS}`);
  await waitForChart(page);
  await timeField(page, "From").fill("2025-10-02T00:00");
  await page.getByRole("button", { name: "Apply" }).click();
  await waitForChart(page);

  await page.goBack();

  await expect(timeField(page, "From")).toHaveValue("2025-10-01T00:00");
  await expect.poll(async () => (await timeRangeOf(page)).from).toBe(Date.parse("2025-10-01T00:00Z"));
});

test("invalid parameters in the URL are ignored", async ({ page, context }) => {
  const nonsense = [
    "asics=<b>,,../..,custom:0:1",
    "power=cheap",
    "fee=120",
    "range=4d",
    "from=2025-10-03&to=2025-10-01",
    "unit=eur",
    "scale=7",
    "second=x",
    "mean=3",
    "time=mars",
    "theme=pink",
    "sort=luck",
    "block=-7",
    "embed=yes",
    "api=javascript:alert(1)",
    "nothing",
  ];
  await page.goto("/");
  const other = await context.newPage();

  await other.goto(`/?${nonsense.join("&")}`);

  const [plain, odd] = [await shownOn(page), await shownOn(other)] as [
    Record<string, unknown>,
    Record<string, unknown>,
  ];
  for (const part of ["choices", "costs", "pressed", "search", "sorted"]) expect(odd[part]).toEqual(plain[part]);
  expect((await legendOf(other)).rows.map(({ name }) => name)).toEqual(
    (await legendOf(page)).rows.map(({ name }) => name),
  );
});

test("an unknown machine is named, and the others are shown", async ({ page }) => {
  await page.goto("/?asics=antminer-s99-9000,antminer-s21-pro-234");
  await waitForChart(page);

  await expect(
    page.getByText("This link has miners that the catalogue does not have: antminer-s99-9000."),
  ).toBeVisible();
  expect((await legendOf(page)).rows.map(({ name }) => name)).toEqual(["Antminer S21 Pro (234 TH/s)"]);
});

test("a link with unknown machines only says so, and others can be added", async ({ page }) => {
  await page.goto("/?asics=antminer-s99-9000");

  await expect(
    page.getByText("This link has miners that the catalogue does not have: antminer-s99-9000."),
  ).toBeVisible();
  await page.getByRole("button", { name: "Add miner" }).click();
  await page.getByLabel("Search miners").fill("S21 Pro");
  await page.getByLabel("Search miners").press("Enter");

  await waitForChart(page);
  expect((await legendOf(page)).rows.map(({ name }) => name)).toEqual(["Antminer S21 Pro (234 TH/s)"]);
});

test("the embedded page has the tiles, the chart and a link to the full page", async ({ page }) => {
  await page.goto(`/?${BLOCKS}&embed=1&unit=sat`);
  await waitForChart(page);

  await expect(page.locator("#machine-tiles > li")).toHaveCount(3);
  await expect(chartOf(page)).toBeVisible();
  for (const hidden of ["#machines", "#blocks", "#sell", "#ranges", "#chart-options"])
    await expect(page.locator(hidden)).toBeHidden();
  const link = page.getByRole("link", { name: "hashlake" });
  const query = new URL((await link.evaluate((anchor: HTMLAnchorElement) => anchor.href)) ?? "").searchParams;
  expect(Object.fromEntries(query)).toEqual({ ...Object.fromEntries(new URLSearchParams(BLOCKS)), unit: "sat" });
});

test("it works in an iframe of another origin", async ({ page, baseURL }) => {
  const folder = test.info().outputPath("host");
  mkdirSync(folder, { recursive: true });
  const frameOf = `<iframe title="hashlake" width="1000" height="900" src="${baseURL}/?${BLOCKS}&embed=1"></iframe>`;
  writeFileSync(`${folder}/index.html`, `<!doctype html><link rel="icon" href="data:,">${frameOf}`);
  const host = await staticHost(folder);

  await page.goto(`${host.origin}/`);

  const frame = page.frameLocator("iframe");
  await expect(frame.locator("#in-words")).toContainText("profitable in 100% of blocks");
  await expect(frame.locator("#machine-tiles [data-field=usd]").first()).toHaveText(/\d/);
  host.close();
});

test("on a static host, ?api= sets the API", async ({ page, request, baseURL }) => {
  const api = baseURL ?? "";
  const host = await staticHost(process.env.SITE_DIR ?? "");
  const revenue = await getJson<KnownRevenue>(request, `/revenue?interval=block&asics=antminer-s21-pro-234&${BLOCKS}`);
  const asked: string[] = [];
  page.on("request", (request) => void (request.url().includes("/api/") && asked.push(new URL(request.url()).origin)));

  await page.goto(`${host.origin}/?${BLOCKS}&asics=antminer-s21-pro-234&api=${api}`);
  await waitForChart(page);

  expect((await legendOf(page)).rows.map(({ value }) => value)).toEqual([
    cents(revenue.asics[0]?.columns.usd_per_mwh.at(-1) ?? NaN),
  ]);
  await expect(page.locator("#status-line")).toHaveAttribute("data-status", "recorded");
  await choose(page, "Unit", "sat");
  await expect.poll(async () => Object.fromEntries(await queryOf(page))).toMatchObject({ api, unit: "sat" });
  expect(new Set(asked)).toEqual(new Set([api]));
  host.close();
});
