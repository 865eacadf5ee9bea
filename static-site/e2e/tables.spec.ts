import type { Locator, Page } from "@playwright/test";

import type { BlockJson, StatusJson } from "../src/model/api-types";
import { expect, test, unpricedNode } from "./fixtures";
import { type Asic, freezeApi } from "./frozen-api";
import {
  csvRows,
  downloadText,
  earnings,
  expectNumber,
  fieldsOf,
  formatNumber,
  formatTime,
  mwhInDay,
} from "./table-helpers";

const S19J_PRO = "Antminer S19j Pro (100 TH/s)";
const S21_PRO = "Antminer S21 Pro (234 TH/s)";
const S23_HYD = "Antminer S23 Hyd (580 TH/s)";
const EIGHT = [
  "antminer-s19-95",
  "antminer-s21-200",
  "antminer-s21-pro-234",
  "antminer-s23-318",
  "antminer-t21-190",
  "avalon-q-90",
  "whatsminer-m60-172",
  "whatsminer-m70-214",
];

test.describe("machine tiles", () => {
  const tiles = (page: Page) => page.locator("#machine-tiles .tile");
  const names = (page: Page) => tiles(page).locator("[data-field=name]");
  const panel = (page: Page) => page.getByRole("dialog", { name: "Add miner" });

  async function openPanel(page: Page): Promise<Locator> {
    await page.getByRole("button", { name: "Add miner" }).click();
    await expect(panel(page)).toBeVisible();
    return panel(page);
  }

  async function addNamed(page: Page, name: string): Promise<void> {
    await panel(page).getByLabel("Search miners").fill(name);
    await panel(page).getByRole("button", { name: "Add" }).first().click();
  }

  test("a machine is removed with its button, the others keep their order, and the last one remains", async ({
    page,
  }) => {
    await page.goto("/");
    await expect(names(page)).toHaveText([S19J_PRO, S21_PRO, S23_HYD]);

    await page.getByRole("button", { name: `Remove ${S19J_PRO}` }).click();

    await expect(names(page)).toHaveText([S21_PRO, S23_HYD]);
    await expect(page).toHaveURL(/asics=antminer-s21-pro-234,antminer-s23-hyd-580&colours=2,3$/);
    await expect(page.getByRole("button", { name: "Add miner" })).toBeFocused();

    await page.getByRole("button", { name: `Remove ${S23_HYD}` }).click();

    await expect(names(page)).toHaveText([S21_PRO]);
    await expect(page.getByRole("button", { name: `Remove ${S21_PRO}` })).toBeHidden();
  });

  test("a machine of the catalogue is added by its name, or by words that no other has", async ({ page }) => {
    const api = await freezeApi(page);
    await page.goto("/");
    await expect(names(page)).toHaveCount(3);
    const { usd_per_ph_day_144 } = await api.summary();

    await openPanel(page);
    await addNamed(page, "Antminer S21 XP Immersion (300 TH/s)");

    await expect(panel(page)).toBeHidden();
    await expect(names(page)).toHaveText([S19J_PRO, S21_PRO, S23_HYD, "Antminer S21 XP Immersion (300 TH/s)"]);
    const usd = earnings(await api.asic("Antminer S21 XP Immersion (300 TH/s)"), usd_per_ph_day_144).mwh;
    await expect(tiles(page).last().locator("[data-field=usd]")).toHaveText(formatNumber(usd, 2));

    await openPanel(page);
    await addNamed(page, "avalon q");

    await expect(names(page).last()).toHaveText("Avalon Q (90 TH/s)");
    await expect(page).toHaveURL(/,antminer-s21-xp-immersion-300,avalon-q-90$/);
  });

  test("miners found are added with a click on their name", async ({ page }) => {
    await page.goto("/");
    const dialog = await openPanel(page);
    await expect(dialog.getByLabel("Search miners")).toBeFocused();
    await page.keyboard.type("s21e xp hyd");

    await dialog.getByRole("button", { name: "Antminer S21e XP Hyd 3U (860 TH/s)" }).click();

    await expect(dialog).toBeHidden();
    await expect(page.getByRole("button", { name: "Add miner" })).toBeFocused();
    await expect(names(page).last()).toHaveText("Antminer S21e XP Hyd 3U (860 TH/s)");
  });

  test("a custom machine is added by hash rate and power, and earns the computed revenue", async ({ page }) => {
    const api = await freezeApi(page);
    await page.goto("/");
    const dialog = await openPanel(page);

    await dialog.getByLabel("TH/s").fill("150.5");
    await dialog.getByLabel("W", { exact: true }).fill("3000");
    await dialog.getByRole("button", { name: "Add" }).last().click();

    await expect(dialog).toBeHidden();
    await expect(names(page).last()).toHaveText("Custom (150.5 TH/s, 3000 W)");
    // 3000 W consume 0.072 MWh in a day.
    const { usd_per_ph_day_144, sat_per_ph_day_144 } = await api.summary();
    await expect(tiles(page).last().locator("[data-field=usd]")).toHaveText(
      formatNumber((0.1505 * (usd_per_ph_day_144 ?? NaN)) / 0.072, 2),
    );
    await expect(tiles(page).last().locator("[data-field=sat]")).toHaveText(
      formatNumber((0.1505 * (sat_per_ph_day_144 ?? NaN)) / 0.072, 0),
    );

    // The next machine starts with empty fields.
    await openPanel(page);
    await expect(dialog.getByLabel("TH/s")).toHaveValue("");
    await expect(dialog.getByLabel("W", { exact: true })).toHaveValue("");
  });

  test("a machine that cannot be added gives an error message, which is gone when the panel opens again", async ({
    page,
  }) => {
    await page.goto("/");
    await expect(names(page)).toHaveCount(3);
    const dialog = await openPanel(page);

    await addNamed(page, "Model T");
    await expect(dialog.getByRole("alert")).toHaveText("No miner matches “Model T”.");

    // Many miners have this in their names: they are listed.
    await addNamed(page, "S21");
    await expect(dialog.getByRole("alert")).toHaveText(/^\d+ miners match “S21”: choose one\.$/);
    const listed = dialog.getByRole("list", { name: "Miners found" });
    await expect(listed.getByRole("button").first()).toHaveText(/S21/);
    await expect(listed.getByRole("button", { name: `${S21_PRO} (added)` })).toBeDisabled();

    // An S21e is no S21.
    await addNamed(page, "s21 xp hyd 3u");
    await expect(dialog.getByRole("alert")).toHaveText(
      "No miner is called “s21 xp hyd 3u”. Did you mean the one below?",
    );
    await expect(listed.getByRole("button")).toHaveText(["Antminer S21e XP Hyd 3U (860 TH/s)"]);
    await expect(names(page)).toHaveText([S19J_PRO, S21_PRO, S23_HYD]);

    await addNamed(page, S21_PRO);
    await expect(dialog.getByRole("alert")).toHaveText("Already added.");

    await dialog.getByLabel("TH/s").fill("0");
    await dialog.getByLabel("W", { exact: true }).fill("3000");
    await dialog.getByRole("button", { name: "Add" }).last().click();
    await expect(dialog.locator("#own-hashrate:invalid")).toBeFocused();
    await expect(names(page)).toHaveText([S19J_PRO, S21_PRO, S23_HYD]);

    await page.keyboard.press("Escape");
    await openPanel(page);
    await expect(dialog.getByRole("alert")).toHaveText("");
  });

  test("no ninth machine is added, by panel or table", async ({ page }) => {
    await page.goto(`/?asics=${EIGHT}`);
    await expect(tiles(page)).toHaveCount(8);

    const dialog = await openPanel(page);
    await addNamed(page, S23_HYD);
    await expect(dialog.getByRole("alert")).toHaveText("8 miners are the most that fit: remove one first.");
    await page.keyboard.press("Escape");

    await page.locator("#machines").scrollIntoViewIfNeeded();
    await expect(page.locator("#machines-compared")).toHaveText(
      /^8 of 8 selected for comparison\. Deselect one to select another\.$/,
    );
    await expect(page.getByRole("checkbox", { name: `Compare ${S23_HYD}` })).toBeDisabled();
    await page.locator("#machines-own-hashrate").fill("200");
    await page.locator("#machines-own-power").fill("3000");
    await page.locator("#machines-own").getByRole("button").click();
    await expect(page.locator("#machines-own-message")).toHaveText("8 miners are the most that fit: remove one first.");
    await expect(tiles(page)).toHaveCount(8);

    await page.getByRole("checkbox", { name: "Compare Avalon Q (90 TH/s)" }).uncheck();
    await page.getByRole("checkbox", { name: `Compare ${S23_HYD}` }).check();
    await expect(names(page).last()).toHaveText(S23_HYD);
    await expect(tiles(page)).toHaveCount(8);
  });

  test("an unknown machine does not count towards the limit", async ({ page }) => {
    await page.goto(`/?asics=${[...EIGHT.slice(0, 7), "abacus-1"]}`);
    await expect(tiles(page)).toHaveCount(7);
    await expect(page.locator("#link-problems")).toContainText("abacus-1");

    await openPanel(page);
    await addNamed(page, S23_HYD);

    await expect(names(page).last()).toHaveText(S23_HYD);
    await expect(tiles(page)).toHaveCount(8);
  });
});

test.describe("machine table", () => {
  // The table is loaded when it is near the window.
  test.use({ viewport: { width: 1280, height: 2_000 } });
  const section = (page: Page) => page.getByRole("region", { name: "Miners", exact: true });
  const rows = (page: Page) => section(page).locator("tbody tr");
  const names = (page: Page) => rows(page).locator("[data-field=name]");
  const header = (page: Page, column: string) => section(page).locator(`th[data-column=${column}]`);

  test("has every machine of the catalogue, with the computed numbers", async ({ page }) => {
    const api = await freezeApi(page);
    await page.goto("/");
    await expect(rows(page)).toHaveCount((await api.asics()).length);

    await page.getByRole("spinbutton", { name: "Electricity price" }).fill("61.5");
    await page.getByRole("spinbutton", { name: "Pool fee" }).fill("2.5");

    const summary = await api.summary();
    await expect(header(page, "efficiency")).toHaveAttribute("aria-sort", "ascending");
    const shown = Object.fromEntries((await fieldsOf(rows(page))).map((fields) => [fields.name, fields]));
    for (const machine of await api.asics()) {
      const usd = earnings(machine, summary.usd_per_ph_day_144);
      const powerOfDay = mwhInDay(machine) * 61.5;
      expect(shown[machine.name], machine.name).toEqual({
        name: machine.name,
        kind: `${machine.vendor}, ${machine.cooling}`,
        unreleased: Date.parse(machine.released ?? "") < Date.parse(summary.block.time) ? "" : "not yet released",
        released: new Intl.DateTimeFormat("en-US", { year: "numeric", month: "short", timeZone: "UTC" }).format(
          new Date(machine.released ?? NaN),
        ),
        efficiency: formatNumber(machine.power_w / machine.hashrate_ths, 1),
        usd: formatNumber(usd.mwh, 2),
        sat: formatNumber(earnings(machine, summary.sat_per_ph_day_144).mwh, 0),
        breakeven: formatNumber(usd.mwh * 0.975, 2),
        margin: formatNumber(usd.mwh * 0.975 - 61.5, 2, "exceptZero"),
        machine: formatNumber(usd.day, 2),
        profit: formatNumber(usd.day * 0.975 - powerOfDay, 2, "exceptZero"),
        mw: formatNumber(usd.mw, 2),
        mwprofit: formatNumber(usd.mw * 0.975 - 24 * 61.5, 2, "exceptZero"),
      });
    }
  });

  test("a higher power price and fee lower margin and profit, but not revenue", async ({ page }) => {
    const api = await freezeApi(page);
    await page.goto("/?power=0");
    const row = rows(page).filter({ hasText: S21_PRO });
    const { usd_per_ph_day_144 } = await api.summary();
    const machine = await api.asic(S21_PRO);
    const usd = earnings(machine, usd_per_ph_day_144);
    await expect(row.locator("[data-field=margin]")).toHaveText(formatNumber(usd.mwh, 2, "exceptZero"));
    await expect(row.locator("[data-field=margin]")).toHaveAttribute("data-pays", "yes");

    await page.getByRole("spinbutton", { name: "Electricity price" }).fill("500");
    await page.getByRole("spinbutton", { name: "Pool fee" }).fill("10");

    await expect(row.locator("[data-field=margin]")).toHaveText(formatNumber(usd.mwh * 0.9 - 500, 2, "exceptZero"));
    await expect(row.locator("[data-field=margin]")).toHaveAttribute("data-pays", "no");
    await expect(row.locator("[data-field=usd]")).toHaveText(formatNumber(usd.mwh, 2));
    await expect(row.locator("[data-field=machine]")).toHaveText(formatNumber(usd.day, 2));
    // The S21 Pro draws 3510 W: 0.08424 MWh per day.
    await expect(row.locator("[data-field=profit]")).toHaveText(formatNumber(usd.day * 0.9 - 42.12, 2, "exceptZero"));
  });

  test("every column sorts both ways, and is marked as sorted", async ({ page }) => {
    const api = await freezeApi(page);
    await page.goto("/");
    const asics = await api.asics();
    await expect(rows(page)).toHaveCount(asics.length);
    // Without fee, overhead and adder it would repeat revenue.
    await expect(header(page, "breakeven")).toHaveCount(0);
    const summary = await api.summary();
    const usd = (machine: Asic) => earnings(machine, summary.usd_per_ph_day_144);
    // Best or newest first; names in alphabetical order.
    const columns: readonly (readonly [string, "ascending" | "descending", (machine: Asic) => number | string])[] = [
      ["name", "ascending", ({ name }) => name],
      ["released", "descending", ({ released }) => Date.parse(released ?? "")],
      ["efficiency", "ascending", ({ power_w, hashrate_ths }) => power_w / hashrate_ths],
      ["usd", "descending", (machine) => usd(machine).mwh],
      ["sat", "descending", (machine) => earnings(machine, summary.sat_per_ph_day_144).mwh],
      ["margin", "descending", (machine) => usd(machine).mwh - 50],
      ["machine", "descending", (machine) => usd(machine).day],
      ["profit", "descending", (machine) => usd(machine).day - 50 * mwhInDay(machine)],
      ["mw", "descending", (machine) => usd(machine).mw],
      ["mwprofit", "descending", (machine) => usd(machine).mw - 24 * 50],
    ];
    await expect(section(page).locator("th[data-column] button")).toHaveCount(columns.length);
    await header(page, "mw").getByRole("button").click();

    for (const [column, first, value] of columns) {
      const inOrder = async (direction: "ascending" | "descending") => {
        await header(page, column).getByRole("button").click();
        await expect(header(page, column)).toHaveAttribute("aria-sort", direction);
        await expect(section(page).locator("[aria-sort]")).toHaveCount(1);
        const values: (string | number)[] = [];
        for (const name of await names(page).allTextContents()) values.push(value(await api.asic(name)));
        expect(values).toHaveLength(asics.length);
        const sign = direction === "ascending" ? 1 : -1;
        values.slice(1).forEach((next, at) => {
          const before = values[at] ?? NaN;
          const later =
            typeof next === "string"
              ? next.localeCompare(String(before), "en-US", { numeric: true })
              : next - Number(before);
          expect(sign * later >= -1e-9, `${column} ${direction}: ${before} is before ${next}`).toBe(true);
        });
      };
      await inOrder(first);
      await inOrder(first === "ascending" ? "descending" : "ascending");
      await expect(page).toHaveURL(new RegExp(`sort=${first === "ascending" ? "-" : ""}${column}$`));
    }
  });

  test("keeps the focus on a checkbox whose row moves", async ({ page }) => {
    await page.goto("/?sort=name");
    const box = page.getByRole("checkbox", { name: "Compare Whatsminer M70 (214 TH/s)" });
    await box.focus();

    await page.evaluate(() => document.querySelector<HTMLElement>("th[data-column=name] button")?.click());

    await expect(names(page).first()).toHaveText(/^Whatsminer/);
    await expect(box).toBeFocused();
  });

  test("is searched by words of name, vendor and cooling, in any order", async ({ page }) => {
    const api = await freezeApi(page);
    await page.goto("/");
    const asics = await api.asics();
    const search = section(page).getByRole("searchbox", { name: "Search" });
    await expect(section(page).getByRole("status").first()).toHaveText(`${asics.length} miners`);

    await search.fill("hydro bitmain");
    const found = asics
      .filter(({ vendor, cooling }) => vendor === "Bitmain" && cooling === "hydro")
      .map(({ name }) => name);
    expect(found.length).toBeGreaterThan(1);
    await expect(section(page).getByRole("status").first()).toHaveText(`${found.length} of ${asics.length} miners`);
    expect((await names(page).allTextContents()).toSorted()).toEqual(found.toSorted());
    await expect(page).toHaveURL(/find=hydro\+bitmain$/);

    await search.fill("no such machine");
    await expect(rows(page)).toHaveCount(0);
    await expect(section(page).getByText("No miner matches “no such machine”.")).toBeVisible();
    await expect(section(page).getByRole("status").first()).toHaveText(`0 of ${asics.length} miners`);

    await section(page).getByRole("button", { name: "Show all miners" }).click();
    await expect(rows(page)).toHaveCount(asics.length);
    await expect(search).toBeFocused();
  });

  test("shows a machine's specs and all its sources", async ({ page }) => {
    const api = await freezeApi(page);
    await page.goto("/");
    const { source } = await api.asic(S21_PRO);
    const links = source.match(/https:\/\/\S+|github\.com\/[\w.-]+\/[\w.-]+/g) ?? [];
    expect(links.length).toBeGreaterThan(1);
    const addresses = links.map((link) => (link.startsWith("https://") ? link : `https://${link}`));

    const specs = page.getByRole("button", { name: `Specs of ${S21_PRO}` });
    await specs.click();
    const dialog = page.getByRole("dialog", { name: `Specs of ${S21_PRO}` });
    await expect(dialog).toBeVisible();
    await expect(dialog).toContainText("234 TH/s, 3,510 W");
    await expect(dialog.getByRole("listitem")).toHaveText(source.split(";").map((part) => part.trim()));
    expect(
      await dialog.getByRole("link").evaluateAll((found) => found.map((link) => link.getAttribute("href"))),
    ).toEqual(addresses);
    await expect(dialog.getByRole("link").first()).toHaveAttribute("rel", /noopener/);

    await dialog.getByRole("button", { name: "Close" }).click();
    await expect(dialog).toBeHidden();
    await expect(specs).toBeFocused();
  });

  test("has one tab stop a row: arrow keys move between rows, and to the specs", async ({ page }) => {
    await page.goto(`/?asics=${EIGHT}&sort=name`);
    await expect(section(page).locator("input:checked")).toHaveCount(8);
    const boxes = section(page).locator("tbody input");
    await boxes.first().focus();

    // No ninth machine can be checked; its row is reached all the same.
    await page.keyboard.press("Tab");
    await expect(boxes.nth(1)).toBeFocused();
    await expect(boxes.nth(1)).toHaveAttribute("aria-disabled", "true");
    await page.keyboard.press("Space");
    await expect(boxes.nth(1)).not.toBeChecked();
    await page.keyboard.press("ArrowDown");
    await expect(boxes.nth(2)).toBeFocused();
    await page.keyboard.press("ArrowRight");
    await expect(
      rows(page)
        .nth(2)
        .getByRole("button", { name: /^Specs of / }),
    ).toBeFocused();
    await page.keyboard.press("ArrowUp");
    await expect(
      rows(page)
        .nth(1)
        .getByRole("button", { name: /^Specs of / }),
    ).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.locator("#machine-source")).toBeVisible();
    await page.keyboard.press("Escape");
    await page.keyboard.press("ArrowLeft");
    await expect(boxes.nth(1)).toBeFocused();
  });

  test("headers stand over their columns, however it is scrolled", async ({ page }) => {
    await page.setViewportSize({ width: 800, height: 800 });
    await freezeApi(page);
    await page.goto("/?fee=1");
    await section(page).scrollIntoViewIfNeeded();
    await expect(rows(page).first().locator("[data-field=usd]")).toHaveText(/\d/);
    const region = page.getByRole("region", { name: "Table of miners" });

    for (const [left, top] of [
      [0, 0],
      [250, 0],
      [0, 700],
      [430, 900],
      [10_000, 10_000],
    ] as const) {
      await region.evaluate((element, [x, y]) => element.scrollTo(x, y), [left, top] as const);
      const misplaced = await region.evaluate((element) => {
        const frame = element.getBoundingClientRect();
        const cells = [...(element.querySelector("tbody tr")?.children ?? [])];
        const headers = [...element.querySelectorAll("thead th")];
        const first = headers[0]?.getBoundingClientRect().right ?? 0;
        return headers.flatMap((header, at) => {
          const [above, below] = [header.getBoundingClientRect(), cells[at]?.getBoundingClientRect()];
          if (below === undefined || Math.abs(above.left - below.left) > 0.5)
            return [`${header.textContent}: no column`];
          const x = (Math.max(above.left, at === 0 ? frame.left : first) + Math.min(above.right, frame.right)) / 2;
          if (x <= (at === 0 ? frame.left : first) || frame.right <= x) return []; // Out of sight.
          const hit = document.elementFromPoint(x, above.top + above.height / 2);
          return header.contains(hit) ? [] : [`${header.textContent} is covered by ${hit?.textContent?.slice(0, 40)}`];
        });
      });
      expect(misplaced, `scrolled by ${left}, ${top}`).toEqual([]);
    }
  });

  test("at 1280 px, what is asked for first is in sight without scrolling sideways", async ({ page }) => {
    await page.goto("/");
    await section(page).scrollIntoViewIfNeeded();
    for (const column of ["name", "profit", "margin", "usd", "efficiency", "machine", "mwprofit", "mw"])
      await expect(header(page, column)).toBeInViewport({ ratio: 1 });
  });

  test("on a phone, each row is a card with all its figures, and can be sorted", async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto("/?find=avalon");
    await section(page).scrollIntoViewIfNeeded();
    const region = page.getByRole("region", { name: "Table of miners" });
    await expect(rows(page).first().getByRole("cell").first()).toHaveText(/\d/);
    expect(await region.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
    expect(await rows(page).first().getByRole("cell").count()).toBe(10);

    await page.getByRole("combobox", { name: "Sort by" }).selectOption({ label: "Profit per miner USD/day" });

    await expect(page).toHaveURL(/sort=-profit&/);
    const profits = await rows(page).locator("[data-field=profit]").allTextContents();
    const values = profits.map((text) => Number(text.replace("\u2212", "-").replaceAll(",", "")));
    expect(values).toEqual(values.toSorted((a, b) => b - a));
  });

  test("checking a machine adds it to the comparison, and unchecking removes it", async ({ page }) => {
    await page.goto("/");
    const tiles = page.locator("#machine-tiles [data-field=name]");
    await expect(tiles).toHaveText([S19J_PRO, S21_PRO, S23_HYD]);
    await expect(section(page).locator("input:checked")).toHaveCount(3);

    await page.getByRole("checkbox", { name: "Compare Avalon Q (90 TH/s)" }).check();

    await expect(tiles).toHaveText([S19J_PRO, S21_PRO, S23_HYD, "Avalon Q (90 TH/s)"]);
    await expect(page.locator("#legend tbody [data-field=name]")).toHaveText([
      S19J_PRO,
      S21_PRO,
      S23_HYD,
      "Avalon Q (90 TH/s)",
    ]);
    await expect(page.locator("#machines-compared")).toContainText("4 of 8 selected");

    for (const name of [S19J_PRO, S23_HYD, "Avalon Q (90 TH/s)"])
      await page.getByRole("checkbox", { name: `Compare ${name}` }).uncheck();

    await expect(tiles).toHaveText([S21_PRO]);
    await expect(page.getByRole("checkbox", { name: `Compare ${S21_PRO}` })).toBeDisabled();
    await expect(page.locator("#machines-compared")).toContainText("The last one stays.");
  });

  test("has a custom machine among the others until it is unchecked", async ({ page }) => {
    const api = await freezeApi(page);
    await page.goto("/");
    const all = (await api.asics()).length;
    await expect(rows(page)).toHaveCount(all);

    const add = async () => {
      await page.locator("#machines-own-hashrate").fill("1000");
      await page.locator("#machines-own-power").fill("9000");
      await page.locator("#machines-own").getByRole("button", { name: "Add" }).click();
    };
    await add();

    // 9 J/TH is better than any machine of the catalogue, so it is first. It consumes 0.216 MWh per
    // day.
    await expect(rows(page)).toHaveCount(all + 1);
    const { usd_per_ph_day_144 } = await api.summary();
    const own = rows(page).first();
    await expect(own.locator("[data-field=name]")).toHaveText("Custom (1000 TH/s, 9000 W)");
    await expect(own.locator("[data-field=efficiency]")).toHaveText("9.0");
    await expect(own.locator("[data-field=released]")).toHaveText("–");
    await expect(own.locator("[data-field=machine]")).toHaveText(formatNumber(usd_per_ph_day_144 ?? NaN, 2));
    await expect(own.locator("[data-field=usd]")).toHaveText(formatNumber((usd_per_ph_day_144 ?? NaN) / 0.216, 2));
    await expect(page.locator("#machine-tiles [data-field=name]").last()).toHaveText("Custom (1000 TH/s, 9000 W)");

    await add();
    await expect(page.locator("#machines-own-message")).toHaveText("Already added.");

    // Its release date is unknown: it is last in both directions.
    await header(page, "released").getByRole("button").click();
    await expect(names(page).last()).toHaveText("Custom (1000 TH/s, 9000 W)");
    await header(page, "released").getByRole("button").click();
    await expect(header(page, "released")).toHaveAttribute("aria-sort", "ascending");
    await expect(names(page).last()).toHaveText("Custom (1000 TH/s, 9000 W)");

    await page.getByRole("checkbox", { name: "Compare Custom (1000 TH/s, 9000 W)" }).click();
    await expect(rows(page)).toHaveCount(all);
    await expect(page.locator("#machine-tiles .tile")).toHaveCount(3);
  });

  test("its CSV file has the same rows in the same order, with all digits", async ({ page }) => {
    const api = await freezeApi(page);
    await page.goto("/?find=air&sort=-profit&power=40&fee=1");
    await expect(section(page).getByRole("status").first()).toHaveText(/ of /);
    const shown = await fieldsOf(rows(page));

    const { name, text } = await downloadText(page, section(page).getByRole("button", { name: "Download CSV" }));

    expect(name).toBe("hashlake-machines.csv");
    const lines = csvRows(text);
    expect(lines.map((line) => line.machine)).toEqual(shown.map((fields) => fields.name));
    const { usd_per_ph_day_144, sat_per_ph_day_144 } = await api.summary();
    for (const [at, line] of lines.entries()) {
      const machine = await api.asic(line.machine ?? "");
      const usd = earnings(machine, usd_per_ph_day_144);
      expect(line).toMatchObject({
        vendor: machine.vendor,
        cooling: machine.cooling,
        released: machine.released,
        source: machine.source,
      });
      const numbers: Readonly<Record<string, number>> = {
        hashrate_th_per_s: machine.hashrate_ths,
        power_w: machine.power_w,
        efficiency_j_per_th: machine.power_w / machine.hashrate_ths,
        revenue_usd_per_mwh: usd.mwh,
        revenue_sat_per_mwh: earnings(machine, sat_per_ph_day_144).mwh,
        break_even_usd_per_mwh: usd.mwh * 0.99,
        margin_usd_per_mwh: usd.mwh * 0.99 - 40,
        machine_revenue_usd_per_day: usd.day,
        machine_profit_usd_per_day: usd.day * 0.99 - mwhInDay(machine) * 40,
        mw_revenue_usd_per_day: usd.mw,
        mw_profit_usd_per_day: usd.mw * 0.99 - 24 * 40,
      };
      for (const [column, value] of Object.entries(numbers)) expectNumber(line[column], value);
      expect(formatNumber(Number(line.mw_profit_usd_per_day), 2, "exceptZero")).toBe(shown[at]?.mwprofit);
    }
  });
});

test.describe("block table", () => {
  const section = (page: Page) => page.getByRole("region", { name: "Blocks", exact: true });
  const rows = (page: Page) => section(page).locator("tbody tr");
  const message = (page: Page) => page.locator("#blocks-message");
  const button = (page: Page, name: string) => section(page).getByRole("button", { name, exact: true });
  const heights = async (page: Page) =>
    (await rows(page).locator("th").allTextContents()).map((text) => Number(text.replaceAll(",", "")));
  const downFrom = (highest: number, count = 20) => Array.from({ length: count }, (_, at) => highest - at);

  async function goTo(page: Page, address = "/"): Promise<void> {
    await page.goto(address);
    await section(page).scrollIntoViewIfNeeded();
    await expect(message(page)).toHaveText(/^Blocks [\d,]+ to [\d,]+$/);
  }

  const showsFrom = (page: Page, highest: number) => expect.poll(() => heights(page)).toEqual(downFrom(highest));

  /** "12 min", or "3 min after": how far the price was from the block, computed independently of the page. */
  function distance({ price_time, time }: BlockJson): string {
    const seconds = (Date.parse(price_time ?? "") - Date.parse(time)) / 1_000;
    const [minutes, where] = [Math.floor(Math.abs(seconds) / 60), seconds < 0 ? "" : " after"];
    if (seconds === 0) return "same time";
    if (minutes === 0) return `${Math.abs(seconds)} s${where}`;
    return minutes < 60 ? `${minutes} min${where}` : `${Math.floor(minutes / 60)} h ${minutes % 60} min${where}`;
  }

  test("shows the API's newest blocks once the user scrolls near", async ({ page }) => {
    const api = await freezeApi(page);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).search));
    await page.goto("/");
    await expect(page.locator("#status-line")).not.toHaveAttribute("data-status", "loading");
    expect(asked.filter((query) => query === "?limit=20")).toEqual([]);

    await section(page).scrollIntoViewIfNeeded();
    await expect(message(page)).toHaveText(/^Blocks /);

    const blocks = (await api.blocks("limit=20")).toReversed();
    await expect(message(page)).toHaveText(
      `Blocks ${formatNumber(blocks[0]?.height ?? NaN, 0)} to ${formatNumber(blocks[19]?.height ?? NaN, 0)}`,
    );
    const machine = await api.asic(S19J_PRO);
    await expect(section(page).getByText(`Revenue of ${S19J_PRO},`)).toBeVisible();
    await expect(section(page).getByRole("columnheader", { name: "Time UTC" })).toBeVisible();
    expect(await fieldsOf(rows(page))).toEqual(
      blocks.map((block) => ({
        time: formatTime(block.time),
        transactions: formatNumber(block.tx_count, 0),
        reward: formatNumber((block.subsidy_sat + block.fees_sat) / 1e8, 8),
        fees: formatNumber(block.fees_sat / 1e8, 8),
        "fee-share": `${formatNumber((100 * block.fees_sat) / (block.subsidy_sat + block.fees_sat), 1)}%`,
        usd: formatNumber(earnings(machine, block.usd_per_ph_day).mwh, 2),
        sat: formatNumber(earnings(machine, block.sat_per_ph_day).mwh, 0),
        price: formatNumber(block.price_usd ?? NaN, 2),
        from: `${distance(block)}${block.price_final ? "" : ", preliminary"}, CryptoCompare`,
      })),
    );
  });

  test("each height links to the block at a public explorer, in a new tab", async ({ page }) => {
    const api = await freezeApi(page);
    await goTo(page);

    const links = await rows(page)
      .locator("th a")
      .evaluateAll((all) =>
        all.map((link) => [link.textContent, ...["href", "target", "rel"].map((name) => link.getAttribute(name))]),
      );

    const blocks = (await api.blocks("limit=20")).toReversed();
    expect(links).toEqual(
      blocks.map(({ height, hash }) => [
        formatNumber(height, 0),
        `https://mempool.space/block/${hash}`,
        "_blank",
        "noopener noreferrer",
      ]),
    );
  });

  test("goes to older and newer blocks, the first, a height, and back to the newest", async ({ page }) => {
    const api = await freezeApi(page);
    await goTo(page);
    const tip = (await api.blocks("limit=1"))[0]?.height ?? NaN;
    const { lake, tip: ofStatus } = await api.status();
    const { first_height } = lake;
    const [newest = NaN] = await heights(page);
    expect(newest - tip).toBeLessThanOrEqual(1);
    await expect(button(page, "Newer")).toHaveAttribute("aria-disabled", "true");

    await button(page, "Older").click();
    await showsFrom(page, newest - 20);
    await button(page, "Older").click();
    await showsFrom(page, newest - 40);
    await expect(page).toHaveURL(new RegExp(`block=${newest - 59}$`));

    await button(page, "Newer").click();
    await showsFrom(page, newest - 20);
    await button(page, "Newer").click();
    await showsFrom(page, newest);

    await button(page, "First").click();
    await showsFrom(page, first_height + 19);
    await expect(button(page, "First")).toHaveAttribute("aria-disabled", "true");
    await expect(button(page, "Older")).toHaveAttribute("aria-disabled", "true");
    await expect(button(page, "First")).toBeFocused();
    await button(page, "Older").press("Enter");
    await showsFrom(page, first_height + 19);

    await section(page).getByLabel("Height").fill("912345");
    await section(page).getByLabel("Height").press("Enter");
    await showsFrom(page, 912_345);

    // At the ends of the lake, too, a page is full.
    await section(page).getByLabel("Height").fill(String(first_height));
    await button(page, "Go").click();
    await showsFrom(page, first_height + 19);
    // The highest block that the page accepts.
    await section(page).getByLabel("Height").fill(String(ofStatus.height));
    await button(page, "Go").click();
    await showsFrom(page, newest);

    // There are no blocks beyond, and the browser marks the field as invalid.
    for (const height of [first_height - 1, newest + 100]) {
      await section(page).getByLabel("Height").fill(String(height));
      await button(page, "Go").click();
      await expect(page.locator("#blocks-height:invalid")).toBeFocused();
      await showsFrom(page, newest);
    }

    await button(page, "First").click();
    await button(page, "Latest").click();
    await showsFrom(page, newest);
  });

  test("pages through the whole lake, from the newest block to the first and back, without losing or repeating one", async ({
    page,
    own,
  }) => {
    // A lake of a node that has stopped; its size is not a multiple of the page size.
    const first = 931_200;
    await own.start({ ...unpricedNode(), START_HEIGHT: String(first) });
    const tip = async () => {
      const response = await fetch(`${own.page}/api/v1/status`);
      return response.ok ? ((await response.json()) as StatusJson).tip.height : 0;
    };
    await expect.poll(tip, { timeout: 30_000 }).toBeGreaterThan(first + 200);
    const highest = await tip();
    expect((highest - first + 1) % 20).not.toBe(0);
    await goTo(page, `${own.page}/`);

    const seen = await heights(page);
    while ((await button(page, "Older").getAttribute("aria-disabled")) === null) {
      const above = seen.at(-1) ?? NaN;
      await button(page, "Older").click();
      // Each page begins below the previous one. The last one is full too, so it may repeat some
      // blocks.
      await showsFrom(page, Math.max(above - 1, first + 19));
      await expect(page.locator("#blocks .listing-scroll")).toHaveAttribute("aria-busy", "false");
      seen.push(...(await heights(page)).filter((height) => height < above));
    }

    expect(seen).toEqual(downFrom(highest, highest - first + 1));

    // Then up again, from the first block to the newest.
    const back = (await heights(page)).toReversed();
    while ((await button(page, "Newer").getAttribute("aria-disabled")) === null) {
      const below = back.at(-1) ?? NaN;
      await button(page, "Newer").click();
      await showsFrom(page, Math.min(below + 20, highest));
      await expect(page.locator("#blocks .listing-scroll")).toHaveAttribute("aria-busy", "false");
      back.push(...(await heights(page)).toReversed().filter((height) => below < height));
    }
    expect(back).toEqual(downFrom(highest, highest - first + 1).toReversed());
  });

  test("new blocks wait behind a button, and nothing moves until it is clicked", async ({ page }) => {
    test.slow(); // A block arrives about every ten seconds, sometimes none for a minute.
    await goTo(page);
    const link = rows(page).nth(4).getByRole("link");
    await link.focus();
    const [before, place] = [await rows(page).allTextContents(), await link.boundingBox()];
    const [highest = NaN] = await heights(page);

    const fresh = section(page).getByRole("button", { name: /^\d+ new blocks?$/ });
    await expect(fresh).toBeVisible({ timeout: 150_000 });

    expect(await rows(page).allTextContents()).toEqual(before);
    expect(await link.boundingBox()).toEqual(place);
    await expect(link).toBeFocused();

    const came = Number.parseInt(await fresh.innerText(), 10);
    await fresh.click();
    await expect.poll(async () => (await heights(page))[0]).toBeGreaterThanOrEqual(highest + came);
    const after = await heights(page);
    expect(after).toEqual(downFrom(after[0] ?? NaN));
    await expect(section(page).getByRole("region", { name: "Table of blocks" })).toBeFocused();
  });

  test("an older page stays as it is when blocks arrive", async ({ page }) => {
    test.slow();
    await goTo(page, "/?block=912345");
    const before = await rows(page).allTextContents();
    const tile = page.locator("#network [data-field=height]");
    const height = await tile.innerText();

    await expect(tile).not.toHaveText(height, { timeout: 150_000 });

    expect(await rows(page).allTextContents()).toEqual(before);
    await expect(page.locator("#blocks-new")).toBeHidden();
  });

  test("its CSV file has the API's values of these blocks", async ({ page }) => {
    const api = await freezeApi(page);
    await goTo(page, "/?block=912345&asics=antminer-s21-pro-234");

    const { name, text } = await downloadText(page, button(page, "Download CSV"));

    expect(name).toBe("hashlake-blocks-912345-912364.csv");
    const blocks = (await api.blocks("from_height=912345&limit=20")).toReversed();
    const machine = await api.asic(S21_PRO);
    const lines = csvRows(text);
    expect(lines).toHaveLength(20);
    blocks.forEach((block, at) => {
      const line = lines[at] ?? {};
      expect(line).toMatchObject({
        height: String(block.height),
        hash: block.hash,
        time_utc: block.time,
        transactions: String(block.tx_count),
        machine: S21_PRO,
        price_time_utc: block.price_time,
        price_source: block.price_source,
        price_final: String(block.price_final),
      });
      expectNumber(line.reward_btc, (block.subsidy_sat + block.fees_sat) / 1e8);
      expectNumber(line.fees_btc, block.fees_sat / 1e8);
      expectNumber(line.fee_share, block.fees_sat / (block.subsidy_sat + block.fees_sat));
      expectNumber(line.usd_per_mwh, earnings(machine, block.usd_per_ph_day).mwh);
      expectNumber(line.sat_per_mwh, earnings(machine, block.sat_per_ph_day).mwh);
      expectNumber(line.price_usd_per_btc, block.price_usd ?? NaN);
    });
  });

  test("blocks without a price have satoshis, and dashes in place of USD", async ({ page, own }) => {
    await own.start({ ...unpricedNode(), START_HEIGHT: "931400" });
    await expect.poll(() => fetch(`${own.page}/api/v1/summary`).then(({ ok }) => ok), { timeout: 30_000 }).toBe(true);
    await goTo(page, `${own.page}/`);

    for (const fields of await fieldsOf(rows(page))) {
      expect(fields).toMatchObject({ usd: "–", price: "–", from: "–" });
      expect(fields.sat).toMatch(/^\d{2},\d{3}$/);
    }
  });

  test.describe("while the API fails", () => {
    test.use({ expectedErrors: /503 \(Service Unavailable\)/ });

    test("shows why blocks could not be loaded, and retries when the user clicks the button", async ({ page }) => {
      await goTo(page);
      const [highest = NaN] = await heights(page);
      await page.route("**/api/v1/blocks?from_height=*", (route) =>
        route.fulfill({ status: 503, json: { detail: "the lake is being repaired" } }),
      );

      await button(page, "Older").click();

      await expect(message(page)).toHaveText("Couldn't load blocks: the lake is being repaired.");
      await expect(rows(page)).toHaveCount(0);

      await page.unroute("**/api/v1/blocks?from_height=*");
      await button(page, "Try again").click();

      await showsFrom(page, highest - 20);
      await expect(button(page, "Try again")).toBeHidden();
    });
  });
});
