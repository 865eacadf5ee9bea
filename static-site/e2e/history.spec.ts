// All history, the charts of the network, and what the chart's legend and buttons do.

import type { Page } from "@playwright/test";
import type { DifficultyJson } from "../src/model/api-types";
import { ALL_HISTORY, serveAllHistory, withoutDays } from "./all-history";
import { expect, test } from "./fixtures";
import {
  cents,
  chartOf,
  choose,
  chooser,
  getJson,
  type KnownSeries,
  legendOf,
  queryOf,
  signedPercent,
  timeRangeOf,
  waitForChart,
  whole,
} from "./page-helpers";

const BLOCKS = "from=2025-10-01T00:00:00Z&to=2025-10-03T00:30:00Z";
const MACHINES = ["antminer-s19j-pro-100", "antminer-s21-pro-234"];

/** Opens the page with all history, whatever the server has. */
async function openAll(page: Page, settings = `&asics=${MACHINES.join()}`, json: unknown = ALL_HISTORY): Promise<void> {
  await serveAllHistory(page, json);
  await page.goto(`/?range=all${settings}`);
  await waitForChart(page);
}

/** Colours on a vertical line through the chart, at a part of its width. */
async function coloursAt(page: Page, part: number): Promise<string[]> {
  return page.locator("#chart canvas").evaluate((canvas: HTMLCanvasElement, part) => {
    const over = document.querySelector("#chart .u-over") as HTMLElement;
    const ctx = canvas.getContext("2d") as CanvasRenderingContext2D;
    const x = over.offsetLeft + Math.round(over.offsetWidth * part);
    const { data } = ctx.getImageData(x - 3, over.offsetTop, 7, over.offsetHeight);
    const found = new Set<string>();
    for (let at = 0; at < data.length; at += 4) found.add(`rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`);
    return [...found];
  }, part);
}

const swatchColours = (page: Page) =>
  page.locator("#legend tbody .swatch").evaluateAll((all) => all.map((swatch) => getComputedStyle(swatch).color));

test.describe("all history", () => {
  test("is on logarithmic axes until the user chooses, which the link keeps", async ({ page }) => {
    await openAll(page, "&second=price");
    const lead = (await swatchColours(page))[0] ?? "";
    // On a linear axis the line of 2024 is at the bottom, and that of 2011 at the top.
    const middle = async () => coloursAt(page, 0.5);
    expect(await middle()).toContain(lead);

    await choose(page, "Y axis", "linear");

    await expect.poll(async () => Object.fromEntries(await queryOf(page))).toMatchObject({ scale: "linear" });
    await page.reload();
    await waitForChart(page);
    await expect(chooser(page, "Y axis")).toHaveValue("linear");
  });

  test("counts a miner only from its release on, and says so", async ({ page }) => {
    await openAll(page);

    // The S21 Pro was released in July 2024.
    await page.getByRole("button", { name: "Antminer S21 Pro" }).and(page.locator(".lead")).click();

    await expect(page.locator("#in-words")).toHaveText(
      /^Antminer S21 Pro \(234 TH\/s\): profitable in \d+% of blocks since its release in Jul 2024 at 50 USD\/MWh, average margin /,
    );
    // 1 July 2024 is day 5,658 of the double, its last point day 6,332: 674 days.
    await expect(page.locator("#chart-sums")).toContainText(
      `in ${whole(674 * 24)} of ${whole(6_332 * 24)} hours: revenue`,
    );
  });

  test("has a median margin for a machine that could always be had", async ({ page }) => {
    await openAll(page, "&asics=custom:14:1400");

    expect((await legendOf(page)).rows[0]?.margin).toMatch(/^median [+−]/);
    await expect(page.locator("#in-words")).toContainText(", median margin ");
  });

  test("with a gap says how many blocks have no data", async ({ page }) => {
    await openAll(page, "&asics=custom:14:1400", withoutDays(4_000, 4_600));

    // 600 days of 150 blocks are missing. 550 days have no price: 82,500 blocks.
    await expect(page.locator("#in-words")).toContainText(
      `of ${whole(949_950 - 90_000 - 82_500)} blocks (${whole(90_000)} have no data, ${whole(82_500)} have no BTC price)`,
    );
  });

  test("is named by when the data start where a button promises more", async ({ page }) => {
    await page.goto("/?range=1y");
    await waitForChart(page);
    await expect(page.locator("#chart-since")).toHaveText("since Aug 11, 2025");

    await page.getByRole("button", { name: "7D" }).click();
    await waitForChart(page);
    await expect(page.locator("#chart-since")).toHaveText("");
  });
});

test("a single block is a dot", async ({ page, request }) => {
  const { time } = await getJson<KnownSeries>(request, `/series?interval=block&fields=height&${BLOCKS}`);
  const one = (column: unknown) => (Array.isArray(column) ? column.slice(100, 101) : column);
  await page.route("**/api/v1/series?*", async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    const columns = Object.fromEntries(Object.entries(json.columns).map(([name, values]) => [name, one(values)]));
    await route.fulfill({ response, json: { ...json, time: one(json.time), columns } });
  });
  await page.goto(`/?${BLOCKS}&asics=${MACHINES[0]}`);
  await waitForChart(page);
  const { from, to } = await timeRangeOf(page);
  // The range is requested with 5 % more on each side: about 15 blocks come before it.
  const { height } = await legendOf(page);
  const { columns } = await getJson<KnownSeries>(request, `/series?interval=block&fields=height&${BLOCKS}`);
  const at = Date.parse(time[(columns.height ?? []).indexOf(height)] ?? "");

  expect(await coloursAt(page, (at - from) / (to - from))).toContain((await swatchColours(page))[0]);
});

test.describe("legend", () => {
  test("colours stay with their machines when another is removed or made the leading one", async ({ page }) => {
    await page.goto(`/?${BLOCKS}`);
    await waitForChart(page);
    const [, second, third] = await swatchColours(page);

    await page.getByRole("button", { name: "Remove Antminer S19j Pro (100 TH/s)" }).click();
    await expect(page.locator("#legend tbody tr")).toHaveCount(2);
    expect(await swatchColours(page)).toEqual([second, third]);

    const rows = page.locator("#legend .lead");
    await expect(rows.first()).toHaveAttribute("aria-pressed", "true");
    await rows.nth(1).focus();
    await page.keyboard.press("Enter");

    await expect(rows.first()).toContainText("S23 Hyd");
    await expect(rows.first()).toBeFocused();
    await expect(rows.first()).toHaveAttribute("aria-pressed", "true");
    expect(await swatchColours(page)).toEqual([third, second]);
    await expect.poll(async () => (await queryOf(page)).get("asics")).toBe("antminer-s23-hyd-580,antminer-s21-pro-234");
  });

  for (const viewport of [
    { width: 1280, height: 800 },
    { width: 390, height: 844 },
  ]) {
    test(`of eight machines is in sight together with the chart at ${viewport.width} px`, async ({ page }) => {
      await page.setViewportSize(viewport);
      await page.goto(
        "/?second=price&asics=antminer-s19-95,antminer-s21-200,antminer-s21-pro-234,antminer-s23-318,antminer-t21-190,avalon-q-90,whatsminer-m60-172,custom:200:3000",
      );
      await waitForChart(page);

      const [legend, chart] = await Promise.all(["#legend", "#chart"].map((id) => page.locator(id).boundingBox()));

      expect(legend?.y ?? NaN).toBeLessThan(chart?.y ?? NaN);
      expect((chart?.y ?? NaN) + (chart?.height ?? NaN) - (legend?.y ?? NaN)).toBeLessThan(viewport.height);
    });
  }
});

test.describe("charts of the network", () => {
  const charts = [
    { chart: "hashprice", field: "usd_per_ph_day_144", text: cents },
    { chart: "hashrate", field: "network_hashrate_hs", text: (hs: number) => `${cents(hs / 1e18)}\u00a0EH/s` },
    { chart: "difficulty", field: "difficulty", text: (value: number) => `${cents(value / 1e12)}\u00a0T` },
  ] as const;
  for (const { chart, field, text } of charts) {
    test(`${chart}: shows the API's ${field}, and is in the link`, async ({ page, request }) => {
      const { columns } = await getJson<KnownSeries>(
        request,
        `/series?interval=block&fields=height,${field}&${BLOCKS}`,
      );
      await page.goto(`/?${BLOCKS}`);
      await waitForChart(page);

      await Promise.all([page.waitForRequest(/series/), choose(page, "Chart", chart)]);
      await waitForChart(page);
      await page.keyboard.press("Tab");

      const { rows, height } = await legendOf(page);
      expect(height).toBe(columns.height?.at(-1));
      expect(rows[0]?.value).toBe(text(columns[field]?.at(-1) ?? NaN));
      await expect.poll(async () => (await queryOf(page)).get("chart")).toBe(chart);
      await expect(page.locator("#in-words")).toHaveText("");
    });
  }

  test("fees may have their share on the right axis", async ({ page, request }) => {
    const { columns } = await getJson<KnownSeries>(
      request,
      `/series?interval=block&fields=height,fees_sat,fee_share&${BLOCKS}`,
    );

    await page.goto(`/?${BLOCKS}&chart=fees`);
    await waitForChart(page);
    await expect(page.locator("#legend-second")).toHaveCount(0);
    await expect(page.getByLabel("Unit", { exact: true })).toBeHidden(); // Fees are in BTC.
    await page.getByLabel("Compare with").selectOption("fee share");
    await waitForChart(page);

    expect((await legendOf(page)).rows[0]?.value).toBe(((columns.fees_sat?.at(-1) ?? NaN) / 1e8).toFixed(3));
    const share = columns.fee_share?.at(-1) ?? NaN;
    await expect(page.locator("#legend-second")).toHaveText(`${(100 * share).toFixed(1)}%`);
  });

  test("block time is the time between the last two blocks", async ({ page, request }) => {
    const { time } = await getJson<KnownSeries>(request, `/series?interval=block&fields=height&${BLOCKS}`);
    const [before, last] = time.slice(-2).map((text) => Date.parse(text));

    await page.goto(`/?${BLOCKS}&chart=blocktime`);
    await waitForChart(page);

    expect((await legendOf(page)).rows[0]?.value).toBe((((last ?? NaN) - (before ?? NaN)) / 60_000).toFixed(1));
  });

  test("the chart of difficulty ends with the next adjustment", async ({ page, request }) => {
    const json = await getJson<DifficultyJson>(request, "/difficulty");
    await page.route("**/api/v1/difficulty", (route) => route.fulfill({ json }));

    await page.goto("/?chart=difficulty");
    await waitForChart(page);

    await expect(page.locator("#chart-next")).toContainText(`in ${whole(json.retarget?.blocks_left ?? NaN)} blocks (~`);
    await expect(page.locator("#chart-next")).toContainText(/≈ [+−]\d+\.\d% \([+−]\d+\.\d% to [+−]?\d+\.\d%\)/);
    const green = await coloursAt(page, 0.99);
    expect(green.length).toBeGreaterThan(2); // Part of the interval is at the right edge.
  });
});

test.describe("buttons", () => {
  test("zoom around the middle, and move by half of what is shown", async ({ page }) => {
    await page.goto(`/?${BLOCKS}`);
    await waitForChart(page);
    const before = await timeRangeOf(page);
    const length = before.to - before.from;
    const press = async (name: string) => {
      await page.getByRole("button", { name, exact: true }).click();
      await waitForChart(page);
    };

    await press("Zoom in");
    await expect.poll(() => timeRangeOf(page)).toEqual({ from: before.from + length / 4, to: before.to - length / 4 });
    await press("Earlier");
    await expect.poll(() => timeRangeOf(page)).toEqual({ from: before.from, to: before.from + length / 2 });
    await press("Later");
    await press("Zoom out");
    await expect.poll(() => timeRangeOf(page)).toEqual(before);
    for (let undo = 0; undo < 4; undo++) await press("Undo zoom");
    await expect(page.getByRole("button", { name: "Undo zoom" })).toBeDisabled();
    expect(await timeRangeOf(page)).toEqual(before);
  });

  test("“Later” stops at the newest block", async ({ page }) => {
    await page.goto("/?range=7d");
    await waitForChart(page);
    const query = (await queryOf(page)).toString();

    await page.getByRole("button", { name: "Later", exact: true }).click();

    expect((await queryOf(page)).toString()).toBe(query);
  });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("options are folded, and two fingers zoom", async ({ page }) => {
    await page.goto(`/?${BLOCKS}`);
    await waitForChart(page);
    await expect(chooser(page, "Unit")).toBeHidden();
    await page.getByRole("button", { name: "Chart options" }).click();
    await expect(chooser(page, "Unit")).toBeVisible();

    await page.waitForLoadState("networkidle"); // What touch screens need is loaded.
    const before = await timeRangeOf(page);
    await page.locator("#chart .u-over").evaluate((over) => {
      const { left, top, width } = over.getBoundingClientRect();
      const fire = (type: string, parts: readonly number[]) => {
        const touches = parts.map(
          (part, identifier) =>
            new Touch({ identifier, target: over, clientX: left + width * part, clientY: top + 50 }),
        );
        over.dispatchEvent(new TouchEvent(type, { touches, cancelable: true, bubbles: true }));
      };
      fire("touchstart", [0.4, 0.6]);
      fire("touchmove", [0.2, 0.7]);
      fire("touchmove", [0.1, 0.9]);
      fire("touchend", []);
    });

    // What was between 40 % and 60 % is now between 10 % and 90 %: a quarter of the time, from 37.5 % on.
    const length = before.to - before.from;
    const pixel = length / 300;
    await expect
      .poll(async () => Math.abs((await timeRangeOf(page)).from - (before.from + 0.375 * length)))
      .toBeLessThan(pixel);
    const { from, to } = await timeRangeOf(page);
    expect(Math.abs(to - from - length / 4)).toBeLessThan(pixel);
  });
});

test("a screen reader gets a slider with the chart's range in a sentence", async ({ page, request }) => {
  const { columns } = await getJson<KnownSeries>(request, `/series?interval=block&fields=usd_per_ph_day&${BLOCKS}`);
  const usd = (columns.usd_per_ph_day ?? []).map((value) => (value * 1_000) / (24 * 30.5));
  await page.goto(`/?${BLOCKS}`);
  await waitForChart(page);

  await expect(chartOf(page)).toHaveAttribute("aria-roledescription", "chart");
  await expect(chartOf(page)).toHaveAttribute("aria-valuemax", String(usd.length - 1));
  const [first, last] = [usd[0], usd.at(-1)].map((value) => cents(value ?? NaN));
  // Those who see the chart read the change above it.
  const change = (usd.at(-1) ?? NaN) / (usd[0] ?? NaN) - 1;
  await expect(page.locator("#chart-change")).toHaveText(
    `Antminer S19j Pro (100 TH/s): from ${first} to ${last} USD/MWh, ${signedPercent(change)}`,
  );
  const [low, high] = [Math.min(...usd), Math.max(...usd)].map(cents);
  const time = "\\(.*? UTC\\)";
  await expect(page.locator("#chart-summary")).toHaveText(
    new RegExp(
      `USD/MWh: first ${first} ${time}, last ${last} ${time}, lowest ${low} ${time}, highest ${high} ${time}\\.$`,
    ),
  );
});
