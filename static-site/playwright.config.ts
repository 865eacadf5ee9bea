import { join } from "node:path";

import { defineConfig } from "@playwright/test";

// `CHROMIUM` is the browser; e2e/fixtures.ts describes the other variables.
const { CHROMIUM = "chromium" } = process.env;

const launchOptions = {
  executablePath: CHROMIUM,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};
/** The only fonts of pictures, and no settings of this computer. */
const FONTCONFIG_FILE = join(import.meta.dirname, "e2e/fonts.conf");

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  timeout: 60_000,
  reporter: [["list"]],
  // Speed is measured while no other test runs.
  projects: [
    { name: "page", testIgnore: /(speed|pictures)\.spec\.ts$/ },
    {
      name: "pictures",
      testMatch: "pictures.spec.ts",
      use: { launchOptions: { ...launchOptions, env: { ...process.env, FONTCONFIG_FILE } } },
      snapshotPathTemplate: "{testDir}/pictures/{arg}{ext}",
      // Another version of Chromium changes about 20 pixels, two headers in each other's place 200.
      expect: { toHaveScreenshot: { maxDiffPixels: 60 } },
    },
    { name: "speed", testMatch: "speed.spec.ts", fullyParallel: false, dependencies: ["page", "pictures"] },
  ],
  use: {
    locale: "en-US",
    timezoneId: "America/New_York",
    viewport: { width: 1280, height: 800 },
    colorScheme: "light",
    launchOptions,
  },
});
