import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { type Asic, type FrozenApi, freezeApi } from "./frozen-api";
import { queryOf } from "./page-helpers";
import { cellsOf, csvRows, downloadText, earnings, expectNumber, formatNumber, formatTime } from "./table-helpers";

const HOUR = 3_600_000;
const S19J_PRO = "Antminer S19j Pro (100 TH/s)";
const S21_PRO = "Antminer S21 Pro (234 TH/s)";
const S23_HYD = "Antminer S23 Hyd (580 TH/s)";

/** An interval, and the price of a MWh in it, in USD. */
type PriceInterval = { readonly start: number; readonly end: number; readonly usd: number };

/** Prices above and below what the machines earn, with cents, and some below zero. */
const priceOf = (at: number) => Math.round(100 * (60 + 75 * Math.sin(at * 1.7))) / 100;

/** `count` intervals from a time on. */
function pricesFrom(time: string, count: number, length = HOUR): PriceInterval[] {
  const start = Date.parse(time);
  return Array.from({ length: count }, (_, at) => ({
    start: start + at * length,
    end: start + (at + 1) * length,
    usd: priceOf(at),
  }));
}

/** A time as text, by a clock that is `hoursAhead` of UTC: "2025-09-10 00:00". */
const clock = (time: number, hoursAhead = 0) =>
  new Date(time + hoursAhead * HOUR).toISOString().slice(0, 16).replace("T", " ");

const plainFile = (prices: readonly PriceInterval[]) =>
  ["time (UTC),USD/MWh", ...prices.map(({ start, usd }) => `${clock(start)},${usd}`)].join("\n");

type BlockRow = {
  readonly height: number;
  readonly time: string;
  readonly difficulty: number;
  readonly subsidy_sat: number;
  readonly fees_sat: number;
  readonly price_usd: number | null;
};

/** USD of 1 MW, which consumes a MWh per hour. */
type Totals = { always: number; never: number; optimal: number; hours: number; optimalHours: number };

/**
 * What mining, selling, and the better of both at each moment earned, by the definitions: while miners
 * work on a block, they earn by its difficulty, subsidy and price, and the mean fees of the 144 blocks
 * around it.
 */
async function totals(
  api: FrozenApi,
  prices: readonly PriceInterval[],
  machine: Pick<Asic, "hashrate_ths" | "power_w">,
  net = (usdPerMwh: number) => usdPerMwh,
): Promise<Totals> {
  const blocks = await blocksOf(api, prices);
  const sum: Totals = { always: 0, never: 0, optimal: 0, hours: 0, optimalHours: 0 };
  let arrival = Date.parse(blocks[0]?.time ?? "");
  blocks.slice(1).forEach((block, before) => {
    const start = arrival;
    arrival = Math.max(arrival, Date.parse(block.time));
    const around = blocks.slice(before + 1 - 72, before + 1 + 72);
    if (block.price_usd === null || before + 1 < 144 || around.length < 144) return;
    const fees = around.reduce((sum, { fees_sat }) => sum + fees_sat, 0) / 144;
    const satPerPhDay = (8.64e19 / (block.difficulty * 2 ** 32)) * (block.subsidy_sat + fees);
    const mine = net(earnings(machine, (satPerPhDay / 1e8) * block.price_usd).mwh);
    for (const interval of prices) {
      const hours = (Math.min(arrival, interval.end) - Math.max(start, interval.start)) / HOUR;
      if (hours <= 0) continue;
      sum.hours += hours;
      sum.always += mine * hours;
      sum.never += interval.usd * hours;
      sum.optimal += Math.max(mine, interval.usd) * hours;
      if (interval.usd <= mine) sum.optimalHours += hours;
    }
  });
  return sum;
}

/** The blocks of the time of the prices, and at least 144 before and after it, if there are so many. */
async function blocksOf(api: FrozenApi, prices: readonly PriceInterval[]): Promise<readonly BlockRow[]> {
  const iso = (time: number) => new Date(time).toISOString();
  const [from, to] = [
    Math.min(...prices.map(({ start }) => start)) - 72 * HOUR,
    Math.max(...prices.map(({ end }) => end)) + 72 * HOUR,
  ];
  type Days = { columns: { height: number[]; blocks: number[] } };
  const { columns } = await api.get<Days>(`/series?interval=day&fields=height,blocks&from=${iso(from)}&to=${iso(to)}`);
  const first = (columns.height[0] ?? 0) - (columns.blocks[0] ?? 0) + 1;
  const pages: BlockRow[] = [];
  for (let height = first; height <= (columns.height.at(-1) ?? 0); height += 1_000)
    pages.push(...((await api.blocks(`from_height=${height}&limit=1000`)) as unknown as BlockRow[]));
  return pages;
}

const section = (page: Page) => page.getByRole("region", { name: "Mine or sell" });
const message = (page: Page) => page.locator("#sell-message");
const result = (page: Page) => page.locator("#sell-result");
const rows = (page: Page) => page.locator("#sell-data tbody tr");

/** The figures of the table of rules, by the names of the rules. */
async function rulesOf(page: Page): Promise<Map<string, string[]>> {
  return new Map((await cellsOf(page.locator("#sell-rules tbody tr"))).map(([name = "", ...cells]) => [name, cells]));
}

/** The profit of a rule, in whole USD. */
const profit = (page: Page, rule: string) =>
  page
    .locator("#sell-rules tbody tr")
    .filter({ has: page.getByRole("rowheader", { name: rule }) })
    .locator("td")
    .first();

async function open(page: Page, address = "/"): Promise<void> {
  await page.goto(address);
  await expect(page.locator("#machine-tiles [data-field=usd]").first()).toHaveText(/\d/);
}

async function choose(page: Page, name: string, text: string): Promise<void> {
  await section(page)
    .getByLabel(/^Drop a CSV/)
    .setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
}

/** Drops a file on the page, as if dragged from a folder. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    ([name, text]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], name, { type: "text/csv" }));
      return transfer;
    },
    [name, text] as const,
  );
  await page.locator("#sell-drop").dispatchEvent("dragover", { dataTransfer });
  await expect(section(page)).toHaveAttribute("data-dragged", "");
  await page.locator("#sell-drop").dispatchEvent("drop", { dataTransfer });
  await expect(section(page)).not.toHaveAttribute("data-dragged", "");
}

const numberOf = (text = "") => Number(text.replace(/[,%+]/g, "").replace("\u2212", "-"));

/** As dollars are shown without cents, and hours and percent with one decimal. */
function expectNear(cells: readonly string[] | undefined, expected: readonly number[]): void {
  expected.forEach((value, at) => {
    const isBelowZero = at === 2 && value < 0; // The share of the optimum.
    if (isBelowZero) expect(cells?.[at]).toBe("below 0%");
    else
      expect(Math.abs(numberOf(cells?.[at]) - value), `${cells?.[at]} is ${value}`).toBeLessThan(
        at < 2 ? 0.5001 : 0.0501,
      );
  });
}

async function expectTotals(page: Page, { always, never, optimal, hours, optimalHours }: Totals): Promise<void> {
  await expect(profit(page, "Sell always")).toHaveText(formatNumber(never, 0));
  await expect(profit(page, "Mine always")).toHaveText(formatNumber(always, 0));
  await expect(profit(page, "Optimal dispatch (perfect foresight)")).toHaveText(formatNumber(optimal, 0));
  const rules = await rulesOf(page);
  expectNear(rules.get("Optimal dispatch (perfect foresight)"), [
    optimal,
    optimal - always,
    100,
    optimalHours,
    hours - optimalHours,
  ]);
  expectNear(rules.get("Mine always"), [always, 0, (100 * (always - never)) / (optimal - never), hours, 0, 0]);
}

test("a chosen file of times and prices shows what each rule earned, by month and hour by hour", async ({ page }) => {
  const api = await freezeApi(page);
  await open(page);
  const prices = pricesFrom("2025-09-26T00:00:00Z", 240);
  const sums = await totals(api, prices, await api.asic(S19J_PRO));

  await choose(page, "farm.csv", plainFile(prices));

  await expectTotals(page, sums);
  await expect(message(page)).toHaveText(/^farm\.csv: .*\.$/);
  await expect(message(page)).toHaveAttribute("data-how", "done");
  await expect(page.locator("#sell-basis")).toHaveText(
    /^1 MW of Antminer S19j Pro \(100 TH\/s\), .*: 240 h with 240 prices \(farm\.csv, .*\)\.$/,
  );
  await expect(page.locator("#sell-left-out")).toHaveText("");
  await expect(section(page).getByLabel(/^1 .* in USD/)).toBeHidden();
  await expect(page.locator("#sell-chart canvas")).toBeVisible();

  // The sentence says what the table has.
  const rules = await rulesOf(page);
  const [strike = "", more = "", share = "", mined = "", sold = ""] = rules.get("Mine up to the strike") ?? [];
  await expect(page.locator("#sell-insight")).toHaveText(
    new RegExp(
      `^Selling power instead of mining when power was worth more than \\d+\\.\\d\\d USD/MWh \\(the strike, on average\\) would have earned ${more.slice(1)} USD more than mining always, per MW\\. It would have sold power \\d+\\.\\d% of the time\\.$`,
    ),
  );
  expect(numberOf(share)).toBeGreaterThan(95);
  expect(numberOf(mined) + numberOf(sold)).toBeCloseTo(240, 0);

  // 5 days of September, 5 of October.
  const months = await cellsOf(page.locator("#sell-months tr"));
  const [header = [], september = [], october = [], total = []] = months;
  expect(months).toHaveLength(4);
  expect([september[0], october[0], total[0]]).toEqual(["2025-09", "2025-10", "Total"]);
  const usd = header.flatMap((name, at) => (/USD$/.test(name) ? [at] : []));
  expect(usd).toHaveLength(5);
  for (const at of usd)
    expect(Math.abs(numberOf(september[at]) + numberOf(october[at]) - numberOf(total[at]))).toBeLessThan(2);
  expect(total[header.indexOf("Strike, USD")]).toBe(strike);

  // All chosen miners at once.
  const machines = await cellsOf(page.locator("#sell-machines tbody tr"));
  expect(machines.map(([name]) => name)).toEqual([S19J_PRO, S21_PRO, S23_HYD]);
  expect(machines[1]?.[1]).toBe(formatNumber((await totals(api, prices, await api.asic(S21_PRO))).always, 0));

  // The table has a hundred prices per page.
  await result(page).getByText("Interval by interval").click();
  const expected = prices.map(({ start, usd }) => [formatTime(start), formatNumber(usd, 2)]);
  const shown = async () => (await cellsOf(rows(page))).map((cells) => cells.slice(0, 2));
  await expect(rows(page).first()).toBeVisible();
  expect(await shown()).toEqual(expected.slice(0, 100));
  await expect(result(page).getByRole("button", { name: "Earlier" })).toBeDisabled();
  await result(page).getByRole("button", { name: "Later" }).click();
  await expect(result(page).getByText("101 to 200 of 240")).toBeVisible();
  expect(await shown()).toEqual(expected.slice(100, 200));
  await result(page).getByRole("button", { name: "Later" }).click();
  expect(await shown()).toEqual(expected.slice(200));
  await expect(result(page).getByRole("button", { name: "Later" })).toBeDisabled();

  const { name, text } = await downloadText(page, result(page).getByRole("button", { name: "CSV by interval" }));
  expect(name).toBe("hashlake-mine-or-sell-antminer-s19j-pro-100.csv");
  const lines = csvRows(text);
  expect(lines).toHaveLength(240);
  prices.forEach(({ start, end, usd }, at) => {
    const line = lines[at] ?? {};
    const iso = (time: number) => new Date(time).toISOString().replace(".000", "");
    expect(line).toMatchObject({ from: iso(start), to: iso(end) });
    expectNumber(line.power_price_usd_per_mwh, usd);
    const revenue = Number(line.mining_revenue_usd_per_mwh);
    if (Math.abs(revenue - usd) > 5) expect(line.optimal).toBe(usd < revenue ? "mine" : "sell");
  });
  const earned = lines.reduce((sum, line) => sum + Number(line.mining_revenue_usd_per_mwh), 0);
  expect(Math.abs(earned - sums.always)).toBeLessThan(1e-6 * sums.always);

  const file = await downloadText(page, result(page).getByRole("button", { name: "CSV by month" }));
  expect(file.name).toBe("hashlake-mine-or-sell-months.csv");
  const byMonth = csvRows(file.text);
  expect(byMonth.map(({ asic_id, month }) => [asic_id, month])).toEqual(
    ["antminer-s19j-pro-100", "antminer-s21-pro-234", "antminer-s23-hyd-580"].flatMap((id) =>
      ["2025-09", "2025-10", "Total"].map((month) => [id, month]),
    ),
  );
  expectNumber(byMonth[2]?.always_usd, sums.always);
  expectNumber(byMonth[2]?.never_usd, sums.never);
});

test("the verdict is announced: its place is there before the file, and the status changes", async ({ page }) => {
  await freezeApi(page);
  await open(page);
  const verdict = section(page).getByRole("status").and(page.locator("#sell-insight"));
  await expect(verdict).toHaveText("");

  await choose(page, "farm.csv", plainFile(pricesFrom("2025-09-10T00:00:00Z", 48)));

  await expect(verdict).toHaveText(/^Selling power instead of mining when /);

  await choose(page, "later.csv", plainFile(pricesFrom("2031-09-10T00:00:00Z", 48)));
  await expect(page.locator("#sell-problem")).toHaveText(/^No data for the time of these prices/);
  await expect(verdict).toHaveText("");
});

test("months and hours of the day are those of the file's time zone", async ({ page }) => {
  await freezeApi(page);
  await open(page);
  // September 1 begins in Berlin at 22:00 UTC of August 31.
  const prices = pricesFrom("2025-08-31T22:00:00Z", 48);
  const file = ["time (Europe/Berlin),USD/MWh", ...prices.map(({ start, usd }) => `${clock(start, 2)},${usd}`)];

  await choose(page, "berlin.csv", file.join("\n"));

  await expect(page.locator("#sell-months tbody tr")).toHaveText([/^2025-09/]);
  await expect(section(page).getByRole("heading", { name: "By month (Europe/Berlin)" })).toBeVisible();
  await expect(page.locator("#sell-hours-words")).toHaveText(/^Hours are those of the file \(Europe\/Berlin\)\. /);
  await page.locator("#sell-hours ~ details").click();
  const hours = await cellsOf(page.locator("#sell-hours-table tr"));
  expect(hours[0]?.[0]).toBe("Hour (Europe/Berlin)");
  expect(hours[1]?.[1]).toBe(formatNumber((priceOf(0) + priceOf(24)) / 2, 2));
  const { text } = await downloadText(page, result(page).getByRole("button", { name: "CSV by month" }));
  expect(csvRows(text)[0]).toMatchObject({ month: "2025-09", time_zone: "Europe/Berlin" });
});

test("who buys power pays for what is mined, and nothing for what is not", async ({ page }) => {
  const api = await freezeApi(page);
  await open(page);
  const prices = pricesFrom("2025-09-10T00:00:00Z", 48);
  const { always, never, optimal } = await totals(api, prices, await api.asic(S19J_PRO));
  await choose(page, "farm.csv", plainFile(prices));
  await expect(profit(page, "Mine always")).toHaveText(formatNumber(always, 0));

  await result(page).getByRole("radio", { name: "I buy the power" }).check();

  await expect(profit(page, "Mine always")).toHaveText(formatNumber(always - never, 0));
  await expect(profit(page, "Never mine")).toHaveText("0");
  await expect(profit(page, "Optimal dispatch (perfect foresight)")).toHaveText(formatNumber(optimal - never, 0));
  await expect(page.locator("#sell-insight")).toHaveText(/^Curtailing when power cost more than /);
  await expect(page).toHaveURL(/[?&]role=buy/);

  await open(page, page.url());
  await choose(page, "farm.csv", plainFile(prices));
  await expect(profit(page, "Never mine")).toHaveText("0");
  await expect(result(page).getByRole("radio", { name: "I buy the power" })).toBeChecked();
});

test("a fleet earns by its counts, and the power that the site uses besides", async ({ page }) => {
  await open(page, "/?asics=antminer-s21-pro-234*100,custom:200:5000*20&overhead=0.1");
  const prices = pricesFrom("2025-09-10T00:00:00Z", 24);
  await choose(page, "farm.csv", plainFile(prices));

  // 100 x 3,510 W and 20 x 5,000 W, and a tenth more: 0.4961 MW.
  await expect(page.locator("#sell-fleet")).toHaveText(/^Your fleet of 120 miners \(0\.496 MW\) would have earned /);
  const machines = await cellsOf(page.locator("#sell-machines tbody tr"));
  const [first = 0, second = 0] = machines.map((cells) => numberOf(cells[2]));
  const all = /earned ([\d,]+) USD by the strike/.exec((await page.locator("#sell-fleet").textContent()) ?? "")?.[1];
  expect(Math.abs(numberOf(all) - (0.3861 * first + 0.11 * second))).toBeLessThan(2);
});

test("a constant, a band and a hold of the user's own change what the rules earn", async ({ page }) => {
  const api = await freezeApi(page);
  await open(page);
  const prices = pricesFrom("2025-09-10T00:00:00Z", 48);
  const { always, never } = await totals(api, prices, await api.asic(S19J_PRO));
  await choose(page, "farm.csv", plainFile(prices));
  await expect(profit(page, "Mine always")).toHaveText(formatNumber(always, 0));
  await expect(profit(page, "(constant)")).toHaveText(/\d/);

  // All prices are above -100 and below 1000 USD/MWh.
  await result(page).getByLabel("Constant").fill("-100");
  await expect(profit(page, "Mine up to \u2212100.00 USD/MWh (constant)")).toHaveText(formatNumber(never, 0));
  await result(page).getByLabel("Constant").fill("1000");
  await expect(profit(page, "Mine up to 1,000.00 USD/MWh (constant)")).toHaveText(formatNumber(always, 0));

  const starts = async () => Number((await rulesOf(page)).get("Mine up to the strike")?.at(-1));
  const before = await starts();
  expect(before).toBeGreaterThan(5);
  await result(page).getByLabel("Hold").fill("144");
  await expect.poll(starts).toBeLessThan(3);
  await result(page).getByLabel("Band").fill("3.5");

  // A link has them too.
  await expect
    .poll(async () => Object.fromEntries(await queryOf(page)))
    .toMatchObject({ "sell.constant": "1000", "sell.band": "3.5", "sell.hold": "144" });
  const query = await queryOf(page);
  await page.goto(`/?${query}`);
  await choose(page, "farm.csv", plainFile(prices));
  await expect(profit(page, "Mine up to 1,000.00 USD/MWh (constant)")).toHaveText(formatNumber(always, 0));
  await expect(result(page).getByLabel("Hold")).toHaveValue("144");
  await expect(result(page).getByLabel("Band")).toHaveValue("3.5");
});

test("zoom changes totals and tables, by mouse, by keyboard and by buttons", async ({ page }) => {
  const api = await freezeApi(page);
  await open(page);
  const machine = await api.asic(S19J_PRO);
  const prices = pricesFrom("2025-09-10T00:00:00Z", 96);
  await choose(page, "farm.csv", plainFile(prices));
  const whole = await totals(api, prices, machine);
  await expectTotals(page, whole);
  const back = result(page).getByRole("button", { name: "Whole file" });
  await expect(back).toBeDisabled();
  const count = async () => Number(/(\d+) prices/.exec((await page.locator("#sell-basis").textContent()) ?? "")?.[1]);

  const shownPrices = async () => {
    const start = Date.parse(`${(await page.locator("#sell-range").textContent())?.split(" to ")[0]} UTC`);
    const first = prices.findIndex((price) => price.start === start);
    return prices.slice(first, first + (await count()));
  };

  // A drag from a quarter to three quarters of the plot.
  const plot = page.locator("#sell-chart .u-over");
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  if (box === null) throw new Error("there is no chart");
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width / 4, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, y);
  await page.mouse.move(box.x + (3 * box.width) / 4, y);
  await page.mouse.up();

  await expect(back).toBeEnabled();
  const zoomed = await shownPrices();
  expect(Math.abs(zoomed.length - 48)).toBeLessThan(3);
  expect(Math.abs(prices.indexOf(zoomed[0] as PriceInterval) - 24)).toBeLessThan(3);
  await expectTotals(page, await totals(api, zoomed, machine));

  await back.click();
  await expectTotals(page, whole);

  const slider = result(page).getByRole("slider", { name: "Electricity price and strike" });
  await slider.focus();
  await page.keyboard.press("Home");
  await expect(slider).toHaveAttribute(
    "aria-valuetext",
    new RegExp(
      `Electricity price ${formatNumber(priceOf(0), 2)} USD/MWh; Antminer S19j Pro \\(100 TH/s\\): strike \\d+`,
    ),
  );
  await expect(page.locator("#sell-legend tbody tr").first()).toHaveText(
    `Electricity price${formatNumber(priceOf(0), 2)}`,
  );
  await page.keyboard.press("ArrowRight");
  await expect(page.locator("#sell-legend tbody tr").first()).toHaveText(
    `Electricity price${formatNumber(priceOf(1), 2)}`,
  );
  await page.keyboard.press("+");
  await expect.poll(count).toBe(48);
  await expectTotals(page, await totals(api, await shownPrices(), machine));
  await page.keyboard.press("Escape");
  await expect.poll(count).toBe(96);

  await result(page).getByRole("button", { name: "Zoom in" }).click();
  await expect.poll(count).toBe(48);
  await result(page).getByRole("button", { name: "Zoom out" }).click();
  await expect.poll(count).toBe(96);
  await expect(back).toBeDisabled();
});

test("an example can be tried with one click, and says everywhere that its prices are made up", async ({ page }) => {
  await open(page);

  await section(page).getByRole("button", { name: "Try an example" }).click();

  await expect(page.locator("#sell-insight")).toHaveText(
    /^With made-up prices: selling power instead of mining when /,
    {
      timeout: 30_000, // It loads three months of blocks.
    },
  );
  await expect(page.locator("#sell-basis")).toHaveText(/\(made-up prices\)\.$/);
  await expect(page.locator("#sell-spikes")).toHaveText(
    /^The axis ends at \d+ USD\/MWh: \d+ of [\d,]+ prices are above the axis, the highest [\d,.]+ USD\/MWh\.$/,
  );
  await expect(page.locator("#sell-hours svg rect.price")).toHaveCount(24);
  await expect(page.locator("#sell-hours-table tbody tr")).toHaveCount(24);
  await expect(page.locator("#sell-duration svg polyline")).toHaveCount(1);
  await expect(page.locator("#sell-duration-words")).toHaveText(/In \d+\.\d% of the time, power was below /);
  const { name } = await downloadText(page, result(page).getByRole("button", { name: "CSV by interval" }));
  expect(name).toMatch(/-made-up-prices\.csv$/);
  const image = page.waitForEvent("download");
  await result(page).getByRole("button", { name: "Download image" }).click();
  expect((await image).suggestedFilename()).toBe("hashlake-mine-or-sell-chart-made-up-prices.png");
});

test("a dropped ERCOT file is read in quarter-hours of Texas time, at the chosen place", async ({ page }) => {
  const api = await freezeApi(page);
  await open(page);
  // In September Texas is five hours behind UTC: its day begins at 05:00 UTC.
  const average = pricesFrom("2025-09-10T05:00:00Z", 96, HOUR / 4);
  const north = average.map((price, at) => ({ ...price, usd: priceOf(at + 40) }));
  const lines = average.flatMap((price, at) => {
    const when = `09/10/2025,${Math.floor(at / 4) + 1},${(at % 4) + 1}`;
    return [`${when},HB_NORTH,HU,${north[at]?.usd},N`, `${when},HB_HUBAVG,AH,${price.usd},N`];
  });

  await drop(
    page,
    "rtm.csv",
    [
      "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag",
      ...lines,
    ].join("\n"),
  );

  const machine = await api.asic(S19J_PRO);
  await expect(message(page)).toHaveText("rtm.csv: 96 prices of Sep 10, 2025.");
  await expectTotals(page, await totals(api, average, machine));

  await section(page).getByRole("combobox", { name: "Place or node" }).selectOption("HB_NORTH");
  await expectTotals(page, await totals(api, north, machine));
});

test("a Nord Pool file in euros shows no result until the user enters an exchange rate", async ({ page }) => {
  const api = await freezeApi(page);
  await open(page);
  // In September the clocks of Oslo and Stockholm are two hours ahead of UTC.
  const euros = pricesFrom("2025-09-09T22:00:00Z", 24);
  const comma = (value: number) => String(value).replace(".", ",");
  const lines = euros.map(({ start, end, usd }) => {
    const localTime = (time: number) => clock(time, 2).replace(/^(\d+)-(\d+)-(\d+) (.*)$/, "$3.$2.$1 $4:00");
    return `"${localTime(start)}";"${localTime(end)}";"${comma(usd)}";"0,50"`;
  });
  const file = ['"Delivery Start (CET)";"Delivery End (CET)";"SE3 Price (EUR)";"NO1 Price (EUR)"', ...lines].join("\n");

  await choose(page, "nordpool.csv", file);

  await expect(message(page)).toHaveText("nordpool.csv: 24 prices of Sep 10, 2025. Needed to go on: exchange rate.");
  await expect(result(page)).toBeHidden();

  await section(page).getByLabel("1 EUR in USD").fill("1.17");

  const machine = await api.asic(S19J_PRO);
  const dollars = euros.map((price) => ({ ...price, usd: price.usd * 1.17 }));
  await expectTotals(page, await totals(api, dollars, machine));

  await section(page).getByLabel("1 EUR in USD").fill("1.05");
  const at105 = euros.map((price) => ({ ...price, usd: price.usd * 1.05 }));
  await expectTotals(page, await totals(api, at105, machine));

  await section(page).getByRole("combobox", { name: "Place or node" }).selectOption("NO1");
  const no1 = euros.map((price) => ({ ...price, usd: 0.5 * 1.05 }));
  await expectTotals(page, await totals(api, no1, machine));

  await section(page).getByLabel("1 EUR in USD").fill("");
  await expect(result(page)).toBeHidden();
});

test("another machine, other terms or another clock update the result without another request", async ({ page }) => {
  const api = await freezeApi(page);
  await open(page, "/?asics=antminer-s21-pro-234,antminer-s23-hyd-580,custom:100:2000&fee=2&overhead=0.05&adder=3");
  const prices = pricesFrom("2025-10-01T00:00:00Z", 48);
  await choose(page, "farm.csv", plainFile(prices));
  const after = (machine: Pick<Asic, "hashrate_ths" | "power_w">, fee: number) =>
    totals(api, prices, machine, (usd) => (usd * (1 - fee)) / 1.05 - 3);
  const own = { hashrate_ths: 100, power_w: 2_000 };
  await expectTotals(page, await after(await api.asic(S21_PRO), 0.02));
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));

  const miner = result(page).getByRole("combobox", { name: "Miner" });
  await miner.selectOption(S23_HYD);
  await expectTotals(page, await after(await api.asic(S23_HYD), 0.02));
  await expect(page.locator("#sell-basis")).toContainText(S23_HYD);

  await miner.selectOption({ index: 2 });
  await expectTotals(page, await after(own, 0.02));

  await page.getByRole("spinbutton", { name: "Pool fee" }).fill("5");
  await expectTotals(page, await after(own, 0.05));

  await result(page).getByText("Interval by interval").click();
  await page.getByLabel("Times").selectOption("local");
  await expect(page.locator("#sell-data thead th").first()).toHaveText("From (local time)");
  expect((await cellsOf(rows(page))).map(([time]) => time)).toEqual(
    prices.map(({ start }) => formatTime(start, "America/New_York")),
  );
  await expect(page.locator("#sell-hours-words")).toHaveText(/^Hours are local time\. /);

  expect(asked.filter((url) => /\/blocks\?from_height|interval=day&fields=height/.test(url))).toEqual([]);
});

test("hours without data are left out, and counted; a file without any gets one sentence", async ({ page }) => {
  const api = await freezeApi(page);
  await open(page);
  const { first_height } = (await api.status()).lake;
  const known = await api.blocks(`from_height=${first_height + 143}&limit=1`);
  // From the arrival of the 144th block on, its fees and those before it are known.
  const arrival = Date.parse(known[0]?.time ?? "");
  const firstHour = Math.floor(arrival / HOUR) * HOUR;
  const prices = pricesFrom(new Date(firstHour - 10 * HOUR).toISOString(), 34);

  await choose(page, "early.csv", plainFile(prices));

  await expectTotals(page, await totals(api, prices, await api.asic(S19J_PRO)));
  await expect(page.locator("#sell-left-out")).toHaveText(/^Left out: 1\d(\.\d+)? h without blocks or a BTC price\.$/);
  await result(page).getByText("Interval by interval").click();
  await expect(rows(page).first()).toBeVisible();
  expect((await cellsOf(rows(page)))[8]).toEqual([
    formatTime(firstHour - 2 * HOUR),
    formatNumber(priceOf(8), 2),
    "–",
    "–",
    "–",
    "–",
  ]);

  await choose(page, "2019.csv", plainFile(pricesFrom("2019-01-01T00:00:00Z", 24)));

  await expect(page.locator("#sell-problem")).toHaveText(
    /^No data for the time of these prices \(.*2019.*\): blocks with a BTC price exist from .*2025.* to .*2025/,
  );
  await expect(result(page)).toBeHidden();
});

test("an unreadable file gives an error message, and keeps the previous result", async ({ page }) => {
  const api = await freezeApi(page);
  await open(page);
  const files: readonly (readonly [string, string, RegExp])[] = [
    ["empty.csv", "", /^The file is empty\. /],
    ["prices.xlsx", "PK\u0003\u0004 and so on", /^The file is damaged or incomplete\. Download it again\.$/],
    ["login.csv", "<!doctype html><title>Log in</title>", /^This is a web page, not CSV/],
    ["prices.json", '[{"time": 1, "price": 2}]', /^This is JSON, not CSV\./],
    ["story.csv", "once,upon\na,time\nthere,was\n", /^No row has a time that can be read: line 2 reads “a \| time”\./],
  ];

  for (const [name, text, words] of files) {
    await choose(page, name, text);
    await expect(message(page)).toHaveText(words);
    await expect(message(page)).toHaveAttribute("data-how", "failed");
    await expect(message(page)).not.toHaveText(/\.\./);
    await expect(result(page)).toBeHidden();
  }

  const prices = pricesFrom("2025-09-10T00:00:00Z", 24);
  await choose(page, "farm.csv", plainFile(prices));
  const sums = await totals(api, prices, await api.asic(S19J_PRO));
  await expectTotals(page, sums);

  await choose(page, "empty.csv", "");
  await expect(message(page)).toHaveText(/^The file is empty\. .* The result below is still that of farm\.csv\.$/);
  await expectTotals(page, sums);
});

test("the file stays in the browser: no request contains its data, and nothing is stored", async ({ page }) => {
  const scripts = new Set<string>();
  page.on("response", (response) => {
    if (new URL(response.url()).pathname.endsWith(".js")) scripts.add(response.url());
  });
  await open(page);
  const sent: { method: string; url: URL; body: string | null }[] = [];
  page.on("request", (request) =>
    sent.push({ method: request.method(), url: new URL(request.url()), body: request.postData() }),
  );
  page.on("websocket", (socket) => sent.push({ method: "websocket", url: new URL(socket.url()), body: null }));
  const prices = pricesFrom("2025-09-10T00:00:00Z", 24).map((price, at) => ({
    ...price,
    usd: 73 + (123_456 + at) / 1e6,
  }));

  await choose(page, "secret-contract.csv", plainFile(prices));
  await expect(profit(page, "Sell always")).toHaveText(formatNumber(73.123456 * 24, 0));
  await page.waitForResponse(/\/status$/); // The page polls once more.

  const { origin } = new URL(page.url());
  expect(sent.filter(({ method, url, body }) => method !== "GET" || body !== null || url.origin !== origin)).toEqual(
    [],
  );
  // The server learns the first and the last day of the file, and nothing else: a week is added to both.
  const days = sent.filter(({ url }) => url.searchParams.get("fields") === "height,blocks");
  expect(days.map(({ url }) => Object.fromEntries(url.searchParams))).toEqual([
    { interval: "day", fields: "height,blocks", from: "2025-09-03T00:00:00Z", to: "2025-09-18T00:00:00Z" },
  ]);
  const pages = sent.filter(({ url }) => url.searchParams.has("from_height"));
  expect(pages.map(({ url }) => Number(url.searchParams.get("from_height")) % 1_000)).toEqual(pages.map(() => 0));
  expect(
    sent.filter(({ url }) => /73\.?12|secret|contract/.test(decodeURIComponent(url.pathname + url.search))),
  ).toEqual([]);
  expect(new URL(page.url()).search).not.toMatch(/secret|73/);
  const kept = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie.length]);
  expect(kept).toEqual([0, 0, 0]);
  // Databases and caches are looked for in the scripts, also in that of the worker, which reads the file.
  expect([...scripts].filter((url) => url.includes("/worker-"))).toHaveLength(1);
  for (const url of scripts) {
    // The browser does not keep the response of a worker that has ended.
    expect(await (await page.request.get(url)).text()).not.toMatch(/indexedDB|\bcaches\b|serviceWorker|getDirectory/);
  }
});

test.describe("while the API fails", () => {
  test.use({ expectedErrors: /503 \(Service Unavailable\)/ });

  test("an error is shown, and the same file can be chosen again", async ({ page }) => {
    const api = await freezeApi(page);
    await open(page);
    const prices = pricesFrom("2025-09-10T00:00:00Z", 24);
    const hours = /\/series\?interval=day&fields=height,blocks&/;
    await page.route(hours, (route) => route.fulfill({ status: 503, json: { detail: "the lake is being repaired" } }));

    await choose(page, "farm.csv", plainFile(prices));

    await expect(page.locator("#sell-problem")).toHaveText(
      "Couldn't load blocks for farm.csv: the lake is being repaired.",
    );
    await expect(result(page)).toBeHidden();

    await page.unroute(hours);
    await choose(page, "farm.csv", plainFile(prices));

    await expect(message(page)).toHaveAttribute("data-how", "done");
    await expectTotals(page, await totals(api, prices, await api.asic(S19J_PRO)));
  });
});

test.describe("while a part of the blocks cannot be read", () => {
  test.use({ expectedErrors: /503 \(Service Unavailable\)/ });

  test("the server's reason stays, whatever arrives after it, and can be tried again with one click", async ({
    page,
  }) => {
    const api = await freezeApi(page);
    await open(page);
    const prices = pricesFrom("2025-09-10T00:00:00Z", 30 * 24);
    const pages = /\/blocks\?from_height=(\d+)&limit=1000/;
    let refused = "";
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    let late = 0;
    await page.route(pages, async (route) => {
      const [, height = ""] = pages.exec(route.request().url()) ?? [];
      refused ||= height;
      if (height === refused) return route.fulfill({ status: 503, json: { detail: "the file of 2025-10 is damaged" } });
      late += 1;
      await released;
      await route.fallback();
    });

    await choose(page, "farm.csv", plainFile(prices));

    const problem = page.locator("#sell-problem");
    const reason = "Couldn't load blocks for farm.csv: the file of 2025-10 is damaged.";
    await expect(problem).toHaveText(reason);
    expect(late).toBeGreaterThan(0);
    release();
    await page.waitForLoadState("networkidle");
    await expect(problem).toHaveText(reason);

    await page.unroute(pages);
    await page.getByRole("button", { name: "Try again" }).click();

    await expectTotals(page, await totals(api, prices, await api.asic(S19J_PRO)));
    await expect(problem).toHaveText("");
    await expect(page.getByRole("button", { name: "Try again" })).toHaveCount(0);
  });
});

test("of two files the last one chosen counts, even if the other's response arrives later", async ({ page }) => {
  const api = await freezeApi(page);
  await open(page);
  const [early, late] = [pricesFrom("2025-09-10T00:00:00Z", 24), pricesFrom("2025-10-10T00:00:00Z", 24)];
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  let asked = false;
  await page.route(/\/series\?interval=day&fields=height,blocks&from=2025-09-0/, async (route) => {
    asked = true;
    await released;
    await route.fallback();
  });

  await choose(page, "early.csv", plainFile(early));
  await expect.poll(() => asked).toBe(true);
  await choose(page, "late.csv", plainFile(late));

  const sums = await totals(api, late, await api.asic(S19J_PRO));
  await expect(message(page)).toHaveText(/^late\.csv: /);
  await expectTotals(page, sums);
  release();
  await page.waitForResponse(/\/status$/);
  await expect(message(page)).toHaveText(/^late\.csv: /);
  await expectTotals(page, sums);
});
