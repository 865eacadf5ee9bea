import { expect, test } from "./world";

test("answers in the first screen, with nothing to scroll", async ({ page }) => {
  await page.goto("/");

  await expect(page.locator("#machine-tiles .tile")).toHaveCount(3);
  await expect(page.locator("#machine-tiles .tile").first().locator("[data-field=usd]")).toHaveText(/^\d+\.\d\d$/);
  const bottom = await page.locator("#network").evaluate((element) => element.getBoundingClientRect().bottom);
  expect(bottom).toBeLessThanOrEqual(800);
});
