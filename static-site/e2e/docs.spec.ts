import axe from "axe-core";
import { expect, test } from "./fixtures";

for (const { name, colorScheme, width } of [
  { name: "light", colorScheme: "light", width: 1280 },
  { name: "dark", colorScheme: "dark", width: 1280 },
  { name: "the narrowest phone", colorScheme: "light", width: 320 },
] as const)
  test(`the pages of docs are accessible and fit: ${name}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    await page.goto("/docs/");
    const links = await page.locator("nav a").evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
    expect(links.length).toBeGreaterThan(7);

    for (const link of links) {
      const response = await page.goto(link);
      expect(response?.status(), link).toBe(200);
      await expect(page.locator("h1")).toHaveCount(1);
      await expect(page.locator("nav [aria-current=page]")).toHaveCount(1);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, link).toBeLessThanOrEqual(0);
      await page.evaluate(axe.source);
      const found = await page.evaluate(async () => {
        const run = (window as unknown as { axe: typeof axe }).axe.run;
        return (await run()).violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
      });
      expect(found, link).toEqual([]);
    }
  });

test("an explanation leads to its page, in a tab of its own", async ({ page, context }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "What hashprice is" }).click();
  const opened = context.waitForEvent("page");
  await page.locator("#explain-hashprice").getByRole("link", { name: "Hashprice" }).click();

  await expect((await opened).getByRole("heading", { level: 1 })).toHaveText("Hashprice");
});
