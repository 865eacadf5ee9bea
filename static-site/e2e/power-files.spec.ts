import type { Page } from "@playwright/test";
import { violations } from "./axe";
import { expect, test } from "./fixtures";
import { freezeApi } from "./frozen-api";
import { queryOf } from "./page-helpers";

const section = (page: Page) => page.getByRole("region", { name: "Mine or sell" });
const message = (page: Page) => page.locator("#sell-message");
const result = (page: Page) => page.locator("#sell-result");
const panel = (page: Page) => page.locator("#sell-reading");
const row = (page: Page, label: string) =>
  panel(page)
    .locator(".reading-rows > div")
    .filter({ has: page.locator("dt").getByText(label, { exact: true }) });
const firstPrices = (page: Page) =>
  panel(page)
    .getByRole("table", { name: /^First / })
    .locator("tbody tr");

type File = readonly [name: string, text: string];

/** Says neither unit, currency nor zone. */
const UNCLEAR: File = ["farm.csv", table("Time,Price", ["2025-09-10"])];
const CLEAR: File = ["clear.csv", table("Start (UTC),End (UTC),USD/MWh", ["2025-09-10"], true)];

/** Hourly prices 40, 41, .. of whole days. */
function table(header: string, days: readonly string[], hasEnds = false): string {
  const clock = (time: number) => new Date(time).toISOString().slice(0, 16).replace("T", " ");
  const lines = days.flatMap((day) =>
    Array.from({ length: 24 }, (_, hour) => {
      const start = Date.parse(`${day}T00:00Z`) + hour * 3_600_000;
      return `${clock(start)},${hasEnds ? `${clock(start + 3_600_000)},` : ""}${40 + hour}`;
    }),
  );
  return [header, ...lines].join("\n");
}

/** 30 places in columns: the first price of "Node 7" is 107. */
const NODES: File = [
  "nodes.csv",
  [
    `Time (UTC),${Array.from({ length: 30 }, (_, node) => `Node ${node} (USD/MWh)`).join(",")}`,
    ...["00", "01", "02"].map(
      (hour) => `2025-09-10 ${hour}:00,${Array.from({ length: 30 }, (_, node) => node + 100).join(",")}`,
    ),
  ].join("\n"),
];

async function open(page: Page, address = "/"): Promise<void> {
  await page.goto(address);
  await expect(page.locator("#machine-tiles [data-field=usd]").first()).toHaveText(/\d/);
}

async function drop(page: Page, ...files: readonly File[]): Promise<void> {
  await page
    .locator("#sell-file")
    .setInputFiles(files.map(([name, text]) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) })));
}

test("what a file does not say is asked before any number is shown, and answered with the mouse", async ({ page }) => {
  await freezeApi(page);
  await open(page);

  await drop(page, UNCLEAR);

  await expect(message(page)).toHaveText("farm.csv: Needed to go on: unit, currency and time zone.");
  await expect(result(page)).toBeHidden();
  await expect(firstPrices(page)).toHaveCount(0);
  await expect(page.getByLabel("Unit", { exact: true })).toBeFocused();
  await expect(row(page, "Unit")).toContainText("needed");
  await expect(row(page, "Unit")).toContainText(
    "Are the prices in “Price” per MWh, per kWh, in cents per kWh or per GWh (the first is “40”)?",
  );

  await section(page).getByLabel("Unit", { exact: true }).selectOption("MWh");
  await expect(message(page)).toHaveText("Unit: per MWh. Needed to go on: currency and time zone.");
  await section(page).getByLabel("Currency").selectOption("EUR");
  await expect(message(page)).toHaveText("Currency: EUR. Needed to go on: time zone.");
  await section(page).getByLabel("Time zone").fill("oslo");
  await section(page).getByLabel("Time zone").press("Enter");
  await expect(message(page)).toHaveText(
    "Time zone: Europe/Oslo. farm.csv: 24 prices of Sep 10, 2025. Needed to go on: exchange rate.",
  );
  await expect(section(page).getByLabel("Time zone")).toHaveValue("Europe/Oslo");
  await expect(row(page, "Time zone")).toContainText("chosen by you");
  await expect(result(page)).toBeHidden();
  await section(page).getByLabel("1 EUR in USD").fill("1.5");

  await expect(result(page)).toBeVisible();
  // In September, Oslo is two hours ahead of UTC; 40 EUR are 60 USD.
  await expect(firstPrices(page).first().locator("td")).toHaveText([
    /^Sep 10, 2025, 00:00.–.01:00 GMT\+2$/,
    /^Sep 9, 2025, 22:00.–.23:00$/,
    "40",
    "40",
    "60.00",
  ]);
  await expect(message(page)).toHaveText("farm.csv: 24 prices of Sep 10, 2025.");
});

test("all choices work with the keyboard alone", async ({ page }) => {
  await freezeApi(page);
  await open(page);
  await drop(page, UNCLEAR);
  await expect(page.getByLabel("Unit", { exact: true })).toBeFocused();

  await page.keyboard.type("per k");
  await expect(row(page, "Unit")).toContainText("chosen by you");
  await expect(page.getByLabel("Unit", { exact: true })).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(page.getByLabel("Unit", { exact: true })).toHaveValue("MWh");
  await page.keyboard.press("Tab");
  await page.keyboard.type("USD");
  await expect(row(page, "Currency")).toContainText("chosen by you");
  await page.keyboard.press("Tab");
  await page.keyboard.type("new york");
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Time zone")).toHaveValue("America/New_York");
  await expect(result(page)).toBeVisible();
  await expect(page.getByLabel("Each time is")).toBeFocused();

  // In September, New York is four hours behind UTC. As ends, the first price is an hour earlier.
  await expect(firstPrices(page).first()).toContainText("Sep 10, 2025, 04:00");
  await page.keyboard.press("ArrowDown");
  await expect(message(page)).toHaveText(
    "Each time is: the end of an interval. The first price is now from Sep 10, 2025, 03:00 UTC (before: Sep 10, 2025, 04:00 UTC).",
  );
  await expect(firstPrices(page).first()).toContainText("Sep 10, 2025, 03:00");
  await expect(page.getByLabel("Each time is")).toBeFocused();

  await page.getByRole("button", { name: "Undo my choices" }).focus();
  await page.keyboard.press("Enter");
  await expect(message(page)).toHaveText(
    "Your choices are undone. Each time is: the start of an interval. Needed to go on: unit, currency and time zone.",
  );
  await expect(result(page)).toBeHidden();
});

test("the field names the file, also one that is dropped, and a refused one", async ({ page }) => {
  await freezeApi(page);
  await open(page);
  const named = () => page.locator("#sell-file").evaluate((field) => (field as HTMLInputElement).files?.[0]?.name);
  await drop(page, CLEAR);
  await expect(message(page)).toHaveText(/^clear\.csv: 24 prices/);
  expect(await named()).toBe("clear.csv");

  const dataTransfer = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([""], "empty.csv", { type: "text/csv" }));
    return transfer;
  });
  await page.locator("#sell-drop").dispatchEvent("drop", { dataTransfer });

  await expect(message(page)).toHaveText(/^The file is empty\. .* The result below is still that of clear\.csv\.$/);
  expect(await named()).toBe("empty.csv");
});

test("a file that is clear is read in one sentence, which opens to change it", async ({ page }) => {
  await freezeApi(page);
  await open(page);
  const focused = page.locator("#sell-file");
  await focused.focus();

  await drop(page, CLEAR);

  await expect(message(page)).toHaveText("clear.csv: 24 prices of Sep 10, 2025.");
  await expect(panel(page).locator("summary")).toHaveText(
    "Read as a table of times and prices: USD per MWh, times in UTC, times are starts of 1 hour. Change",
  );
  await expect(section(page).getByLabel("Unit", { exact: true })).toBeHidden();
  await expect(result(page)).toBeVisible();
  await expect(focused).toBeFocused();

  await panel(page).getByText("Change").click();
  await section(page).getByLabel("Unit", { exact: true }).selectOption("kWh");
  await expect(message(page)).toHaveText(
    "Unit: USD per kWh. The first price is now 40,000 USD/MWh (before: 40 USD/MWh).",
  );
  await expect(firstPrices(page).first().locator("td").last()).toHaveText("40,000");
  await expect(panel(page)).toContainText("Converted: 1 USD/kWh is 1000 USD/MWh");
});

test("a place among many is found by typing, without reading the file again", async ({ page }) => {
  await freezeApi(page);
  await open(page);
  await drop(page, NODES);
  const place = section(page).getByLabel("Place or node");
  await expect(place).toHaveValue("Node 0");

  await place.fill("7");
  await place.press("Enter");
  await expect(message(page)).toHaveText("No place or node is called “7”, or several are.");
  await expect(place).toHaveAttribute("aria-invalid", "true");
  await place.fill("node 7");
  expect(await page.locator("#sell-place-options option").evaluateAll((all) => all.length)).toBe(1);
  await place.press("Enter");

  await expect(message(page)).toHaveText(
    "Place or node: Node 7. The first price is now 107 USD/MWh (before: 100 USD/MWh).",
  );
  await expect(place).not.toHaveAttribute("aria-invalid");
  await expect(firstPrices(page).first().locator("td").last()).toHaveText("107");
});

test("a time zone that does not exist is refused beside its field", async ({ page }) => {
  await freezeApi(page);
  await open(page);
  await drop(page, UNCLEAR);
  const zone = section(page).getByLabel("Time zone");

  await zone.fill("Atlantis");
  await zone.press("Enter");

  await expect(row(page, "Time zone")).toContainText("“Atlantis” is not a time zone. Write a city");
  await expect(zone).toHaveAttribute("aria-invalid", "true");
  await zone.fill("UTC-5");
  await zone.press("Enter");
  await expect(zone).toHaveValue("UTC-05:00");
  await expect(zone).not.toHaveAttribute("aria-invalid");
});

/** Drops the unclear file, and answers all that is asked: euros per MWh in UTC, at 1.5 USD. */
async function dropAndAnswer(page: Page): Promise<void> {
  await drop(page, UNCLEAR);
  await section(page).getByLabel("Unit", { exact: true }).selectOption("MWh");
  await section(page).getByLabel("Currency").selectOption("EUR");
  await section(page).getByLabel("Time zone").fill("UTC");
  await section(page).getByLabel("Time zone").press("Enter");
  await section(page).getByLabel("1 EUR in USD").fill("1.5");
}

test("choices are kept for the next file with the same header, and not for others", async ({ page }) => {
  await freezeApi(page);
  await open(page);
  await dropAndAnswer(page);
  await expect(result(page)).toBeVisible();

  await drop(page, ["next.csv", table("Time,Price", ["2025-09-11", "2025-09-12"])]);
  await expect(message(page)).toHaveText("next.csv: 48 prices from Sep 11, 2025 to Sep 12, 2025.");
  await expect(section(page).getByLabel("1 EUR in USD")).toHaveValue("1.5");
  await expect(result(page)).toBeVisible();

  await drop(page, ["other.csv", table("Time,Other price", ["2025-09-10"])]);
  await expect(message(page)).toHaveText("other.csv: Needed to go on: unit, currency and time zone.");
  await expect(result(page)).toBeHidden();
});

test("a link applies its choices to a file with the same header, and names those that do not fit", async ({ page }) => {
  await freezeApi(page);
  await open(page);
  await dropAndAnswer(page);
  await expect.poll(async () => (await queryOf(page)).get("sell.rate")).toBe("EUR:1.5");
  const query = await queryOf(page);
  expect(Object.fromEntries(query)).toMatchObject({ "sell.unit": "MWh", "sell.currency": "EUR", "sell.zone": "UTC" });

  await page.getByRole("button", { name: "Share", exact: true }).click();
  await expect(page.getByText("Your file of power prices is not in the link: send it too.")).toBeVisible();
  await open(page, `/?${query}`);
  await expect(message(page)).toHaveText(
    "This link was made with a file of power prices, which is not in the link. Choose that file again to see its result.",
  );
  await drop(page, UNCLEAR);
  await expect(message(page)).toHaveText("farm.csv: 24 prices of Sep 10, 2025.");
  await expect(result(page)).toBeVisible();
  await expect(row(page, "Time zone")).toContainText("chosen by you");

  query.set("sell.place", "HB_NORTH");
  query.set("sell.unit", "barrel");
  await open(page, `/?${query}`);
  await drop(page, UNCLEAR);
  await expect(message(page)).toHaveText(
    "farm.csv: Needed to go on: unit. Not possible for this file, so dropped: unit “barrel”.",
  );
  await section(page).getByLabel("Unit", { exact: true }).selectOption("MWh");
  await expect(message(page)).toHaveText(/Not possible for this file, so dropped: place “HB_NORTH”\.$/);
  await expect.poll(async () => (await queryOf(page)).get("sell.place")).toBeNull();

  await open(page, `/?${query}`);
  await drop(page, CLEAR);
  await expect(message(page)).toHaveText(
    "clear.csv: 24 prices of Sep 10, 2025. The choices in the link are for a file with another header, so they are not used.",
  );
});

test("going back to an earlier time range keeps the choices", async ({ page }) => {
  await freezeApi(page);
  await open(page);
  await page.getByRole("button", { name: "7D" }).click();
  await drop(page, UNCLEAR);
  await section(page).getByLabel("Unit", { exact: true }).selectOption("MWh");
  await expect.poll(async () => (await queryOf(page)).get("sell.unit")).toBe("MWh");

  await page.goBack();

  await expect.poll(async () => (await queryOf(page)).get("range")).toBeNull();
  await expect.poll(async () => (await queryOf(page)).get("sell.unit")).toBe("MWh");
  await expect(section(page).getByLabel("Unit", { exact: true })).toHaveValue("MWh");
});

test.describe("while the reader is slow", () => {
  test("Cancel stops it, and what was read before stays", async ({ page }) => {
    await freezeApi(page);
    await open(page);
    await drop(page, CLEAR);
    await expect(result(page)).toBeVisible();
    await page.route(/\/assets\/worker-.*\.js$/, () => {}); // It never arrives.

    await drop(page, UNCLEAR);
    await expect(message(page)).toHaveText("Reading farm.csv");
    await expect(page.getByRole("progressbar", { name: "Reading" })).toBeVisible();
    await page.getByRole("button", { name: "Cancel" }).focus();
    await page.keyboard.press("Enter");

    await expect(message(page)).toHaveText("Stopped reading farm.csv. The result below is still that of clear.csv.");
    await expect(page.getByRole("progressbar")).toBeHidden();
    await expect(page.locator("#sell-file")).toBeFocused();
    await expect.poll(() => page.workers().length).toBe(0);
    await expect(result(page)).toBeVisible();

    await page.unroute(/\/assets\/worker-.*\.js$/);
    await drop(page, UNCLEAR);
    await expect(message(page)).toHaveText("farm.csv: Needed to go on: unit, currency and time zone.");
  });

  test("a changed choice that is cancelled returns to what is shown", async ({ page }) => {
    await freezeApi(page);
    await open(page);
    await drop(page, CLEAR);
    await panel(page).getByText("Change").click();
    await page.route(/\/assets\/worker-.*\.js$/, () => {});

    await section(page).getByLabel("Unit", { exact: true }).selectOption("kWh");
    await page.getByRole("button", { name: "Cancel" }).click();

    await expect(section(page).getByLabel("Unit", { exact: true })).toHaveValue("MWh");
    await expect(firstPrices(page).first().locator("td").last()).toHaveText("40");
    await expect.poll(async () => (await queryOf(page)).get("sell.unit")).toBeNull();
  });

  test("another file cancels the first", async ({ page }) => {
    await freezeApi(page);
    await open(page);
    let isFirst = true;
    await page.route(/\/assets\/worker-.*\.js$/, async (route) => {
      if (isFirst) isFirst = false;
      else await route.continue();
    });

    await drop(page, UNCLEAR);
    await expect(message(page)).toHaveText("Reading farm.csv");
    await drop(page, CLEAR);

    await expect(message(page)).toHaveText("clear.csv: 24 prices of Sep 10, 2025.");
    await expect(page.getByRole("progressbar")).toBeHidden();
    await expect.poll(() => page.workers().length).toBe(0);
  });
});

test.describe("while the reader cannot be loaded", () => {
  test.use({ expectedErrors: /Failed to load resource|Failed to fetch/ });

  for (const code of ["power-file-dialog", "worker"]) {
    test(`the page says what to do (${code})`, async ({ page }) => {
      await freezeApi(page);
      await open(page);
      await page.route(new RegExp(`/assets/${code}-.*\\.js$`), (route) => route.abort());

      await drop(page, CLEAR);

      await expect(message(page)).toHaveText(
        "Couldn't load the part of the page that reads files. Check your connection, reload the page and choose the file again.",
      );
      await expect(message(page)).toHaveAttribute("data-how", "failed");
      await expect(page.getByRole("progressbar")).toBeHidden();
      await expect(result(page)).toBeHidden();
    });
  }
});

test("several files are joined: names, a gap and an overlap are told, and many notes are folded", async ({ page }) => {
  await freezeApi(page);
  await open(page);
  const day = (date: string): File => [`${date}.csv`, table("Start (UTC),End (UTC),USD/MWh", [date], true)];
  const bad: readonly File[] = ["a", "b", "c"].map((name) => [`${name}.txt`, `nothing,here\n${name},x\n`] as const);

  await drop(page, day("2025-09-10"), day("2025-09-12"), ["again.csv", day("2025-09-12")[1]], ...bad);

  await expect(message(page)).toHaveText(
    "6 files (2025-09-10.csv, 2025-09-12.csv, again.csv and 3 more): 48 prices from Sep 10, 2025 to Sep 12, 2025.",
  );
  const notes = panel(page).locator(".reading-notes").first().getByRole("listitem");
  await expect(notes.first()).toHaveText("3 tables joined: 2025-09-10.csv, 2025-09-12.csv, again.csv");
  await expect(notes).toHaveCount(3);
  const more = panel(page).getByText("and 3 more", { exact: true });
  await more.click();
  await expect(panel(page)).toContainText("24 hours are missing between the files (1 gap, from ");
  await expect(panel(page)).toContainText("24 hours are in two files, with the same prices");
});

test("files with other prices at the same times are asked about, and a rate below zero is refused", async ({
  page,
}) => {
  await freezeApi(page);
  await open(page);
  const prices = (price: number): string =>
    ["Time (UTC),EUR/MWh", ...[0, 1, 2].map((hour) => `2025-09-10 0${hour}:00,${price + hour}`)].join("\n");

  await drop(page, ["DE.csv", prices(40)], ["FR.csv", prices(70)]);

  await expect(message(page)).toContainText("2 files (DE.csv, FR.csv): Needed to go on: place.");
  await expect(row(page, "Place or node")).toContainText(
    "Which are the prices to use: DE or FR? These files or sheets have other prices at the same times.",
  );
  await expect(result(page)).toBeHidden();
  await section(page).getByLabel("Place or node").selectOption("FR");
  await section(page).getByLabel("1 EUR in USD").fill("-3");
  await section(page).getByLabel("1 EUR in USD").press("Enter");
  await expect(row(page, "1 EUR in USD")).toContainText("A rate is a number above zero, such as 1.08.");
  await section(page).getByLabel("1 EUR in USD").fill("2");

  await expect(result(page)).toBeVisible();
  await expect(firstPrices(page).first().locator("td").last()).toHaveText("140.00");
});

for (const width of [1280, 390, 320]) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`axe finds no violation and nothing scrolls sideways, asking and read, in ${colorScheme} at ${width}`, async ({
      page,
    }) => {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await freezeApi(page);
      await open(page);
      const check = async () => {
        expect(await violations(page, "#sell")).toEqual([]);
        const inside = await page
          .locator("#sell")
          .evaluate((sell) =>
            [...sell.querySelectorAll("*:not(.scroll *)")]
              .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth)
              .map((element) => element.outerHTML.slice(0, 100)),
          );
        expect(inside).toEqual([]);
      };

      await drop(page, UNCLEAR);
      await expect(message(page)).toHaveText(/Needed to go on/);
      await check();

      await drop(page, [
        "a-long-name-of-a-file-that-somebody-downloaded-once-and-again.csv",
        table("Delivery Start (CET),SE3_a_very_long_name_without_any_space_in_it Price (EUR/MWh)", ["2025-09-10"]),
      ]);
      await expect(message(page)).toHaveText(/24 prices/);
      await check();
      await section(page).getByLabel("1 EUR in USD").fill("1.1");
      await expect(result(page)).toBeVisible();
      await check();
    });
  }
}
