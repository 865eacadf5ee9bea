// The miner's own units, site and fleet.

import type { Page } from "@playwright/test";
import type { StrikeJson, SummaryJson } from "../src/model/api-types";
import { expect, test } from "./fixtures";
import { type FrozenApi, freezeApi } from "./frozen-api";
import { cents, getJson, numberField, queryOf, signedCents, waitForChart } from "./page-helpers";

const S21 = "antminer-s21-pro-234"; // 234 TH/s, 3510 W: 15 J/TH
const S19 = "antminer-s19j-pro-100"; // 100 TH/s, 3050 W: 30.5 J/TH

const unit = (page: Page) => page.getByRole("combobox", { name: "Unit of the electricity price" });
const price = (page: Page) => numberField(page, "Electricity price");
const hint = (page: Page) => page.locator("#power-hint");
const fleet = (page: Page) => page.locator("#fleet");
const tile = (page: Page, at = 0) => page.locator("#machine-tiles > li").nth(at);
const figure = (page: Page, term: string) =>
  fleet(page).locator("dl > div").filter({ hasText: term }).locator("dd").first();

/** The page's request, whose response may be of a later block than the summary. */
const nextHashprice = async (api: FrozenApi): Promise<number> =>
  (await api.get<StrikeJson>("/strike?asics=custom:1:1")).usd_per_ph_day_144 ?? NaN;

test.describe("electricity price", () => {
  test("can be read and typed in USD/MWh, USD/kWh and ct/kWh; the link keeps price and unit", async ({ page }) => {
    await page.goto("/?power=61.2");
    await waitForChart(page);
    const perDay = /[\d.]+ USD\/day$/.exec((await tile(page).locator(".verdict").textContent()) ?? "")?.[0];

    await unit(page).selectOption("USD/kWh");
    await expect(price(page)).toHaveValue("0.0612");
    await unit(page).selectOption("ct/kWh");
    await expect(price(page)).toHaveValue("6.12");
    await expect(tile(page).locator(".verdict")).toHaveText(
      new RegExp(`^(Profit|Loss) \\d+\\.\\d\\d ct/kWh, ${perDay}$`),
    );
    await expect(tile(page).locator(".big")).toHaveText(/^Revenue [\d.]+ ct\/kWh latest block \d\.\d\d$/);
    await expect(tile(page).locator("[data-field=strike]")).toHaveText(
      /^Mine below [\d.]+, stop above [\d.]+ ct\/kWh$/,
    );

    await price(page).fill("7.05");
    await expect.poll(async () => Object.fromEntries(await queryOf(page))).toEqual({ power: "70.5", power_unit: "ct" });
    await page.reload();
    await expect(price(page)).toHaveValue("7.05");
    await expect(unit(page)).toHaveValue("ct");
  });

  test("that is far too low asks whether another unit was meant, and takes it with a click", async ({ page }) => {
    await page.goto("/");
    await waitForChart(page);

    await price(page).fill("0.05");

    await expect(hint(page)).toContainText("Did you mean 0.05 USD/kWh (50 USD/MWh)?");
    await page.getByRole("button", { name: "Use USD/kWh" }).click();
    await expect(hint(page)).toBeHidden();
    await expect(price(page)).toHaveValue("0.05");
    await expect(price(page)).toBeFocused();
    await expect.poll(async () => Object.fromEntries(await queryOf(page))).toEqual({ power_unit: "kwh" });
  });

  test("that is typed or pasted with a decimal comma is read as with a point", async ({ page }) => {
    await page.goto("/?power_unit=kwh");
    await waitForChart(page);

    await price(page).selectText();
    await price(page).pressSequentially("0,071");
    await expect(price(page)).toHaveValue("0.071");
    await expect.poll(async () => (await queryOf(page)).get("power")).toBe("71");

    await price(page).selectText();
    await page.keyboard.insertText("0,0655");
    await expect(price(page)).toHaveValue("0.0655");
    await expect.poll(async () => (await queryOf(page)).get("power")).toBe("65.5");
  });

  test("that is typed before its unit is chosen keeps its number", async ({ page }) => {
    await page.goto("/");
    await waitForChart(page);
    await price(page).fill("5000");

    await unit(page).selectOption("ct/kWh"); // 5000 USD/MWh is not usual, but 5000 ct/kWh is less so.
    await expect(price(page)).toHaveValue("500");

    await price(page).fill("0.07");
    await unit(page).selectOption("USD/kWh");
    await expect(price(page)).toHaveValue("0.07");
  });

  test("that is empty says what is shown instead, and comes back when the field is left", async ({ page }) => {
    await page.goto("/?power=42");
    await waitForChart(page);

    await price(page).fill("");

    await expect(hint(page)).toHaveText(/^Enter a price\. Shown now: 42 USD\/MWh\./);
    await price(page).fill("1e9");
    await expect(hint(page)).toHaveText(/^Enter a price from −100,000 to 100,000 USD\/MWh\. Shown now: 42 USD\/MWh\./);
    await price(page).blur();
    await expect(price(page)).toHaveValue("42");
    await expect(hint(page)).toBeHidden();
  });
});

test.describe("fleet", () => {
  test("a link with counts shows what all miners draw, hash and earn, and which stop first", async ({ page }) => {
    const api = await freezeApi(page);
    await page.goto(`/?asics=${S21}*120,${S19}*10&fee=2&overhead=0.05&adder=3&power=40`);

    const hashprice = (await api.summary()).usd_per_ph_day_144 ?? NaN;
    const next = await nextHashprice(api);
    // 120 x 0.234 + 10 x 0.1 PH/s; (120 x 3510 + 10 x 3050) W x 1.05
    const [phs, mw] = [29.08, 0.474285];
    const revenue = hashprice * phs * 0.98;
    await expect(fleet(page).getByRole("heading")).toHaveText("Your fleet: 130 miners");
    await expect(figure(page, "Hash rate")).toHaveText("29.08 PH/s");
    await expect(figure(page, "Power")).toHaveText("0.4743 MW");
    await expect(figure(page, "Efficiency")).toHaveText("15.5 J/TH"); // 451,700 W / 29,080 TH/s
    await expect(figure(page, "Revenue")).toHaveText(`${cents(revenue)} USD/day`);
    await expect(figure(page, "Profit")).toHaveText(`${signedCents(revenue - mw * 24 * 43)} USD/day`);
    await expect(figure(page, "Break-even")).toHaveText(`${cents((next * phs * 0.98) / (mw * 24) - 3)} USD/MWh`);
    const strike = (joules: number) => cents((((next * 1_000) / (24 * joules)) * 0.98) / 1.05 - 3);
    await expect(figure(page, "Stop from first to last")).toHaveText(
      `Antminer S19j Pro (100 TH/s) (${strike(30.5)}), Antminer S21 Pro (234 TH/s) (${strike(15)})`,
    );
    await expect(tile(page).locator("h3")).toHaveText("Antminer S21 Pro (234 TH/s) × 120");
    // Of one: 0.234 PH/s and 3.51 kW x 1.05
    const [earned, profit] = [hashprice * 0.234 * 0.98, hashprice * 0.234 * 0.98 - 0.0036855 * 24 * 43];
    await expect(tile(page).locator(".verdict")).toHaveText(
      new RegExp(`, ${cents(Math.abs(profit))} USD/day each \\(${cents(Math.abs(120 * profit))} in all\\)$`),
    );
    await expect(tile(page).locator(".more").first()).toHaveText(
      new RegExp(`^Revenue ${cents(earned)} USD/day each, [\\d,]+ sat/MWh$`),
    );
  });

  test("says which miners to switch off at this price, and what the others earn; 0 miners can be tried", async ({
    page,
  }) => {
    const api = await freezeApi(page);
    const hashprice = (await api.summary()).usd_per_ph_day_144 ?? NaN;
    const next = await nextHashprice(api);
    const strike = (next * 1_000) / (24 * 30.5);
    const power = Math.round(strike) + 5; // Above the S19j's, below the S21's, which is twice as efficient.
    await page.goto(`/?asics=${S21}*120,${S19}*10&power=${power}`);

    await expect(figure(page, "Stop from first to last")).toContainText(
      `Antminer S19j Pro (100 TH/s) (${cents(strike)}: off at ${cents(power)}), Antminer S21 Pro`,
    );
    const others = (price: number) => 120 * (0.234 * price - 0.00351 * 24 * power);
    const profitWithOff = figure(page, "Profit with Antminer S19j Pro (100 TH/s) off");
    await expect(profitWithOff).toHaveText(`${signedCents(others(next))} USD/day`);

    await page.getByText("Site, fleet, what if").click();
    await numberField(page, "S19j Pro").fill("0");
    await expect(fleet(page).getByRole("heading")).toHaveText("Your fleet: 120 miners");
    await expect(figure(page, "Profit")).toHaveText(`${signedCents(others(hashprice))} USD/day`);
    await expect(profitWithOff).toBeHidden();
    await expect.poll(async () => (await queryOf(page)).get("asics")).toBe(`${S21}*120,${S19}*0`);
  });

  test("counts, overhead, other costs and names are typed, and are in the link", async ({ page }) => {
    await page.goto(`/?asics=${S21},custom:200:3500`);
    await waitForChart(page);
    await expect(fleet(page)).toBeHidden();

    await page.getByText("Site, fleet, what if").click();
    await numberField(page, "Overhead").fill("5");
    await numberField(page, "Other costs").fill("3.5");
    await numberField(page, "S21 Pro").fill("120");
    await page.getByLabel("Name").fill("Hall A");
    await numberField(page, "Hall A").fill("40");

    await expect
      .poll(async () => Object.fromEntries(await queryOf(page)))
      .toEqual({
        asics: `${S21}*120,custom:200:3500*40`,
        overhead: "0.05",
        adder: "3.5",
        name: "custom:200:3500 Hall A",
      });
    await expect(page.locator("#site-summary")).toHaveText("5 % overhead, 3.5 USD/MWh other costs");
    await expect(fleet(page).getByRole("heading")).toHaveText("Your fleet: 160 miners");
    await expect(tile(page, 1).locator("h3")).toHaveText("Hall A × 40");
    await expect(page.locator("#legend tbody [data-field=name]").last()).toHaveText("Hall A");
    await page.locator("#machines").scrollIntoViewIfNeeded();
    await expect(page.getByRole("checkbox", { name: "Compare Hall A" })).toBeChecked();

    await numberField(page, "S21 Pro").fill("1");
    await numberField(page, "Hall A").fill("1");
    await expect(fleet(page)).toBeHidden();
  });
});

test("a strike is that of the API for the next block, with its band", async ({ page, request }) => {
  const { usd_per_ph_day_144, asics } = await getJson<StrikeJson>(
    request,
    `/strike?asics=${S21}&pool_fee=0.02&overhead=0.05&adder=5`,
  );
  // A block may arrive between the requests; and this one is the last before an adjustment.
  await page.route("**/api/v1/strike?*", (route) => route.fulfill({ json: { usd_per_ph_day_144 } }));
  await page.route("**/api/v1/summary", async (route) => {
    const response = await route.fetch();
    await route.fulfill({
      response,
      json: { ...(await response.json()), usd_per_ph_day_144: 1.1 * (usd_per_ph_day_144 ?? NaN) },
    });
  });

  await page.goto(`/?asics=${S21}&fee=2&overhead=0.05&adder=5`);

  const [start, stop] = [cents(asics[0]?.start_below ?? NaN), cents(asics[0]?.stop_above ?? NaN)];
  await expect(tile(page).locator("[data-field=strike]")).toHaveText(`Mine below ${start}, stop above ${stop} USD/MWh`);
});

test("what if hashprice falls by 20 %: tiles, miners and fleet say so and follow, the chart stays", async ({
  page,
}) => {
  const api = await freezeApi(page);
  const summary = await api.get<SummaryJson>("/summary");
  await page.goto(`/?asics=${S21}*2`);
  await waitForChart(page);
  const legend = await page.locator("#legend tbody").textContent();

  await page.getByText("Site, fleet, what if").click();
  await numberField(page, "What if hashprice changes by").fill("-20");

  const usd = (0.8 * (summary.usd_per_ph_day_144 ?? NaN) * 1_000) / (24 * 15);
  await expect(tile(page).locator("[data-field=usd]")).toHaveText(cents(usd));
  await expect(tile(page).locator("[data-field=latest]")).toHaveText("if hashprice changes by −20.0%");
  await expect(fleet(page).getByRole("heading")).toHaveText("Your fleet: 2 miners, if hashprice changes by −20.0%");
  await expect(figure(page, "Profit")).toHaveText(`${signedCents(2 * (usd - 50) * 0.00351 * 24)} USD/day`); // 3510 W
  await expect(page.locator("#break-even")).toContainText("(if hashprice changes by −20.0%)");
  await expect(page.locator("#network [data-field=hashprice]")).toHaveText(cents(summary.usd_per_ph_day_144 ?? NaN));
  await expect(page.locator("#legend tbody")).toHaveText(legend ?? "");
  await page.locator("#machines").scrollIntoViewIfNeeded();
  await expect(page.locator("#machines-what-if")).toHaveText("What if hashprice changes by −20.0%:");
  await expect(page.locator(`#machines tr[data-id="${S21}"] [data-field=usd]`)).toHaveText(cents(usd));
  await expect.poll(async () => (await queryOf(page)).get("hashprice")).toBe("-20");
});
