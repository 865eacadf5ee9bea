// The chart: its time ranges, and its numbers compared with the API's.

import type { Page } from "@playwright/test";
import type { BlocksJson, StatusJson, SummaryJson } from "../src/model/api-types";
import { expect, test } from "./fixtures";
import {
  cents,
  chartOf,
  choose,
  csvOf,
  DAY,
  download,
  dragOver,
  getJson,
  type KnownRevenue,
  type KnownSeries,
  type Legend,
  legendOf,
  MINUTE,
  marginOf,
  maxRelativeDifference,
  numberField,
  percent,
  plotOf,
  pointAt,
  profitability,
  queryOf,
  requestsOf,
  signedCents,
  signedWhole,
  timeField,
  timeRangeOf,
  waitForChart,
  whole,
  wholePercent,
} from "./page-helpers";

const MACHINES = ["antminer-s19j-pro-100", "antminer-s21-pro-234", "antminer-s23-hyd-580"];

// Ranges of the recording, each with the interval for its length. They end between two points, so
// that it does not matter whether a point at the end is included.
const BLOCKS = { interval: "block", query: "from=2025-10-01T00:00:00Z&to=2025-10-03T00:30:00Z" };
const HOURS = { interval: "hour", query: "from=2025-10-01T00:00:00Z&to=2025-10-31T23:30:00Z" };
const DAYS = { interval: "day", query: "from=2025-08-15T00:00:00Z&to=2025-11-15T12:00:00Z" };

type SampleRange = typeof BLOCKS;

async function open(page: Page, { query }: SampleRange, settings = ""): Promise<void> {
  await page.goto(`/?${query}${settings}`);
  await waitForChart(page);
}

const revenuePath = ({ interval, query }: SampleRange, asics: readonly string[], costs = "&power_price=50") =>
  `/revenue?interval=${interval}&asics=${asics.join()}&${query}${costs}`;

/** The index of the legend's point in the API's response; fails if the API has no such point. */
function indexOfPoint(revenue: KnownRevenue, { height }: Pick<Legend, "height">): number {
  const place = revenue.height.indexOf(height);
  expect(place, `the API has a point with block ${height}`).toBeGreaterThanOrEqual(0);
  return place;
}

test.describe("time range", () => {
  const ranges = [
    { button: "1D", days: 1, interval: "block" },
    { button: "7D", days: 7, interval: "block" },
    { button: "30D", days: 30, interval: "hour" },
    { button: "90D", days: 90, interval: "day" },
  ];
  for (const { button, days, interval } of ranges) {
    test(`${button} shows ${days} days, by ${interval}`, async ({ page }) => {
      const asked = requestsOf(page);
      await page.goto("/?range=all");
      await waitForChart(page);

      await page.getByRole("button", { name: button, exact: true }).click();
      await waitForChart(page);

      await expect(page.getByRole("button", { name: button, exact: true })).toHaveAttribute("aria-pressed", "true");
      await expect(page.getByRole("button", { name: "All", exact: true })).toHaveAttribute("aria-pressed", "false");
      expect(asked.findLast((path) => path.startsWith("/series"))).toContain(`interval=${interval}&`);
      const [from, to] = [await timeField(page, "From").inputValue(), await timeField(page, "to").inputValue()];
      // The range begins with its first point, so at most one interval late.
      const missing = days * DAY - (Date.parse(`${to}Z`) - Date.parse(`${from}Z`));
      expect(missing).toBeGreaterThanOrEqual(0);
      expect(missing).toBeLessThanOrEqual(interval === "day" ? DAY : 0.1 * DAY);
    });
  }

  test("the first view shows 30 days, up to the newest block", async ({ page, request }) => {
    await page.goto("/");
    await waitForChart(page);

    await expect(page.getByRole("button", { name: "30D" })).toHaveAttribute("aria-pressed", "true");
    await expect
      .poll(
        async () => {
          const { block } = await getJson<SummaryJson>(request, "/summary");
          return (await legendOf(page)).height - block.height;
        },
        { timeout: 30_000 },
      )
      .toBe(0);
  });

  for (const button of ["1Y", "All"]) {
    test(`${button} starts with the lake's first day if that is later`, async ({ page, request }) => {
      const { time } = await getJson<KnownSeries>(
        request,
        "/series?interval=day&from=0&to=2025-09-01T00:00:00Z&fields=height",
      );
      await page.goto("/");
      await waitForChart(page);

      await page.getByRole("button", { name: button, exact: true }).click();
      await waitForChart(page);

      await expect(timeField(page, "From")).toHaveValue((time[0] ?? "").slice(0, 16));
    });
  }

  test("any time range can be chosen", async ({ page, request }) => {
    await page.goto("/");
    await waitForChart(page);

    await timeField(page, "From").fill("2025-10-01T00:00");
    await timeField(page, "to").fill("2025-10-03T00:30");
    await page.getByRole("button", { name: "Apply" }).click();
    await waitForChart(page);

    expect(await timeRangeOf(page)).toEqual({
      from: Date.parse("2025-10-01T00:00Z"),
      to: Date.parse("2025-10-03T00:30Z"),
    });
    const revenue = await getJson<KnownRevenue>(request, revenuePath(BLOCKS, MACHINES));
    const legend = await legendOf(page);
    expect(legend.height).toBe(revenue.height.at(-1));
    expect(legend.rows.map(({ value }) => value)).toEqual(
      revenue.asics.map(({ columns }) => cents(columns.usd_per_mwh.at(-1) ?? NaN)),
    );
    await expect(page.locator("#ranges [aria-pressed=true]")).toHaveCount(0);
  });

  test("an end before the start is refused and changes nothing", async ({ page }) => {
    await open(page, BLOCKS);
    const before = (await queryOf(page)).toString();

    await timeField(page, "From").fill("2025-10-04T00:00");
    await page.getByRole("button", { name: "Apply" }).click();

    const said = await timeField(page, "to").evaluate((input: HTMLInputElement) => input.validationMessage);
    expect(said).toBe("This must be after the beginning.");
    expect((await queryOf(page)).toString()).toBe(before);

    await timeField(page, "From").fill("2025-10-02T00:00");
    await page.getByRole("button", { name: "Apply" }).click();

    await expect.poll(async () => (await timeRangeOf(page)).from).toBe(Date.parse("2025-10-02T00:00Z"));
  });

  test("a range before the first block says that there are no blocks", async ({ page }) => {
    await page.goto("/?from=2025-01-01T00:00:00Z&to=2025-02-01T00:00:00Z");

    await expect(page.locator("#chart-message")).toHaveText("No data for this period (data start Aug 11, 2025).");
  });

  test("times can be local", async ({ page }) => {
    await open(page, BLOCKS);

    await choose(page, "Times", "local");

    // New York is four hours behind UTC in October.
    await expect(timeField(page, "From")).toHaveValue("2025-09-30T20:00");
    await expect(page.locator("#legend-time")).toContainText("Oct 2, 2025");
    await expect(page.locator("#legend-time")).toContainText(/ [AP]M EDT, block/);
  });
});

test.describe("zoom", () => {
  test("dragging zooms into a finer interval, down to single blocks", async ({ page, request }) => {
    const asked = requestsOf(page);
    await open(page, DAYS);
    expect(asked.findLast((path) => path.startsWith("/series"))).toContain("interval=day");

    await Promise.all([page.waitForRequest(/interval=hour/), dragOver(page, 0.4, 0.8)]);
    await waitForChart(page);
    await Promise.all([page.waitForRequest(/interval=block/), dragOver(page, 0.45, 0.55)]);
    await waitForChart(page);

    // Moves the cursor off the chart.
    await page.getByRole("heading", { name: "Revenue history" }).hover();
    const { from, to } = await timeRangeOf(page);
    const whole = 92.5 * DAY;
    const start = Date.parse("2025-08-15T00:00Z") + 0.4 * whole + 0.45 * 0.4 * whole;
    const pixel = whole / 1000;
    expect(Math.abs(from - start)).toBeLessThan(2 * pixel);
    expect(Math.abs(to - from - 0.1 * 0.4 * whole)).toBeLessThan(2 * pixel);
    const times = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
    const revenue = await getJson<KnownRevenue>(request, revenuePath({ interval: "block", query: times }, MACHINES));
    expect((await legendOf(page)).height).toBe(revenue.height.at(-1));
  });

  test("a click does not zoom", async ({ page }) => {
    await open(page, DAYS);
    const before = (await queryOf(page)).toString();

    await plotOf(page).click({ position: { x: 300, y: 100 } });

    expect((await queryOf(page)).toString()).toBe(before);
    await expect(page.getByRole("button", { name: "Undo zoom" })).toBeDisabled();
  });

  for (const back of ["a double-click", "“Undo zoom”"]) {
    test(`${back} undoes one zoom after another`, async ({ page }) => {
      await page.goto("/?range=90d");
      await waitForChart(page);
      const goBack = () =>
        back === "a double-click" ? plotOf(page).dblclick() : page.getByRole("button", { name: "Undo zoom" }).click();

      await dragOver(page, 0.4, 0.8);
      await waitForChart(page);
      const between = await timeRangeOf(page);
      await dragOver(page, 0.4, 0.8);
      await waitForChart(page);
      expect((await timeRangeOf(page)).from).toBeGreaterThan(between.from);

      await goBack();
      await expect.poll(() => timeRangeOf(page)).toEqual(between);
      await goBack();
      await expect(page.getByRole("button", { name: "90D" })).toHaveAttribute("aria-pressed", "true");
      await expect(page.getByRole("button", { name: "Undo zoom" })).toBeDisabled();
      expect((await queryOf(page)).get("range")).toBe("90d");
    });
  }
});

test.describe("cursor", () => {
  for (const sample of [BLOCKS, DAYS]) {
    test(`shows the API's values of the ${sample.interval} under the mouse`, async ({ page, request }) => {
      const revenue = await getJson<KnownRevenue>(request, revenuePath(sample, MACHINES));
      const times = revenue.time.map((time) => Date.parse(time));
      await open(page, sample);
      const { from, to } = await timeRangeOf(page);

      for (const part of [0.1, 0.5, 0.93]) {
        const { x, width } = await pointAt(page, part);
        const pointed = from + (x / width) * (to - from);
        const nearest = Math.min(...times.map((time) => Math.abs(time - pointed)));
        const onePixel = (to - from) / width;
        // The cursor is at the nearest point, within the one pixel that the mouse may be off.
        await expect
          .poll(async () => Math.abs((await legendOf(page)).time - pointed))
          .toBeLessThan(nearest + onePixel + MINUTE);

        const legend = await legendOf(page);
        const place = indexOfPoint(revenue, legend);
        expect(legend.time).toBe(Math.floor((times[place] ?? NaN) / MINUTE) * MINUTE);
        expect(legend.unit).toBe("USD/MWh");
        expect(legend.rows.map(({ name, value }) => [name, value])).toEqual(
          revenue.asics.map(({ name, columns }) => [name, cents(columns.usd_per_mwh[place] ?? NaN)]),
        );
      }
    });
  }

  test("when the mouse leaves, the newest visible values are shown", async ({ page, request }) => {
    const revenue = await getJson<KnownRevenue>(request, revenuePath(BLOCKS, MACHINES));
    await open(page, BLOCKS);
    await pointAt(page, 0.3);
    await expect.poll(async () => (await legendOf(page)).height).not.toBe(revenue.height.at(-1));

    await page.getByRole("heading", { name: "Revenue history" }).hover();

    await expect.poll(async () => (await legendOf(page)).height).toBe(revenue.height.at(-1));
  });
});

test.describe("settings", () => {
  test("values and margins in satoshis are those of the API", async ({ page, request }) => {
    const revenue = await getJson<KnownRevenue>(request, revenuePath(BLOCKS, MACHINES, "&power_price=140"));
    const { columns } = await getJson<KnownSeries>(request, `/series?interval=block&fields=price_usd&${BLOCKS.query}`);
    await open(page, BLOCKS, "&power=140");

    await choose(page, "Unit", "sat");

    const legend = await legendOf(page);
    const place = indexOfPoint(revenue, legend);
    expect(legend.unit).toBe("sat/MWh");
    expect(legend.rows.map(({ value }) => value)).toEqual(
      revenue.asics.map((asic) => whole(asic.columns.sat_per_mwh[place] ?? NaN)),
    );
    const left = revenue.asics.map((asic) =>
      asic.columns.profit_usd_per_mwh.map((usd, at) => (usd / (columns.price_usd?.[at] ?? NaN)) * 1e8),
    );
    expect(legend.rows.map(({ profitable, margin }) => ({ profitable, margin }))).toEqual(
      revenue.asics.map((asic, at) => marginOf(revenue, asic, left[at] ?? [], signedWhole)),
    );
  });

  test("on a logarithmic scale, equal ratios have equal distances", async ({ page, request }) => {
    const machines = [...MACHINES.slice(0, 2), "custom:580:5510"];
    const revenue = await getJson<KnownRevenue>(request, revenuePath(HOURS, machines));
    const [low = NaN, middle = NaN, high = NaN] = revenue.asics.map(({ columns }) => columns.usd_per_mwh[300] ?? NaN);
    const hour = Date.parse(revenue.time[300] ?? "");
    await open(page, HOURS, `&asics=${machines.join()}`);
    const { from, to } = await timeRangeOf(page);
    const ratio = async () => {
      const [lowest = NaN, between = NaN, highest = NaN] = await heightsOfLines(
        page,
        (hour - from) / (to - from),
        machines.length,
      );
      return (between - lowest) / (highest - between);
    };

    expect(Math.abs((await ratio()) / ((middle - low) / (high - middle)) - 1)).toBeLessThan(0.05);

    await choose(page, "Y axis", "log");

    const logarithmic = Math.log(middle / low) / Math.log(high / middle);
    await expect.poll(async () => Math.abs((await ratio()) / logarithmic - 1)).toBeLessThan(0.05);
  });

  test("the right axis shows hashprice, bitcoin price or fee share", async ({ page, request }) => {
    const fields = "usd_per_ph_day,sat_per_ph_day,price_usd,fee_share,height";
    const { columns } = await getJson<KnownSeries>(request, `/series?interval=hour&fields=${fields}&${HOURS.query}`);
    await open(page, HOURS);
    let height = NaN;
    const value = (field: keyof typeof columns) => columns[field]?.[columns.height?.indexOf(height) ?? -1] ?? NaN;
    const said = page.locator("#legend-second");
    const showOnRight = async (second: string) => {
      await choose(page, "Compare with", second);
      await waitForChart(page);
      await pointAt(page, 0.4);
      // Each right axis has its own width, and so another point at the same place.
      ({ height } = await legendOf(page));
    };

    await expect(said).toHaveCount(0);
    await showOnRight("hashprice");
    await expect(said).toHaveText(`${cents(value("usd_per_ph_day"))} USD/PH/day`);
    await showOnRight("price");
    await expect(said).toHaveText(`${whole(value("price_usd"))} USD`);
    await showOnRight("fees");
    await expect(said).toHaveText(percent(value("fee_share")));
    await choose(page, "Unit", "sat");
    await showOnRight("hashprice");
    await expect(said).toHaveText(`${whole(value("sat_per_ph_day"))} sat/PH/day`);
    await showOnRight("none");
    await expect(said).toHaveCount(0);
  });

  for (const { days, sample } of [
    { days: 1, sample: BLOCKS },
    { days: 7, sample: HOURS },
    { days: 30, sample: HOURS },
  ]) {
    test(`the mean of ${days} days is over the blocks of the last ${days} days, from the first ${sample.interval} on`, async ({
      page,
      request,
    }) => {
      const earlier = sample.query.replace(
        "from=2025-10-01",
        `from=${new Date(Date.parse("2025-10-01") - days * DAY).toISOString().slice(0, 10)}`,
      );
      const revenue = await getJson<KnownRevenue>(request, revenuePath({ ...sample, query: earlier }, MACHINES));
      const times = revenue.time.map((time) => Date.parse(time));
      const meanUpTo = (values: readonly number[], place: number) => {
        const within = times.map((time) => (times[place] ?? NaN) - days * DAY < time && time <= (times[place] ?? NaN));
        const blocks = revenue.priced_blocks.map((count, at) => (within[at] ? count : 0));
        return (
          values.reduce((sum, value, at) => sum + value * (blocks[at] ?? 0), 0) /
          blocks.reduce((sum, count) => sum + count, 0)
        );
      };
      await open(page, sample);

      await choose(page, "Moving average", String(days));
      await waitForChart(page);
      await chartOf(page).focus();

      for (const key of ["End", "Home"]) {
        await page.keyboard.press(key);
        const legend = await legendOf(page);
        const place = indexOfPoint(revenue, legend);
        const means = revenue.asics.map(({ columns }) => cents(meanUpTo(columns.usd_per_mwh, place)));
        expect(legend.rows.map(({ value }) => value)).toEqual(means);
      }
    });
  }

  for (const { sample, power } of [
    { sample: BLOCKS, power: 140 },
    { sample: HOURS, power: 128.5 },
    { sample: DAYS, power: 75 },
    { sample: BLOCKS, power: -3 },
    { sample: BLOCKS, power: 1000 },
  ]) {
    test(`sentence and legend show how often mining is profitable at ${power} USD/MWh, by ${sample.interval}`, async ({
      page,
      request,
    }) => {
      const asics = [...MACHINES.slice(1), MACHINES[0] ?? ""];
      const revenue = await getJson<KnownRevenue>(request, revenuePath(sample, asics, `&power_price=${power}`));
      await open(page, sample, `&asics=${asics.join()}`);

      await numberField(page, "Electricity price").fill(String(power));

      const lead = profitability(revenue, revenue.asics[0]?.columns.profit_usd_per_mwh ?? []);
      await expect(page.locator("#in-words")).toHaveText(
        `${revenue.asics[0]?.name}: profitable in ${wholePercent(lead.share)} of blocks at ${new Intl.NumberFormat("en-US").format(power).replace("-", "\u2212")} USD/MWh, ` +
          `average margin ${signedCents(lead.margin)} USD/MWh.`,
      );
      expect((await legendOf(page)).rows.map(({ profitable, margin }) => ({ profitable, margin }))).toEqual(
        revenue.asics.map((asic) => marginOf(revenue, asic, asic.columns.profit_usd_per_mwh, signedCents)),
      );
    });
  }

  test("a pool fee is subtracted from values and margins", async ({ page, request }) => {
    const revenue = await getJson<KnownRevenue>(
      request,
      revenuePath(BLOCKS, MACHINES, "&power_price=65&pool_fee=0.025"),
    );
    await open(page, BLOCKS, "&power=65");

    await numberField(page, "Pool fee").fill("2.5");

    const legend = await legendOf(page);
    const place = indexOfPoint(revenue, legend);
    expect(legend.rows.map(({ value }) => value)).toEqual(
      revenue.asics.map(({ columns }) => cents((columns.usd_per_mwh[place] ?? NaN) * 0.975)),
    );
    expect(legend.rows.map(({ profitable, margin }) => ({ profitable, margin }))).toEqual(
      revenue.asics.map((asic) => marginOf(revenue, asic, asic.columns.profit_usd_per_mwh, signedCents)),
    );
    await expect(page.getByRole("list", { name: "Revenue per MWh of each miner" })).toBeVisible();
  });

  test("an invalid power price is ignored", async ({ page }) => {
    await open(page, BLOCKS);
    const words = await page.locator("#in-words").textContent();

    for (const nonsense of ["", "1e9"]) await numberField(page, "Electricity price").fill(nonsense);

    await expect(page.locator("#in-words")).toHaveText(words ?? "");
    expect((await queryOf(page)).has("power")).toBe(false);
  });

  test("no setting sends an API request", async ({ page }) => {
    await page.clock.install();
    await open(page, BLOCKS);
    await expect(page.locator("#status-line")).toHaveAttribute("data-status", "recorded");
    // From here on the page does not poll for new blocks.
    await page.clock.pauseAt(new Date(Date.now() + MINUTE));
    await page.waitForLoadState("networkidle");
    const asked = requestsOf(page);

    await choose(page, "Unit", "sat");
    await choose(page, "Y axis", "log");
    await choose(page, "Compare with", "price");
    await numberField(page, "Electricity price").fill("61.5");
    await numberField(page, "Pool fee").fill("1.5");
    await page.getByRole("button", { name: "Add miner" }).click();
    await page.getByLabel("Search miners").fill("S21 XP Hyd (473");
    await page.getByLabel("Search miners").press("Enter");
    await page.getByRole("button", { name: "Remove Antminer S19j Pro (100 TH/s)" }).click();
    await choose(page, "Times", "local");
    await choose(page, "Theme", "dark");

    await expect
      .poll(async () => (await legendOf(page)).rows.map(({ name }) => name))
      .not.toContain("Antminer S19j Pro (100 TH/s)");
    expect((await legendOf(page)).unit).toBe("sat/MWh");
    expect(asked).toEqual([]);
  });
});

test.describe("machines", () => {
  test("up to eight machines can be compared, from the catalogue and custom ones", async ({ page, request }) => {
    await open(page, BLOCKS);
    const add = page.getByRole("dialog", { name: "Add miner" });
    const addKnown = async (name: string) => {
      if (!(await add.isVisible())) await page.getByRole("button", { name: "Add miner" }).click();
      await add.getByLabel("Search miners").fill(name);
      await add.getByRole("button", { name: "Add" }).first().click();
    };

    await addKnown("Antminer S19 XP (140 TH/s)");
    await addKnown("antminer s19 (95"); // Only one machine's name has these words.
    await page.getByRole("button", { name: "Add miner" }).click();
    await add.getByLabel("TH/s").fill("200");
    await add.getByLabel("W", { exact: true }).fill("3500");
    await add.getByRole("button", { name: "Add" }).last().click();
    await addKnown("S19 Pro (110");
    await addKnown("S19 XP Hyd (257");

    const asics = [
      ...MACHINES,
      "antminer-s19-xp-140",
      "antminer-s19-95",
      "custom:200:3500",
      "antminer-s19-pro-110",
      "antminer-s19-xp-hyd-257",
    ];
    await expect.poll(async () => (await queryOf(page)).get("asics")).toBe(asics.join());
    const revenue = await getJson<KnownRevenue>(request, revenuePath(BLOCKS, asics));
    const legend = await legendOf(page);
    const place = indexOfPoint(revenue, legend);
    expect(legend.rows.map(({ value }) => value)).toEqual(
      revenue.asics.map(({ columns }) => cents(columns.usd_per_mwh[place] ?? NaN)),
    );
    expect(legend.rows.map(({ margin }) => margin)).toEqual(
      revenue.asics.map((asic) => marginOf(revenue, asic, asic.columns.profit_usd_per_mwh, signedCents).margin),
    );
    expect(legend.rows[5]?.name).toContain("200 TH/s, 3500 W");
    await expect(page.locator("#machine-tiles > li")).toHaveCount(8);

    await addKnown("S21 XP Hyd (473");
    await expect(add.getByRole("alert")).toHaveText("8 miners are the most that fit: remove one first.");
    await expect(page.locator("#machine-tiles > li")).toHaveCount(8);
  });

  test("a machine that is already compared, or unknown, is not added", async ({ page }) => {
    await open(page, BLOCKS);
    const add = page.getByRole("dialog", { name: "Add miner" });
    await page.getByRole("button", { name: "Add miner" }).click();

    for (const { name, said } of [
      { name: "S21 Pro (234", said: "Already added." },
      { name: "Antminer", said: /^\d+ miners match “Antminer”: choose one\.$/ },
    ]) {
      await add.getByLabel("Search miners").fill(name);
      await add.getByLabel("Search miners").press("Enter");
      await expect(add.getByRole("alert")).toHaveText(said);
    }
    expect((await queryOf(page)).has("asics")).toBe(false);
  });

  test("all machines but the last can be removed, and the next one leads", async ({ page, request }) => {
    const revenue = await getJson<KnownRevenue>(request, revenuePath(BLOCKS, MACHINES));
    await open(page, BLOCKS);

    for (const { name } of revenue.asics.slice(0, 2))
      await page.getByRole("button", { name: `Remove ${name}` }).click();

    const last = revenue.asics[2];
    await expect.poll(async () => (await legendOf(page)).rows.map(({ name }) => name)).toEqual([last?.name]);
    await expect(page.locator("#legend tbody button")).toHaveText([last?.name ?? ""]);
    await expect(page.getByRole("button", { name: /^Remove/ })).toHaveCount(0);
    await expect.poll(async () => (await queryOf(page)).get("asics")).toBe(MACHINES[2]);
  });
});

test.describe("data and downloads", () => {
  test("the data table has every point, newest first, a hundred per page", async ({ page, request }) => {
    const revenue = await getJson<KnownRevenue>(request, revenuePath(BLOCKS, MACHINES));
    const newestFirst = revenue.height
      .map((height, at) => [
        whole(height),
        ...revenue.asics.map(({ columns }) => cents(columns.usd_per_mwh[at] ?? NaN)),
      ])
      .toReversed();
    await open(page, BLOCKS);
    await page.getByText("Show data table").click();
    const table = page.getByRole("table", { name: "What the chart shows, newest first" });
    const pager = page.locator("#chart-data .pager");
    const rows = () =>
      table
        .locator("tbody tr")
        .evaluateAll((rows) => rows.map((row) => [...row.children].slice(1).map((cell) => cell.textContent)));

    await expect(table.getByRole("columnheader")).toHaveText([
      "Median time (UTC)",
      "Block",
      ...revenue.asics.map(({ name }) => `${name}, USD/MWh`),
    ]);
    for (let first = 0; first < newestFirst.length; first += 100) {
      const end = Math.min(first + 100, newestFirst.length);
      await expect(pager).toContainText(`${first + 1} to ${end} of ${newestFirst.length}`);
      expect(await rows()).toEqual(newestFirst.slice(first, end));
      if (end < newestFirst.length) await pager.getByRole("button", { name: "Older" }).click();
    }
    await expect(pager.getByRole("button", { name: "Older" })).toBeDisabled();

    await pager.getByRole("button", { name: "Newer" }).click();
    await pager.getByRole("button", { name: "Newer" }).click();
    expect(await rows()).toEqual(newestFirst.slice(0, 100));
    await expect(pager.getByRole("button", { name: "Newer" })).toBeDisabled();
  });

  for (const sample of [BLOCKS, HOURS, DAYS]) {
    test(`the CSV file has the API's numbers, by ${sample.interval}`, async ({ page, request }) => {
      const asics = [...MACHINES, "custom:200:3500"];
      const revenue = await getJson<KnownRevenue>(request, revenuePath(sample, asics));
      await open(page, sample, `&asics=${asics.join()}`);

      const { name, content } = await download(page, page.locator("#chart-csv"));

      const { header, rows } = csvOf(content);
      expect(name).toMatch(/^hashlake-.*\.csv$/);
      expect(header).toEqual([
        "time",
        "height",
        "blocks",
        ...asics.map((id) => `usd_per_mwh:${id}`),
        "power_usd_per_mwh",
      ]);
      expect(rows.map(([time]) => time)).toEqual(revenue.time);
      expect(rows.map(([, height]) => Number(height))).toEqual(revenue.height);
      expect(rows.map(([, , blocks]) => Number(blocks))).toEqual(revenue.blocks);
      revenue.asics.forEach(({ columns }, at) => {
        expect(
          maxRelativeDifference(
            rows.map((cells) => Number(cells[3 + at])),
            columns.usd_per_mwh,
          ),
        ).toBeLessThan(1e-12);
      });
      expect(new Set(rows.map((cells) => cells.at(-1)))).toEqual(new Set(["50"]));
    });
  }

  test("the CSV file has the chart's unit, pool fee and right axis", async ({ page, request }) => {
    const revenue = await getJson<KnownRevenue>(request, revenuePath(HOURS, MACHINES));
    const { columns } = await getJson<KnownSeries>(request, `/series?interval=hour&fields=fee_share&${HOURS.query}`);
    await open(page, HOURS, "&unit=sat&fee=2&second=fees&mean=7");

    const { content } = await download(page, page.locator("#chart-csv"));

    const { header, rows } = csvOf(content);
    const column = (name: string) => rows.map((cells) => Number(cells[header.indexOf(name)]));
    expect(rows.map(([time]) => time)).toEqual(revenue.time);
    revenue.asics.forEach(({ asic_id, columns }) => {
      const left = columns.sat_per_mwh.map((sats) => sats * 0.98);
      expect(maxRelativeDifference(column(`sat_per_mwh_after_pool_fee:${asic_id}`), left)).toBeLessThan(1e-12);
      expect(column(`sat_per_mwh_after_pool_fee_mean_7d:${asic_id}`).every((mean) => 0 < mean)).toBe(true);
    });
    expect(column("fee_share")).toEqual(columns.fee_share);
  });

  test("the picture has the chart with all its lines, and room for their names", async ({ page }) => {
    await open(page, HOURS);
    const chart = await page
      .locator("#chart canvas")
      .evaluate(({ width, height }: HTMLCanvasElement) => ({ width, height }));

    const { name, content } = await download(page, page.getByRole("button", { name: "Download image" }));

    expect(name).toMatch(/^hashlake-.*\.png$/);
    expect(content.subarray(1, 4).toString()).toBe("PNG");
    const picture = await page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const ctx = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
      ctx.drawImage(bitmap, 0, 0);
      const { data } = ctx.getImageData(0, 0, bitmap.width, bitmap.height);
      const swatches = [...document.querySelectorAll("#legend .swatch")].map(
        (swatch) => getComputedStyle(swatch).color,
      );
      const pixels = new Map<string, number>();
      for (let at = 0; at < data.length; at += 4) {
        const colour = `rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`;
        pixels.set(colour, (pixels.get(colour) ?? 0) + 1);
      }
      return { width: bitmap.width, height: bitmap.height, ofLines: swatches.map((colour) => pixels.get(colour) ?? 0) };
    }, content.toString("base64"));
    // Two pixels for each of the chart's; there is room for title, names and footer.
    expect(picture.width - 2 * chart.width).toBeGreaterThanOrEqual(0);
    expect(picture.width - 2 * chart.width).toBeLessThan(100);
    expect(picture.height - 2 * chart.height).toBeGreaterThan(200);
    expect(picture.height - 2 * chart.height).toBeLessThan(400);
    for (const pixels of picture.ofLines) expect(pixels).toBeGreaterThan(100);
  });

  test("the picture says where its prices are from, and whether they are recorded", async ({ page, request }) => {
    await page.addInitScript(() => {
      const fillText = CanvasRenderingContext2D.prototype.fillText;
      CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
        document.documentElement.dataset.written = `${document.documentElement.dataset.written ?? ""} ${text}`;
        fillText.call(this, text, ...place);
      };
    });
    await open(page, HOURS);
    await download(page, page.getByRole("button", { name: "Download image" }));

    const { recorded } = await getJson<StatusJson>(request, "/status");
    const source = (await page.locator("#source").textContent()) ?? "";
    expect(source).toMatch(/^Prices of bitcoin: \w/);
    const text = `${recorded ? "Recorded blocks and prices, not live. " : ""}${source}`;
    await expect(page.locator("html")).toHaveAttribute("data-written", new RegExp(text.replaceAll(".", "\\.")));
  });

  test("no file is offered of a period without data", async ({ page }) => {
    await page.goto("/?from=2031-01-01T00:00:00Z&to=2031-01-02T00:00:00Z");

    await expect(page.locator("#chart-message")).toHaveText(/^No data for this period/);
    await expect(
      page.getByRole("region", { name: "Revenue history" }).getByRole("button", { name: "Download CSV" }),
    ).toBeDisabled();
  });

  test("a retarget is marked at its block", async ({ page, request }) => {
    const height = 917_280; // 455 x 2016
    const { blocks } = await getJson<BlocksJson>(request, `/blocks?from_height=${height}&limit=1`);
    const time = Date.parse(blocks[0]?.median_time ?? "");
    const [from, to] = [time - DAY, time + 2 * DAY].map((end) => new Date(end).toISOString().replace(".000Z", "Z"));
    await open(page, { interval: "block", query: `from=${from}&to=${to}` });

    const inked = await page.locator("#chart canvas").evaluate((canvas: HTMLCanvasElement) => {
      const over = document.querySelector("#chart .u-over") as HTMLElement;
      const ctx = canvas.getContext("2d") as CanvasRenderingContext2D;
      const muted = getComputedStyle(document.querySelector("#chart-message") as Element).color;
      const columnAt = (part: number) => {
        const { data } = ctx.getImageData(
          over.offsetLeft + Math.round(over.offsetWidth * part) - 2,
          over.offsetTop,
          5,
          over.offsetHeight,
        );
        let count = 0;
        for (let at = 0; at < data.length; at += 4)
          if (muted === `rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`) count++;
        return count;
      };
      return { mark: columnAt(1 / 3), elsewhere: [0.2, 0.3, 0.37, 0.5, 0.7].map(columnAt), height: over.offsetHeight };
    });

    expect(inked.mark).toBeGreaterThan(inked.height / 5); // The line is dashed.
    for (const count of inked.elsewhere) expect(count).toBeLessThan(inked.height / 20);
  });
});

test.describe("keyboard", () => {
  test("arrows, Home and End move the cursor, with Shift by ten points, and announce the values", async ({
    page,
    request,
  }) => {
    const revenue = await getJson<KnownRevenue>(request, revenuePath(BLOCKS, MACHINES));
    const last = revenue.height.length - 1;
    await open(page, BLOCKS);
    await chartOf(page).focus();

    for (const { key, place } of [
      { key: "ArrowLeft", place: last - 1 },
      { key: "Shift+ArrowLeft", place: last - 11 },
      { key: "ArrowRight", place: last - 10 },
      { key: "Shift+ArrowRight", place: last },
      { key: "ArrowRight", place: last },
      { key: "Home", place: 0 },
      { key: "ArrowLeft", place: 0 },
      { key: "Shift+ArrowRight", place: 10 },
      { key: "End", place: last },
    ]) {
      await page.keyboard.press(key);

      const values = revenue.asics.map(({ name, columns }, at) => {
        const value = columns.usd_per_mwh[place] ?? NaN;
        return `${name} ${cents(value)}${at === 0 ? `, margin ${signedCents(value - 50)}` : ""}`;
      });
      const time = Math.floor(Date.parse(revenue.time[place] ?? "") / MINUTE) * MINUTE;
      await expect(chartOf(page), key).toHaveAttribute("aria-valuenow", String(place));
      const said = (await chartOf(page).getAttribute("aria-valuetext")) ?? "";
      expect(said, key).toContain(`: ${values.join("; ")} USD/MWh`);
      expect(Date.parse(said.split(", block ")[0] ?? ""), key).toBe(time);
      expect((await legendOf(page)).height, key).toBe(revenue.height[place]);
    }
  });

  test("plus and minus zoom around the cursor, which stays on its block, and Escape undoes the zoom", async ({
    page,
    request,
  }) => {
    const revenue = await getJson<KnownRevenue>(request, revenuePath(BLOCKS, MACHINES));
    await open(page, BLOCKS);
    const before = await timeRangeOf(page);
    await chartOf(page).focus();
    await page.keyboard.press("Home");
    for (let pressed = 0; pressed < 9; pressed++) await page.keyboard.press("Shift+ArrowRight");
    const pointed = Date.parse(revenue.time[90] ?? "");
    await expect.poll(async () => (await legendOf(page)).height).toBe(revenue.height[90]);

    for (const { key, times } of [
      { key: "+", times: 0.5 },
      { key: "+", times: 0.25 },
    ]) {
      await page.keyboard.press(key);
      await waitForChart(page);

      const { from, to } = await timeRangeOf(page);
      expect(Math.abs((to - from) / (before.to - before.from) - times)).toBeLessThan(0.001);
      expect(
        Math.abs((pointed - from) / (to - from) - (pointed - before.from) / (before.to - before.from)),
      ).toBeLessThan(0.001);
      expect((await legendOf(page)).height).toBe(revenue.height[90]);
    }
    await page.keyboard.press("ArrowRight");
    expect((await legendOf(page)).height).toBe(revenue.height[91]);

    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await expect.poll(() => timeRangeOf(page)).toEqual(before);

    await page.keyboard.press("-");
    await expect
      .poll(async () => {
        const { from, to } = await timeRangeOf(page);
        return (to - from) / (before.to - before.from);
      })
      .toBeCloseTo(2, 3);
    await expect(chartOf(page)).toBeFocused();
  });

  test("zooming in and out has limits", async ({ page }) => {
    await open(page, BLOCKS);
    await chartOf(page).focus();
    const length = async () => {
      await waitForChart(page);
      const { from, to } = await timeRangeOf(page);
      return to - from;
    };

    for (let pressed = 0; pressed < 30; pressed++) await page.keyboard.press("+");
    expect(await length()).toBeGreaterThanOrEqual(MINUTE);

    for (let pressed = 0; pressed < 60; pressed++) await page.keyboard.press("-");
    expect(await length()).toBeLessThanOrEqual(100 * 365 * DAY);
    await expect(page.locator("#status-line")).toHaveAttribute("data-status", "recorded");
  });
});

/**
 * Heights of the lines on the chart's canvas at a part of its width, in pixels from the bottom, in
 * the order of the machines.
 */
async function heightsOfLines(page: Page, part: number, count: number): Promise<number[]> {
  return page.locator("#chart canvas").evaluate(
    (canvas: HTMLCanvasElement, { part, count }) => {
      const over = document.querySelector("#chart .u-over") as HTMLElement;
      const ctx = canvas.getContext("2d") as CanvasRenderingContext2D;
      const height = over.offsetHeight;
      const { data } = ctx.getImageData(
        over.offsetLeft + Math.round(over.offsetWidth * part),
        over.offsetTop,
        1,
        height,
      );
      return Array.from({ length: count }, (_, line) => {
        const swatch = document.querySelectorAll("#legend .swatch")[line] as Element;
        const [red = 0, green = 0, blue = 0] = (getComputedStyle(swatch).color.match(/\d+/g) ?? []).map(Number);
        let [sum, weight] = [0, 0];
        for (let y = 0; y < height; y++) {
          const [r = 0, g = 0, b = 0] = data.slice(4 * y, 4 * y + 3);
          const near = Math.max(0, 60 - Math.abs(r - red) - Math.abs(g - green) - Math.abs(b - blue));
          sum += near * (height - y);
          weight += near;
        }
        return sum / weight;
      });
    },
    { part, count },
  );
}
