// The Share dialog: a link, code to embed the view, and the chart as files.

import { mkdirSync, writeFileSync } from "node:fs";

import { violations } from "./axe";
import { expect, test } from "./fixtures";
import { download, waitForChart } from "./page-helpers";
import { staticHost } from "./static-host";

const VIEW = "/?asics=antminer-s21-pro-234,antminer-t21-190&power=60&range=90d";

test("by keyboard: the dialog has a link to the view, copies it, and gives the focus back", async ({
  page,
  context,
  baseURL,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(VIEW);
  await waitForChart(page);
  const share = page.getByRole("button", { name: "Share", exact: true });
  await share.focus();
  await page.keyboard.press("Enter");

  const dialog = page.getByRole("dialog", { name: "Share this view" });
  const link = dialog.getByRole("textbox", { name: "Link" });
  await expect(link).toBeFocused();
  await expect(link).toHaveValue(`${baseURL}${VIEW}`);
  await page.keyboard.press("Tab");
  await expect(dialog.getByRole("button", { name: "Copy link" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("status")).toHaveText("Link copied.");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${baseURL}${VIEW}`);

  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(share).toBeFocused();
});

test("where the browser does not allow copying, the text is selected", async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await page.goto(VIEW);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const code = page.getByRole("textbox", { name: "Code" });

  await page.getByRole("button", { name: "Copy code" }).click();

  await expect(page.getByRole("dialog").getByRole("status")).toHaveText(/^Code not copied: .* Ctrl\+C/);
  await expect(code).toBeFocused();
  const selected = await code.evaluate((field) => {
    const { value, selectionStart, selectionEnd } = field as HTMLTextAreaElement;
    return value.slice(selectionStart, selectionEnd);
  });
  expect(selected).toBe(await code.inputValue());
});

test("the code shows the chart or the tiles of the same view", async ({ page, baseURL }) => {
  await page.goto(VIEW);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const code = page.getByRole("textbox", { name: "Code" });
  const query = (embed: string) => `${VIEW}&embed=${embed}`.replaceAll("&", "&amp;");
  await expect(code).toHaveValue(new RegExp(`^<iframe src="${escaped(`${baseURL}${query("chart")}`)}" .*></iframe>$`));

  await page.getByRole("combobox", { name: "For your website" }).selectOption("tiles");

  await expect(code).toHaveValue(new RegExp(escaped(query("tiles"))));
  const html = await code.inputValue();
  const folder = test.info().outputPath("host");
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/index.html`, `<!doctype html><title>Other</title><link rel="icon" href="data:,">${html}`);
  const host = await staticHost(folder);
  await page.goto(`${host.origin}/`);
  const names = page.frameLocator("iframe").locator("#machine-tiles [data-field=name]");
  await expect(names).toHaveText(["Antminer S21 Pro (234 TH/s)", "Antminer T21 (190 TH/s)"]);
  host.close();
});

const escaped = (text: string) => text.replace(/[.?*+]/g, "\\$&");

test("the chart's image and data can be downloaded", async ({ page }) => {
  await page.goto("/");
  await waitForChart(page);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const dialog = page.getByRole("dialog");

  const image = await download(page, dialog.getByRole("button", { name: "Chart as image" }));
  const data = await download(page, dialog.getByRole("button", { name: "Chart as CSV" }));

  expect(image.name).toMatch(/\.png$/);
  expect(data.content.toString()).toMatch(/^time,height,blocks,usd_per_mwh:antminer-s19j-pro-100,/);
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(dialog).toBeHidden();
});

test("other sites can preview a link with title, text and picture", async ({ page, request }) => {
  await page.goto("/");
  const tag = (name: string) => page.locator(`meta[property="og:${name}"]`);
  await expect(tag("title")).toHaveAttribute("content", /^hashlake: /);
  await expect(tag("description")).toHaveAttribute("content", /per MWh/);

  const picture = await request.get((await tag("image").getAttribute("content")) ?? "");

  expect(picture.headers()["content-type"]).toBe("image/png");
  const bytes = await picture.body();
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1_200, 630]); // Of the header of a PNG.
  expect(bytes.length).toBeLessThan(100_000);
});

for (const colorScheme of ["light", "dark"] as const)
  for (const width of [320, 390, 1280])
    test(`the dialog is accessible and fits: ${colorScheme} at ${width}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await page.goto(VIEW);
      await waitForChart(page);
      await page.getByRole("button", { name: "Share", exact: true }).click();
      const dialog = page.getByRole("dialog");
      await expect(dialog).toBeInViewport({ ratio: 1 });

      expect(await dialog.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
      expect(await violations(page, "#share-dialog")).toEqual([]);
    });
