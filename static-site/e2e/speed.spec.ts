// How fast the page is. Times are reported, not asserted, because they depend on the machine and
// its load.

import { join } from "node:path";

import type { Page } from "@playwright/test";
import { ALL_HISTORY, serveAllHistory } from "./all-history";
import { expect, test } from "./fixtures";
import { startBrowser } from "./plain-browser";
import { hostWithApi } from "./static-host";

const RUNS = 15;
const COLD_LOADS = 31; // Loads of each page.
const MACHINES = [
  "antminer-s19j-pro-100",
  "antminer-s21-pro-234",
  "antminer-s23-hyd-580",
  "antminer-t21-190",
  "antminer-s19-95",
  "custom:200:3500",
  "custom:100:3000",
  "custom:300:4000",
];

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const ms = (value: number) => `${value.toFixed(1)} ms`;

test("the first view is drawn little later than a chart alone", async ({ baseURL, launchOptions }) => {
  let drawn: (ms: number) => void = () => {};
  const uPlot = join(import.meta.dirname, "../node_modules/uplot/dist");
  const host = await hostWithApi(
    baseURL ?? "",
    (ms) => drawn(ms),
    process.env.SITE_DIR ?? "dist",
    join(import.meta.dirname, "chart-only"),
    uPlot,
  );
  const browser = await startBrowser(launchOptions);

  /**
   * Loads a page with an empty cache. Our page has filled its tiles by the time that its chart is
   * drawn.
   */
  const timeToChart = async (path: string) => {
    const time = new Promise<number>((resolve) => (drawn = resolve));
    const close = await browser.open(`${host.origin}${path}`);
    const ms = await time;
    await close();
    return ms;
  };
  const times: { ours: number[]; chartOnly: number[] } = { ours: [], chartOnly: [] };
  for (let run = 0; run < COLD_LOADS; run++) {
    times.chartOnly.push(await timeToChart("/chart-only.html"));
    times.ours.push(await timeToChart("/"));
  }

  browser.end();
  host.close();
  const [ours, chartOnly] = [median(times.ours), median(times.chartOnly)];
  console.log(
    `first view: ${ms(ours)}, a chart alone: ${ms(chartOnly)}, ratio ${(ours / chartOnly).toFixed(2)} (medians of ${COLD_LOADS} cold loads, side by side)`,
  );
  expect(times.ours).toHaveLength(COLD_LOADS);
});

test("all history of eight machines is redrawn without a request", async ({ page, request }) => {
  for (const path of ["/summary", "/status"]) {
    const json = await (await request.get(`/api/v1${path}`)).json();
    // No new block arrives during the test.
    await page.route(`**/api/v1${path}`, (route) => route.fulfill({ json }));
  }
  await serveAllHistory(page);
  await page.goto(`/?range=all&asics=${MACHINES.join()}`);
  await expect(page.locator("#legend tbody tr")).toHaveCount(MACHINES.length);
  await expect(page.locator("#chart")).toHaveAttribute("aria-busy", "false");
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));

  const power: number[] = [];
  const unit: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    power.push(await redraw(page, "power", String(20 + run)));
    unit.push(await redraw(page, "unit", run % 2 === 0 ? "sat" : "usd"));
  }

  const [price, other] = [ms(median(power)), ms(median(unit))];
  console.log(
    `${ALL_HISTORY.time.length} days of ${MACHINES.length} machines: another power price ${price}, another unit ${other} (medians of ${RUNS}; a frame is 16.7 ms)`,
  );
  expect(requests.filter((url) => url.includes("/api/") && !/\/(summary|status)$/.test(url))).toEqual([]);
  await expect(page.locator("#power")).toHaveValue(String(20 + RUNS - 1));
});

/**
 * Milliseconds from the event of a control until the chart is drawn, by the page's own performance
 * marks.
 */
async function redraw(page: Page, id: string, value: string): Promise<number> {
  return page.evaluate(
    ([id, value]) =>
      new Promise<number>((resolve) => {
        const control = document.getElementById(id) as HTMLInputElement | HTMLSelectElement;
        control.value = value;
        performance.clearMarks("hashlake:drawn");
        const start = performance.now();
        new PerformanceObserver((list, observer) => {
          observer.disconnect();
          resolve((list.getEntriesByName("hashlake:drawn").at(-1)?.startTime ?? NaN) - start);
        }).observe({ type: "mark" });
        control.dispatchEvent(new Event(control instanceof HTMLInputElement ? "input" : "change", { bubbles: true }));
      }),
    [id, value] as const,
  );
}
