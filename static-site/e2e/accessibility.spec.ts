import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { JSHandle, Locator, Page } from "@playwright/test";
import { violations } from "./axe";
import { expect, test } from "./fixtures";
import { freezeApi } from "./frozen-api";
import { chartOf } from "./page-helpers";
import { fieldsOf, formatTime, normalizeSpaces } from "./table-helpers";

const EIGHT =
  "antminer-s19-95,antminer-s21-200,antminer-s21-pro-234,antminer-s23-318,antminer-t21-190,avalon-q-90,whatsminer-m60-172,custom:200:3000";
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 844 };
const NARROWEST = { width: 320, height: 640 };

const FRAME = { width: 600, height: 400 };

const PRICES = [
  "time (UTC),USD/MWh",
  ...Array.from({ length: 24 }, (_, hour) => `2025-09-10 ${String(hour).padStart(2, "0")}:00,${40 + 3 * hour}`),
].join("\n");

/** Opens the page, and waits for the first view. */
async function open(page: Page, address = "/"): Promise<void> {
  await page.goto(address);
  await expect(page.locator("#machine-tiles [data-field=usd]").first()).toHaveText(/\d/);
  await expect(page.locator("#legend tbody td").first()).toHaveText(/\d/);
  await expect(page.locator("#chart")).toHaveAttribute("aria-busy", "false");
}

/**
 * Opens everything that is closed at first: both data tables, a file of power prices, and the
 * blocks.
 */
async function unfold(page: Page): Promise<void> {
  await page
    .locator("#sell-file")
    .setInputFiles({ name: "prices.csv", mimeType: "text/csv", buffer: Buffer.from(PRICES) });
  await expect(page.locator("#sell-result")).toBeVisible({ timeout: 20_000 }); // It loads blocks.
  for (const summary of await page.locator("summary").all()) await summary.click();
  await expect(page.locator("#chart-data tbody tr").first()).toBeVisible();
  await expect(page.locator("#sell-data tbody tr")).toHaveCount(24);
  await page.locator("#blocks").scrollIntoViewIfNeeded();
  await expect(page.locator("#blocks-message")).toHaveText(/^Blocks [\d,.]+ to /);
}

async function popovers(page: Page): Promise<string[]> {
  await page.locator("#machines").scrollIntoViewIfNeeded();
  await expect(page.locator("#machines tbody tr").first()).toBeVisible();
  const buttons = page.locator("[popovertarget]");
  const ids = await buttons.evaluateAll((all) => all.map((button) => button.getAttribute("popovertarget") ?? ""));
  return [...new Set(ids)];
}

async function show(page: Page, popover: string): Promise<Locator> {
  // The table is loaded when it is near the window.
  if (popover === "machine-source") await page.locator("#machines").scrollIntoViewIfNeeded();
  await page.locator(`[popovertarget="${popover}"]:not([popovertargetaction="hide"])`).first().click();
  const shown = page.locator(`#${popover}`);
  await expect(shown).toBeVisible();
  return shown;
}

/** Each text that a screen reader would announce of a live region from now on. */
function textsOf(region: Locator): Promise<JSHandle<string[]>> {
  return region.evaluateHandle((element) => {
    const texts: string[] = [];
    new MutationObserver(() => texts.push(element.textContent ?? "")).observe(element, {
      childList: true,
      characterData: true,
      subtree: true,
    });
    return texts;
  });
}

/** Fails if the page is wider than the window. */
async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const tooWide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const outside = [...document.querySelectorAll("body *:not(.scroll *)")].filter(
      (element) => element.getBoundingClientRect().right > clientWidth,
    );
    return [
      `${scrollWidth} px`,
      ...outside.map((element) => `${element.tagName} #${element.id} .${element.className}`),
    ];
  });
  expect(tooWide).toEqual([]);
}

test.describe("axe finds no violation", () => {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const viewport of [WIDE, NARROW, NARROWEST]) {
      test(`in ${colorScheme} at ${viewport.width}, as the page opens and with all unfolded`, async ({ page }) => {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await freezeApi(page);
        await open(page, `/?second=price&mean=7&asics=${EIGHT}`);
        expect(await violations(page)).toEqual([]);

        await unfold(page);
        expect(await violations(page)).toEqual([]);
      });

      test(`in ${colorScheme} at ${viewport.width}, in each panel, and with messages`, async ({ page }) => {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await freezeApi(page);
        await open(page);
        const all = await popovers(page);
        expect(all.length).toBeGreaterThanOrEqual(8);

        for (const popover of all) {
          const panel = await show(page, popover);
          if (popover === "add-machine") {
            await page.locator("#machine-name").fill("Model T");
            await page.locator("#add-known button").click();
            await expect(page.locator("#add-machine-message")).toHaveText(/Model T/);
          }
          expect(await violations(page, `#${popover}`)).toEqual([]);
          await page.keyboard.press("Escape");
          await expect(panel).toBeHidden();
        }

        await page
          .locator("#sell-file")
          .setInputFiles({ name: "empty.csv", mimeType: "text/csv", buffer: Buffer.from("") });
        await expect(page.locator("#sell-message")).toHaveAttribute("data-how", "failed");
        expect(await violations(page, "#sell")).toEqual([]);
      });
    }

    test(`in ${colorScheme} in an iframe of another page`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(FRAME);
      for (const embed of ["1", "chart", "tiles"]) {
        await page.goto(`/?embed=${embed}`);
        const figure = embed === "tiles" ? "#machine-tiles [data-field=usd]" : "#legend tbody td";
        await expect(page.locator(figure).first()).toHaveText(/\d/);
        expect(await violations(page), embed).toEqual([]);
      }
    });
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`a chosen button stays readable under the pointer, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(page);
    const button = page.getByRole("button", { name: "30D" });
    await page.mouse.move(0, 0);
    const before = await button.evaluate((button) => getComputedStyle(button).backgroundColor);

    await button.hover();

    await expect(button).toHaveCSS("background-color", before);
    expect(await violations(page, "#ranges")).toEqual([]);
  });
}

test.describe("by keyboard", () => {
  test("Tab reaches every control in reading order, visible and with a focus mark", async ({ page }) => {
    test.slow();
    await freezeApi(page);
    await open(page, "/?find=hydro+bitmain");
    await unfold(page);
    await page.evaluate(() => {
      (document.activeElement as HTMLElement | null)?.blur();
      scrollTo(0, 0);
      document.body.tabIndex = -1;
      document.body.focus();
      document.body.removeAttribute("tabindex");
    });

    const steps: string[] = [];
    const problems: string[] = [];
    for (let step = 0; step < 400; step += 1) {
      await page.keyboard.press("Tab");
      const found = await page.evaluate(() => {
        const at = document.activeElement as HTMLElement;
        if (at === document.body) return null;
        const box = at.getBoundingClientRect();
        const [left, right] = [Math.max(0, box.left), Math.min(innerWidth, box.right)];
        const [top, bottom] = [Math.max(0, box.top), Math.min(innerHeight, box.bottom)];
        const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        const { outlineStyle, outlineWidth } = getComputedStyle(at);
        const before = document.querySelector("[data-tabbed-last]");
        const isInOrder =
          before === null ||
          before === at ||
          (before.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
        before?.removeAttribute("data-tabbed-last");
        at.setAttribute("data-tabbed-last", "");
        at.setAttribute("data-tabbed", "");
        return {
          name:
            at.id || at.getAttribute("aria-label") || at.textContent?.trim().slice(0, 40) || at.outerHTML.slice(0, 80),
          isInSight: left < right && top < bottom && hit !== null && (at.contains(hit) || hit.contains(at)),
          isMarked: outlineStyle !== "none" && 2 <= parseFloat(outlineWidth),
          isInOrder,
        };
      });
      if (found === null) break;
      steps.push(found.name);
      if (!found.isInSight) problems.push(`${found.name} is not in sight`);
      if (!found.isMarked) problems.push(`${found.name} is not marked`);
      if (!found.isInOrder) problems.push(`${found.name} is out of order`);
    }

    expect(problems).toEqual([]);
    expect(steps[0]).toBe("Skip to the chart");
    const missed = await page
      .locator(
        'a[href], button:not(:disabled), input:not(:disabled, [type="radio"]:not(:checked)), select:not(:disabled), summary, [tabindex="0"]',
      )
      .evaluateAll((all) =>
        all
          .filter(
            (element) =>
              element.checkVisibility() &&
              !element.hasAttribute("data-tabbed") &&
              element.getAttribute("tabindex") !== "-1", // Reached with arrow keys.
          )
          .map((element) => element.outerHTML.slice(0, 120)),
      );
    expect(missed).toEqual([]);
    expect(steps.length).toBeGreaterThan(60);
  });

  test("the first Tab shows a link that skips to the chart", async ({ page }) => {
    await open(page);
    const skip = page.getByRole("link", { name: "Skip to the chart" });
    await expect(skip).not.toBeInViewport();

    await page.keyboard.press("Tab");
    await expect(skip).toBeFocused();
    await expect(skip).toBeInViewport({ ratio: 1 });

    await page.keyboard.press("Enter");
    await expect(page.locator("#chart-title")).toBeInViewport();
    await page.keyboard.press("Tab");
    await expect(page.getByRole("button", { name: "1D" })).toBeFocused();
  });

  test("further links skip to Mine or sell and to the miners", async ({ page }) => {
    for (const [name, section] of [
      ["Skip to Mine or sell", "#sell-title"],
      ["Skip to the miners", "#machines-title"],
    ] as const) {
      await open(page);
      await page.getByRole("link", { name }).focus();
      await page.keyboard.press("Enter");
      await expect(page.locator(section)).toBeInViewport();
    }
  });

  test("another period of the chart is announced, and the number of miners found once after typing", async ({
    page,
  }) => {
    await open(page);
    const period = page.getByRole("status").and(page.locator("#chart-period"));
    await expect(chartOf(page)).toHaveAttribute("aria-valuetext", /\d/);
    await expect(period).toHaveText("");
    await chartOf(page).press("+");
    await expect(period).toHaveText(/^Shown: \w+ \d+, \d{4}, \d\d:\d\d to \w+ \d+, \d{4}, \d\d:\d\d UTC$/);

    const search = page.getByRole("searchbox", { name: "Search" });
    await page.locator("#machines").scrollIntoViewIfNeeded(); // It loads the section.
    const count = page.locator("#machines-count");
    await expect(count).toHaveText(/\d/);
    await search.focus();
    await page.clock.install();
    const said = await textsOf(count);
    await search.pressSequentially("avalon");
    await expect(page).toHaveURL(/find=avalon$/);
    await page.clock.runFor(2_000);
    await expect.poll(() => said.evaluate((texts) => texts.length)).toBe(1);
  });

  test("another electricity price is announced once, with what the leading miner earns at it", async ({ page }) => {
    await open(page);
    const line = page.getByRole("status").and(page.locator("#costs-said"));
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
    const said = await textsOf(line);

    await page.getByRole("spinbutton", { name: "Electricity price" }).fill("7");
    await page.getByRole("spinbutton", { name: "Electricity price" }).press("1");
    await page.clock.runFor(2_000);

    await expect(line).toHaveText(/^Antminer S19j Pro \(100 TH\/s\): Loss .*\. Break-even efficiency [\d.]+ J\/TH: /);
    expect(await said.evaluate((texts) => texts.length)).toBe(1);
    await expect(page.getByRole("status").and(page.locator("#break-even"))).toHaveCount(0);
  });

  test("every network tile has an explanation: Enter opens it, Escape closes it and returns the focus", async ({
    page,
  }) => {
    await open(page);
    const tiles = page.locator("#network .tile");
    await expect(tiles).toHaveCount(6);
    const formulas = {
      "explain-mwh": "hashprice × 1000 ÷ (24 × J/TH)",
      "explain-hashprice": "difficulty × 4,294,967,296",
      "explain-difficulty": "600 s",
      "explain-fees": "fees ÷ (subsidy + fees)",
    };

    for (const tile of await tiles.all()) {
      const button = tile.getByRole("button", { name: /^(What|Which) / });
      const id = (await button.getAttribute("popovertarget")) ?? "";
      const panel = page.locator(`#${id}`);
      await expect(panel).toBeHidden();
      await button.focus();
      await page.keyboard.press("Enter");
      await expect(panel).toBeVisible();
      await expect(panel.getByRole("heading", { level: 3 })).toHaveText(/\w/);
      expect((await panel.innerText()).split(/\s+/).length).toBeGreaterThan(15);
      await expect(panel).toContainText(formulas[id as keyof typeof formulas] ?? "");

      await page.keyboard.press("Escape");
      await expect(panel).toBeHidden();
      await expect(button).toBeFocused();
    }
  });

  test("a machine can be added by keyboard, and the focus returns to the button", async ({ page }) => {
    await open(page);
    const add = page.getByRole("button", { name: "Add miner" });
    await add.focus();
    await page.keyboard.press("Enter");
    await expect(page.locator("#machine-name")).toBeFocused();

    await page.keyboard.type("avalon q");
    await page.keyboard.press("Enter");

    await expect(page.locator("#machine-tiles [data-field=name]").last()).toHaveText("Avalon Q (90 TH/s)");
    await expect(add).toBeFocused();
    await expect(page.getByRole("status").filter({ hasText: "Avalon Q (90 TH/s) added." })).toBeAttached();
  });

  test("how many miners are found is said, and arrow keys reach them", async ({ page }) => {
    await open(page);
    await page.getByRole("button", { name: "Add miner" }).press("Enter");
    await expect(page.locator("#machine-name")).toBeFocused();

    await page.keyboard.type("s21e");
    await expect(page.locator("#machine-found-count")).toHaveText(/^\d of \d+ miners$/);

    const found = page.locator("#machine-found button");
    await page.keyboard.press("ArrowDown");
    await expect(found.first()).toBeFocused();
    await page.keyboard.press("ArrowUp");
    await expect(page.locator("#machine-name")).toBeFocused();
    await page.keyboard.press("ArrowDown");
    const name = (await found.first().textContent()) ?? "";
    await page.keyboard.press("Enter");
    await expect(page.locator("#machine-tiles [data-field=name]").last()).toHaveText(name);
  });
});

test.describe("on a narrow screen", () => {
  for (const width of [390, 320]) {
    test(`of ${width} px nothing needs to be scrolled sideways, and every panel fits`, async ({ page }) => {
      await page.setViewportSize({ width, height: 844 });
      await freezeApi(page);
      await open(
        page,
        "/?second=hashprice&asics=antminer-s21-xp-immersion-300,antminer-s21e-xp-hyd-3u-860,custom:123456.123456:654321.654321",
      );
      await expectNoSidewaysScroll(page);

      await unfold(page);
      await expectNoSidewaysScroll(page);

      for (const popover of await popovers(page)) {
        const panel = await show(page, popover);
        const box = await panel.boundingBox();
        expect(box?.x).toBeGreaterThanOrEqual(0);
        expect((box?.x ?? NaN) + (box?.width ?? NaN)).toBeLessThanOrEqual(width);
        expect(await panel.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth), popover).toBe(0);
        await page.keyboard.press("Escape");
      }
    });
  }
});

test("a printed page has figures and tables, but no controls", async ({ page }) => {
  await freezeApi(page);
  await open(page);
  await page.locator("#blocks").scrollIntoViewIfNeeded();
  await expect(page.locator("#blocks tbody tr")).toHaveCount(20);

  await page.emulateMedia({ media: "print", colorScheme: "dark" });

  // The costs remain, because the figures depend on them. Buttons in column headers are the names
  // of the columns.
  const shown = await page
    .locator("button:not(th button), select, input:not([type=checkbox]), summary, form")
    .evaluateAll((all) =>
      all
        .filter((element) => element.checkVisibility() && element.closest("#costs") === null)
        .map((element) => element.outerHTML.slice(0, 100)),
    );
  expect(shown).toEqual([]);
  for (const id of ["machine-tiles", "network", "costs", "chart-canvas", "legend"])
    await expect(page.locator(`#${id}`)).toBeVisible();
  await expect(page.locator("#blocks tbody tr").last()).toBeVisible();
  // What scrolls on a screen is printed completely.
  expect(
    await page
      .locator("#machines .listing-scroll")
      .evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight),
  ).toBe(0);
  for (const name of ["Profit per MW", "Release"])
    await expect(page.locator("#machines thead").getByText(name)).toBeVisible();
  // Paper is white, so the text is dark, also if the user has chosen the dark theme.
  await page.evaluate(() => (document.documentElement.dataset.theme = "dark"));
  expect(await page.locator("h1").evaluate((element) => getComputedStyle(element).color)).toBe("rgb(22, 32, 43)");
});

test("nothing is animated for users who prefer reduced motion", async ({ page }) => {
  const moving = () =>
    page.locator("body, body *").evaluateAll((all) =>
      all
        .filter((element) => {
          const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
          return (
            transitionDuration.split(",").some((duration) => 0 < parseFloat(duration)) ||
            animationName !== "none" ||
            scrollBehavior === "smooth"
          );
        })
        .map(({ id }) => id),
    );
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await open(page);
  expect(await moving()).toEqual(["chart-canvas"]);

  await page.emulateMedia({ reducedMotion: "reduce" });
  expect(await moving()).toEqual([]);
});

test.describe("in an iframe", () => {
  test("it shows tiles, chart and a link to the full page with the same choices", async ({ page }) => {
    await open(page, "/?embed=1&power=42&asics=antminer-s21-pro-234&unit=sat");

    for (const id of ["machine-tiles", "costs", "chart", "legend"]) await expect(page.locator(`#${id}`)).toBeVisible();
    for (const id of [
      "network",
      "sell",
      "machines",
      "blocks",
      "ranges",
      "span",
      "time",
      "add-machine-button",
      "chart-data",
    ]) {
      await expect(page.locator(`#${id}`)).toBeHidden();
    }
    const link = page.getByRole("link", { name: "hashlake" });
    await expect(link).toHaveAttribute("target", "_blank");
    const whole = new URL((await link.getAttribute("href")) ?? "", page.url());
    expect(Object.fromEntries(whole.searchParams)).toEqual({ power: "42", asics: "antminer-s21-pro-234", unit: "sat" });
    await open(page, whole.href);
    await expect(page.locator("#machines")).toBeVisible();
    await expect(page.locator("#power")).toHaveValue("42");
    await expect(page.getByRole("link", { name: "hashlake" })).toBeHidden();
  });

  test("the link follows what is chosen in the iframe", async ({ page }) => {
    await open(page, "/?embed=1");

    await page.getByRole("spinbutton", { name: "Electricity price" }).fill("77");

    await expect(page.getByRole("link", { name: "hashlake" })).toHaveAttribute("href", /\/\?power=77$/);
  });

  test("a frame of 600 x 400 shows the chart whole, without scrolling", async ({ page }) => {
    await page.setViewportSize(FRAME);
    await open(page, "/?embed=chart");
    await expect(page.locator("#in-words")).toHaveText(/profitable/);

    await expect(page.locator("#chart")).toBeInViewport({ ratio: 1 });
    for (const id of ["legend", "in-words", "whole-page", "source"])
      await expect(page.locator(`#${id}`)).toBeInViewport({ ratio: 1 });
    await expect(page.locator("#machine-tiles")).toBeHidden();
    const heights = () => page.evaluate(() => [document.documentElement.scrollHeight, innerHeight]);
    expect(await heights()).toEqual([400, 400]);

    await page.setViewportSize({ width: 600, height: 700 });
    expect(await heights()).toEqual([700, 700]);
    const chart = await page.locator("#chart").boundingBox();
    expect(chart?.height).toBeGreaterThan(400);
  });

  test("tiles show no chart, and request no series for one", async ({ page }) => {
    const requests: string[] = [];
    page.on("request", (request) => requests.push(new URL(request.url()).pathname));
    await page.goto("/?embed=tiles&asics=antminer-s21-pro-234");
    await expect(page.locator("#machine-tiles [data-field=usd]")).toHaveText(/\d/);
    await expect(page.locator("#source")).toHaveText(/^Prices of bitcoin: /);

    await expect(page.locator("#chart-section")).toBeHidden();
    expect(requests).toContain("/api/v1/summary");
    expect(requests).not.toContain("/api/v1/series");
  });

  for (const embed of ["1", "chart", "tiles"])
    test(`embed=${embed} fits into the narrowest phone`, async ({ page }) => {
      await page.setViewportSize(NARROWEST);
      await page.goto(`/?embed=${embed}&asics=${EIGHT}`);
      await expect(page.locator("#machine-tiles [data-field=usd]").first()).toHaveText(/\d/);
      await expectNoSidewaysScroll(page);
    });

  test("a page of another origin embeds it, and follows its height", async ({ page, baseURL }) => {
    const frame = `<iframe title="hashlake" width="600" height="50" src="${baseURL}/?embed=tiles&asics=${EIGHT}"></iframe>`;
    const script = `<script>
      messages = [];
      addEventListener("message", ({ data }) => {
        messages.push(data);
        document.querySelector("iframe").style.height = data.hashlakeHeight + "px";
      });
    </script>`;
    const other = createServer((_, response) => {
      response
        .setHeader("content-type", "text/html")
        .end(`<!doctype html><title>Other</title><link rel="icon" href="data:,">${script}${frame}`);
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
    const tiles = page.frameLocator("iframe").locator("#machine-tiles");
    await expect(tiles.locator("[data-field=usd]").last()).toHaveText(/\d/);
    const missing = () =>
      tiles.evaluate(({ ownerDocument: { documentElement } }) => documentElement.scrollHeight - innerHeight);

    await expect.poll(missing).toBe(0);
    const { height } = (await page.locator("iframe").boundingBox()) ?? { height: NaN };
    await page.locator("iframe").evaluate((frame) => frame.setAttribute("width", "1200"));
    await expect.poll(async () => (await page.locator("iframe").boundingBox())?.height).toBeLessThan(height - 100); // Eight tiles beside one another.
    await expect.poll(missing).toBe(0);
    const messages = await page.evaluate(() => (window as unknown as { messages: unknown[] }).messages);
    for (const message of messages) expect(message).toEqual({ hashlakeHeight: expect.any(Number) });
    other.closeAllConnections();
    other.close();
  });
});

test("the theme is the device's until the user chooses one, which a link keeps", async ({ page }) => {
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const theme = page.getByRole("combobox", { name: "Theme" });
  await page.emulateMedia({ colorScheme: "light" });
  await open(page);
  const light = await background();
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await background();
  const brightness = (colour: string) => Math.max(...(colour.match(/\d+/g) ?? []).map(Number));
  expect(brightness(light)).toBeGreaterThan(200);
  expect(brightness(dark)).toBeLessThan(50);

  await theme.selectOption("light");
  expect(await background()).toBe(light);
  await expect(page).toHaveURL(/theme=light$/);

  await page.emulateMedia({ colorScheme: "light" });
  await theme.selectOption("dark");
  expect(await background()).toBe(dark);
  await expect(page).toHaveURL(/theme=dark$/);
  await page.reload();
  await expect(theme).toHaveValue("dark");
  expect(await background()).toBe(dark);

  await theme.selectOption("auto");
  expect(await background()).toBe(light);
  await expect(page).not.toHaveURL(/theme/);
});

test("times are in UTC, or in local time if the user chooses it", async ({ page }) => {
  const api = await freezeApi(page);
  await open(page, "/?block=912345");
  await unfold(page);
  const blocks = (await api.blocks("from_height=912345&limit=20")).toReversed();
  const { block } = await api.summary();
  const times = async () => (await fieldsOf(page.locator("#blocks tbody tr"))).map(({ time }) => time);
  expect(await times()).toEqual(blocks.map(({ time }) => formatTime(time)));
  await expect(page.locator("#blocks thead")).toContainText("Time UTC");
  await expect(page.locator("#legend-time")).toHaveText(/ UTC( \(so far\))?, block /);
  await expect(page.locator("#network [data-field=age]")).toHaveText(`${formatTime(block.time)} UTC`);

  await page.getByRole("combobox", { name: "Times" }).selectOption("local");

  await expect(page.locator("#blocks thead")).toContainText("Time local time");
  // Summer time in September, winter time in November.
  expect(await times()).toEqual(blocks.map(({ time }) => `${formatTime(time, "America/New_York")} EDT`));
  await expect(page.locator("#network [data-field=age]")).toHaveText(
    `${formatTime(block.time, "America/New_York")} EST`,
  );
  await expect(page.locator("#legend-time")).toHaveText(/ E[DS]T( \(so far\))?, block /);
  await expect(page.locator("#chart-data thead")).toContainText("Median time (local time)");
  await expect(page.locator("#sell-data thead th").first()).toHaveText("From (local time)");
  // The first price of the file is at midnight UTC: 20:00 of the day before in New York.
  await expect(page.locator("#sell-data tbody th").first()).toHaveText(
    formatTime("2025-09-10T00:00:00Z", "America/New_York"),
  );
  await expect(page).toHaveURL(/time=local/);
});

test.describe("for a user in Germany", () => {
  test.use({ locale: "de-DE", timezoneId: "Europe/Berlin" });

  test("numbers and times are in German format", async ({ page }) => {
    const api = await freezeApi(page);
    await open(page, "/?block=912345");
    await unfold(page);
    const german = (value: number, decimals: number, style: "decimal" | "percent" = "decimal") =>
      normalizeSpaces(
        new Intl.NumberFormat("de-DE", {
          style,
          minimumFractionDigits: decimals,
          maximumFractionDigits: decimals,
        }).format(value),
      );
    expect(german(1_234.5, 2)).toBe("1.234,50");

    const summary = await api.summary();
    const [network = {}] = await fieldsOf(page.locator("#network"));
    expect(network.height).toBe(german(summary.block.height, 0));
    expect(network.hashprice).toBe(german(summary.usd_per_ph_day_144 ?? NaN, 2));
    const fees = summary.fees_sat_144 ?? NaN;
    expect(network["fee-share"]).toBe(german(fees / (summary.block.subsidy_sat + fees), 1, "percent"));
    const [block] = (await api.blocks("from_height=912345&limit=20")).toReversed();
    const [row = {}] = await fieldsOf(page.locator("#blocks tbody tr"));
    expect(row.fees).toBe(german((block?.fees_sat ?? NaN) / 1e8, 8));
    expect(row.time).toBe(formatTime(block?.time ?? "", "UTC", "de-DE"));

    await page.getByRole("combobox", { name: "Times" }).selectOption("local");
    await expect(page.locator("#blocks [data-field=time]").first()).toHaveText(
      `${formatTime(block?.time ?? "", "Europe/Berlin", "de-DE")} MESZ`,
    );

    // Files do not depend on the locale.
    const download = page.waitForEvent("download");
    await page.locator("#blocks-csv").click();
    expect((await download).suggestedFilename()).toBe("hashlake-blocks-912345-912364.csv");
  });
});

/** Uses every part of the page. */
async function tour(page: Page): Promise<void> {
  await open(page);
  for (const popover of await popovers(page)) {
    await show(page, popover);
    await page.keyboard.press("Escape");
  }
  await unfold(page);
  for (const range of ["1D", "7D", "90D", "1Y", "All", "30D"]) {
    await page.getByRole("button", { name: range, exact: true }).click();
    await expect(page.getByRole("button", { name: range, exact: true })).toHaveAttribute("aria-pressed", "true");
    await expect(page.locator("#chart")).toHaveAttribute("aria-busy", "false");
  }
  for (const [name, value] of [
    ["Y axis", "log"],
    ["Unit", "sat"],
    ["Compare with", "fees"],
    ["Moving average", "7"],
    ["Theme", "dark"],
    ["Times", "local"],
  ] as const) {
    await page.getByRole("combobox", { name, exact: true }).selectOption(value);
  }
  for (const id of [
    "chart-csv",
    "chart-png",
    "sell-csv",
    "sell-months-csv",
    "sell-png",
    "machines-csv",
    "blocks-csv",
  ]) {
    await Promise.all([page.waitForEvent("download"), page.locator(`#${id}`).click()]);
  }
  await page.getByRole("button", { name: "Older" }).last().click();
  await page.locator("#blocks-first").click();
  await page.locator("#machines-find").fill("hydro");
  await page.locator("th[data-column=profit] button").click();
  await expect(page.locator("#blocks .listing-scroll")).toHaveAttribute("aria-busy", "false");
}

test("using every part of the page sends no request to other servers, and does not violate its policy", async ({
  page,
  baseURL,
}) => {
  test.slow();
  const others: string[] = [];
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== "blob:" && origin !== new URL(baseURL ?? "").origin) others.push(request.url());
  });
  page.on("websocket", (socket) => others.push(socket.url()));
  await page.addInitScript(() => {
    const violations: string[] = [];
    Object.assign(window, { policyViolations: violations });
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
      violations.push(`${violatedDirective}: ${blockedURI} ${sample}`),
    );
  });

  await tour(page);

  expect(others).toEqual([]);
  expect(await page.evaluate(() => (window as unknown as { policyViolations: string[] }).policyViolations)).toEqual([]);
});

test("its content security policy allows its own files only", async ({ request }) => {
  const policy = (await request.get("/")).headers()["content-security-policy"] ?? "";
  const directives = Object.fromEntries(
    policy.split(";").map((directive) =>
      directive
        .trim()
        .split(/\s+(.*)/)
        .slice(0, 2),
    ),
  );

  expect(policy).not.toMatch(/unsafe|\*(?!$)|https?:|data:/);
  expect(directives).toMatchObject({
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
  });
});

test("the first load is small, and has little layout shift", async ({ page }) => {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const urls = new Map<string, string>();
  const sizes = new Map<string, number>();
  const headers = new Map<string, number>();
  session.on("Network.requestWillBeSent", ({ requestId, request }) => urls.set(requestId, request.url));
  session.on("Network.responseReceived", ({ requestId, response }) =>
    headers.set(requestId, response.encodedDataLength),
  );
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const { pathname, search } = new URL(urls.get(requestId) ?? "");
    sizes.set(`${pathname}${search} ${requestId}`, encodedDataLength - (headers.get(requestId) ?? 0));
  });
  await open(page);
  // The last response of the first view.
  await expect(page.locator("#network [data-field=retarget]")).toHaveText(/%/);

  const sum = (isOne: (path: string) => boolean) =>
    [...sizes].reduce((total, [path, size]) => total + (isOne(path) ? size : 0), 0);
  const [code, data] = [sum((path) => !path.startsWith("/api/")), sum((path) => path.startsWith("/api/"))];
  test.info().annotations.push({ type: "bytes", description: `${code} of HTML, scripts and styles, ${data} of data` });
  for (const kind of ["/ ", ".js", ".css", "/summary", "/status", "/asics", "/series"])
    expect(
      [...sizes.keys()].some((path) => path.includes(kind)),
      kind,
    ).toBe(true);
  expect(code).toBeLessThan(60 * 1_024);
  expect(data).toBeLessThan(32 * 1_024);
  expect(await layoutShift(page)).toBeLessThan(0.05);

  // Nothing shifts either when the user scrolls down to the blocks, which are requested only then.
  await page.locator("#blocks").scrollIntoViewIfNeeded();
  await expect(page.locator("#blocks tbody tr")).toHaveCount(20);
  expect(await layoutShift(page)).toBeLessThan(0.05);
});

test("a narrow screen has little layout shift too", async ({ page }) => {
  await page.setViewportSize(NARROW);
  await open(page);
  await expect(page.locator("#network [data-field=retarget]")).toHaveText(/%/);

  expect(await layoutShift(page)).toBeLessThan(0.05);
});

/** The cumulative layout shift, without shifts that follow user input. */
function layoutShift(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        type Shift = PerformanceEntry & { readonly value: number; readonly hadRecentInput: boolean };
        const sum = (entries: readonly PerformanceEntry[]) =>
          (entries as readonly Shift[]).reduce(
            (total, { value, hadRecentInput }) => total + (hadRecentInput ? 0 : value),
            0,
          );
        let total = 0;
        const observer = new PerformanceObserver((list) => {
          total += sum(list.getEntries());
        });
        observer.observe({ type: "layout-shift", buffered: true });
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(total + sum(observer.takeRecords()))));
      }),
  );
}
