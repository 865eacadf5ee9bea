import { expect, test } from "./fixtures";

test("the answer is on the first screen, without scrolling", async ({ page }) => {
  await page.goto("/");

  await expect(page.locator("#machine-tiles .tile")).toHaveCount(3);
  await expect(page.locator("#machine-tiles .tile").first().locator("[data-field=usd]")).toHaveText(/^\d+\.\d\d$/);
  const bottom = await page.locator("#network").evaluate((element) => element.getBoundingClientRect().bottom);
  expect(bottom).toBeLessThanOrEqual(800);
});

test("when the page marks its chart as drawn, the tiles have their figures", async ({ page }) => {
  await page.addInitScript(() => {
    const mark = performance.mark.bind(performance);
    performance.mark = (name, options) => {
      const texts = [...document.querySelectorAll("#machine-tiles [data-field], #network [data-field]")].map(
        (field) => field.textContent,
      );
      Object.assign(window, { textsWhenDrawn: texts });
      return mark(name, options);
    };
  });

  await page.goto("/");
  await page.waitForFunction(() => performance.getEntriesByName("hashlake:drawn").length);

  const texts = await page.evaluate(() => (window as unknown as { textsWhenDrawn: string[] }).textsWhenDrawn);
  expect(texts).toHaveLength(3 * 9 + 16);
  expect(texts).not.toContain("");
});
