import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { type Asic, type FrozenApi, freezeApi } from "./frozen-api";
import {
  cellsOf,
  csvRows,
  downloadText,
  earnings,
  expectNumber,
  fieldsOf,
  formatNumber,
  formatTime,
} from "./table-helpers";

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

/**
 * What mining earned in each interval: by the API's hashprice of that hour, or of the latest of the
 * six hours before it.
 */
async function mined(api: FrozenApi, prices: readonly PriceInterval[], machine: Asic): Promise<number[]> {
  const iso = (time: number) => new Date(time).toISOString().replace(".000", "");
  const [from, to] = [
    Math.min(...prices.map(({ start }) => start)) - 24 * HOUR,
    Math.max(...prices.map(({ end }) => end)),
  ];
  type Hours = { time: string[]; columns: { usd_per_ph_day: number[] } };
  const { time, columns } = await api.get<Hours>(
    `/series?interval=hour&fields=usd_per_ph_day&from=${iso(from)}&to=${iso(to)}`,
  );
  const hashprice = new Map(time.map((hour, at) => [Date.parse(hour), columns.usd_per_ph_day[at] ?? NaN]));
  return prices.map(({ start }) => {
    const hour = Math.floor(start / HOUR) * HOUR;
    const known = Array.from({ length: 7 }, (_, before) => hour - before * HOUR).find((time) => hashprice.has(time));
    return earnings(machine, hashprice.get(known ?? NaN) ?? null).mwh;
  });
}

type Totals = { mine: number; sell: number; best: number; hours: number; mineHours: number };

/** Totals of 1 MW, which consumes one MWh per hour. */
function totals(prices: readonly PriceInterval[], mine: readonly number[]): Totals {
  const sum: Totals = { mine: 0, sell: 0, best: 0, hours: 0, mineHours: 0 };
  prices.forEach(({ start, end, usd }, at) => {
    const [hours, mining] = [(end - start) / HOUR, mine[at] ?? NaN];
    sum.mine += mining * hours;
    sum.sell += usd * hours;
    sum.best += Math.max(mining, usd) * hours;
    sum.hours += hours;
    sum.mineHours += usd < mining ? hours : 0;
  });
  return sum;
}

const section = (page: Page) => page.getByRole("region", { name: "Mine or sell" });
const message = (page: Page) => page.locator("#sell-message");
const result = (page: Page) => page.locator("#sell-result");
const rows = (page: Page) => result(page).locator("tbody tr");

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

async function expectTotals(page: Page, { mine, sell, best, hours, mineHours }: Totals): Promise<void> {
  await expect(result(page).locator("[data-field=sell]")).toHaveText(formatNumber(sell, 0));
  await expect(result(page).locator("[data-field=mine]")).toHaveText(formatNumber(mine, 0));
  await expect(result(page).locator("[data-field=best]")).toHaveText(formatNumber(best, 0));
  await expect(result(page).locator("[data-field=share]")).toHaveText(`${formatNumber((100 * mineHours) / hours, 0)}%`);
  const more =
    mine > sell
      ? `mining earned ${formatNumber(mine - sell, 0)} USD more than selling`
      : `selling earned ${formatNumber(sell - mine, 0)} USD more than mining`;
  const switching = `Always choosing the better one would have earned ${formatNumber(best - Math.max(mine, sell), 0)} USD more than that.`;
  await expect(page.locator("#sell-words")).toContainText(`${more}. ${switching}`);
}

test("a chosen file of times and prices shows what mining, selling and the better one earned, hour by hour", async ({
  page,
}) => {
  const api = await freezeApi(page);
  await open(page);
  const prices = pricesFrom("2025-09-10T00:00:00Z", 240);
  const mine = await mined(api, prices, await api.asic(S19J_PRO));

  await choose(page, "farm.csv", plainFile(prices));

  await expect(message(page)).toHaveText(/^farm\.csv: .*\.$/);
  await expect(message(page)).toHaveAttribute("data-how", "done");
  await expectTotals(page, totals(prices, mine));
  await expect(page.locator("#sell-words")).toHaveText(
    /^With 1 MW of Antminer S19j Pro \(100 TH\/s\) for 240 hours \(240 prices\), /,
  );
  await expect(section(page).getByLabel(/^1 .* in USD/)).toBeHidden();
  await expect(page.locator("#sell-chart canvas")).toBeVisible();

  // The table has a hundred prices per page.
  await result(page).getByText("Price by price").click();
  const expected = prices.map(({ start, usd }, at) => {
    const mining = mine[at] ?? NaN;
    return [formatTime(start), formatNumber(usd, 2), formatNumber(mining, 2), usd < mining ? "mine" : "sell"];
  });
  expect(new Set(expected.map(([, , , better]) => better))).toEqual(new Set(["mine", "sell"]));
  await expect(page.locator("#sell-time")).toHaveText("From (UTC)");
  expect(await cellsOf(rows(page))).toEqual(expected.slice(0, 100));
  await expect(result(page).getByRole("button", { name: "Earlier" })).toBeDisabled();
  await result(page).getByRole("button", { name: "Later" }).click();
  await expect(result(page).getByText("101 to 200 of 240")).toBeVisible();
  expect(await cellsOf(rows(page))).toEqual(expected.slice(100, 200));
  await result(page).getByRole("button", { name: "Later" }).click();
  expect(await cellsOf(rows(page))).toEqual(expected.slice(200));
  await expect(result(page).getByRole("button", { name: "Later" })).toBeDisabled();

  const { name, text } = await downloadText(page, result(page).getByRole("button", { name: "CSV" }));
  expect(name).toBe("hashlake-mine-or-sell-antminer-s19j-pro-100.csv");
  const lines = csvRows(text);
  expect(lines).toHaveLength(240);
  prices.forEach(({ start, end, usd }, at) => {
    const line = lines[at] ?? {};
    const iso = (time: number) => new Date(time).toISOString().replace(".000", "");
    expect(line).toMatchObject({ from: iso(start), to: iso(end), better: expected[at]?.[3] });
    expectNumber(line.sell_usd_per_mwh, usd);
    expectNumber(line.mine_usd_per_mwh, mine[at] ?? NaN);
  });
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

  const mine = await mined(api, average, await api.asic(S19J_PRO));
  await expect(message(page)).toHaveText("rtm.csv: 96 prices of Sep 10, 2025.");
  await expectTotals(page, totals(average, mine));

  await section(page).getByRole("combobox", { name: "Place or node" }).selectOption("HB_NORTH");
  await expectTotals(page, totals(north, mine));
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

  const mine = await mined(api, euros, await api.asic(S19J_PRO));
  const dollars = euros.map((price) => ({ ...price, usd: price.usd * 1.17 }));
  await expectTotals(page, totals(dollars, mine));

  await section(page).getByLabel("1 EUR in USD").fill("1.05");
  await expectTotals(
    page,
    totals(
      euros.map((price) => ({ ...price, usd: price.usd * 1.05 })),
      mine,
    ),
  );

  await section(page).getByRole("combobox", { name: "Place or node" }).selectOption("NO1");
  await expectTotals(
    page,
    totals(
      euros.map((price) => ({ ...price, usd: 0.5 * 1.05 })),
      mine,
    ),
  );

  await section(page).getByLabel("1 EUR in USD").fill("");
  await expect(result(page)).toBeHidden();
});

test("another machine, fee or clock updates the result without another request", async ({ page }) => {
  const api = await freezeApi(page);
  await open(page, "/?asics=antminer-s21-pro-234,antminer-s23-hyd-580,custom:100:2000&fee=2");
  const prices = pricesFrom("2025-10-01T00:00:00Z", 48);
  await choose(page, "farm.csv", plainFile(prices));
  const after = async (machine: Asic, fee: number) =>
    totals(
      prices,
      (await mined(api, prices, machine)).map((usd) => usd * (1 - fee)),
    );
  await expectTotals(page, await after(await api.asic(S21_PRO), 0.02));
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));

  await section(page).getByRole("combobox", { name: "Machine" }).selectOption(S23_HYD);
  await expectTotals(page, await after(await api.asic(S23_HYD), 0.02));
  await expect(page.locator("#sell-words")).toContainText(S23_HYD);

  await section(page).getByRole("combobox", { name: "Machine" }).selectOption("Custom (100 TH/s, 2000 W)");
  await expectTotals(page, await after({ ...(await api.asic(S23_HYD)), hashrate_ths: 100, power_w: 2_000 }, 0.02));

  await page.getByRole("spinbutton", { name: "Pool fee" }).fill("5");
  await expectTotals(page, await after({ ...(await api.asic(S23_HYD)), hashrate_ths: 100, power_w: 2_000 }, 0.05));

  await result(page).getByText("Price by price").click();
  await page.getByLabel("Times").selectOption("local");
  await expect(page.locator("#sell-time")).toHaveText("From (local time)");
  expect((await cellsOf(rows(page))).map(([time]) => time)).toEqual(
    prices.map(({ start }) => formatTime(start, "America/New_York")),
  );

  expect(asked.filter((url) => url.includes("interval=hour"))).toEqual([]);
});

test("hours without data are left out, and counted", async ({ page }) => {
  const api = await freezeApi(page);
  await open(page);
  const { first_height } = (await api.status()).lake;
  const [first] = await api.blocks(`from_height=${first_height}&limit=1`);
  const firstHour = Math.floor(Date.parse(first?.median_time ?? "") / HOUR) * HOUR;
  const prices = pricesFrom(new Date(firstHour - 10 * HOUR).toISOString(), 34);

  await choose(page, "early.csv", plainFile(prices));

  const known = prices.slice(10);
  await expectTotals(page, totals(known, await mined(api, known, await api.asic(S19J_PRO))));
  await expect(page.locator("#sell-words")).toHaveText(
    / for 24 hours .* Left out are 10 hours for which the lake knows no hashprice\.$/,
  );
  await result(page).getByText("Price by price").click();
  expect((await cellsOf(rows(page)))[9]).toEqual([formatTime(firstHour - HOUR), formatNumber(priceOf(9), 2), "–", "–"]);

  await choose(page, "2019.csv", plainFile(pricesFrom("2019-01-01T00:00:00Z", 24)));

  await expect(page.locator("#sell-words")).toHaveText(
    "In the 24 hours of this file, the lake knows of no block with a price.",
  );
  expect(await fieldsOf(result(page).locator("dl"))).toEqual([{ mine: "0", sell: "0", best: "0", share: "–" }]);
});

test("an unreadable file gives an error message, and keeps the previous result", async ({ page }) => {
  const api = await freezeApi(page);
  await open(page);
  const files: readonly (readonly [string, string, RegExp])[] = [
    ["empty.csv", "", /^The file is empty\. /],
    ["prices.xlsx", "PK\u0003\u0004 and so on", /^This is an Excel or ZIP file\. Save the sheet as CSV/],
    ["login.csv", "<!doctype html><title>Log in</title>", /^This is a web page, not CSV/],
    ["prices.json", '[{"time": 1, "price": 2}]', /^This is JSON, not CSV\./],
    ["story.csv", "once,upon\na,time\nthere,was\n", /^No row has a time and a price\. Line 2 reads “a \| time”\./],
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
  const sums = totals(prices, await mined(api, prices, await api.asic(S19J_PRO)));
  await expectTotals(page, sums);

  await choose(page, "empty.csv", "");
  await expect(message(page)).toHaveText(/^The file is empty\. .* The result below is still that of farm\.csv\.$/);
  await expectTotals(page, sums);
});

test("the file stays in the browser: no request contains its data, and nothing is stored", async ({ page }) => {
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
  await expect(result(page).locator("[data-field=sell]")).toHaveText(formatNumber(73.123456 * 24, 0));
  await page.waitForResponse(/\/status$/); // The page polls once more.

  const { origin } = new URL(page.url());
  expect(sent.filter(({ method, url, body }) => method !== "GET" || body !== null || url.origin !== origin)).toEqual(
    [],
  );
  const hours = sent.filter(({ url }) => url.searchParams.get("fields") === "usd_per_ph_day");
  expect(hours).toHaveLength(1);
  // The server learns the first and the last hour of the file, and nothing else.
  expect(Object.fromEntries(hours[0]?.url.searchParams ?? [])).toEqual({
    interval: "hour",
    fields: "usd_per_ph_day",
    from: "2025-09-09T12:00:00Z",
    to: "2025-09-11T00:00:00Z",
  });
  expect(sent.filter(({ url }) => /73\.?12|secret|contract/.test(decodeURIComponent(url.href)))).toEqual([]);
  expect(page.url()).not.toMatch(/secret|73/);
  const kept = await page.evaluate(async () => {
    const [databases, stores] = [await indexedDB.databases(), await caches.keys()];
    return [localStorage.length, sessionStorage.length, document.cookie.length, databases.length, stores.length];
  });
  expect(kept).toEqual([0, 0, 0, 0, 0]);
});

test.describe("while the API fails", () => {
  test.use({ expectedErrors: /503 \(Service Unavailable\)/ });

  test("an error is shown, and the same file can be chosen again", async ({ page }) => {
    const api = await freezeApi(page);
    await open(page);
    const prices = pricesFrom("2025-09-10T00:00:00Z", 24);
    const hours = /\/series\?interval=hour&fields=usd_per_ph_day&/;
    await page.route(hours, (route) => route.fulfill({ status: 503, json: { detail: "the lake is being repaired" } }));

    await choose(page, "farm.csv", plainFile(prices));

    await expect(page.locator("#sell-problem")).toHaveText(
      "farm.csv is read, but what mining earned is not known: the lake is being repaired. Choose the file again to try again.",
    );
    await expect(result(page)).toBeHidden();

    await page.unroute(hours);
    await choose(page, "farm.csv", plainFile(prices));

    await expect(message(page)).toHaveAttribute("data-how", "done");
    await expectTotals(page, totals(prices, await mined(api, prices, await api.asic(S19J_PRO))));
  });
});

test("of two files the last one chosen counts, even if the other's response arrives later", async ({ page }) => {
  const api = await freezeApi(page);
  await open(page);
  const [early, late] = [pricesFrom("2025-09-10T00:00:00Z", 24), pricesFrom("2025-10-10T00:00:00Z", 24)];
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  let asked = false;
  await page.route(/\/series\?interval=hour&fields=usd_per_ph_day&from=2025-09/, async (route) => {
    asked = true;
    await released;
    await route.fallback();
  });

  await choose(page, "early.csv", plainFile(early));
  await expect.poll(() => asked).toBe(true);
  await choose(page, "late.csv", plainFile(late));

  const sums = totals(late, await mined(api, late, await api.asic(S19J_PRO)));
  await expect(message(page)).toHaveText(/^late\.csv: /);
  await expectTotals(page, sums);
  release();
  await page.waitForResponse(/\/status$/);
  await expect(message(page)).toHaveText(/^late\.csv: /);
  await expectTotals(page, sums);
});
