// What the tests of the page run against: `hashlake run` on the bundled blocks, and the browser.
//
// PAGE is where one is that is shared by all tests and gets a block every few seconds. HASHLAKE is the program, for tests
// that need one of their own; BITCOIN_RPC_URL and its kin are a recorded node that stands still after the end of the
// recorded prices.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { test as base, type ConsoleMessage, expect } from "@playwright/test";

const requiredEnv = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: cargo test --test site sets it`);
  return value;
};

/** A `hashlake run` of a test's own. */
export class Hashlake {
  readonly lake = mkdtempSync(join(tmpdir(), "hashlake-site-"));
  private child: ChildProcess | null = null;
  /** Where its page is, once it was started. */
  page = "";

  /** Starts it, again at the same address where it was started before. */
  async start(variables: Record<string, string> = {}): Promise<void> {
    const listen = this.page === "" ? "127.0.0.1:0" : new URL(this.page).host;
    const env = { LAKE_URL: this.lake, LISTEN: listen, SITE_DIR: requiredEnv("SITE_DIR"), ...variables };
    const child = spawn(requiredEnv("HASHLAKE"), ["run"], { env, stdio: ["ignore", "ignore", "pipe"] });
    this.child = child;
    const lines = createInterface({ input: child.stderr });
    this.page = await new Promise<string>((resolve, reject) => {
      lines.on("line", (line) => {
        const [, page] = /the page is on (\S+)/.exec(line) ?? [];
        if (page !== undefined) resolve(page);
      });
      child.once("exit", (code) => reject(new Error(`hashlake ended with ${code} before it said where its page is`)));
    });
  }

  /** Ends it. */
  async stop(): Promise<void> {
    const { child } = this;
    if (child === null || child.exitCode !== null) return;
    await new Promise((resolve) => {
      child.once("exit", resolve);
      child.kill("SIGKILL");
    });
  }

  /** Ends it for good. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.lake, { recursive: true, force: true });
  }
}

/** Variables of a recorded node that stands still where blocks have had no prices for long. */
export function unpricedNode(): Record<string, string> {
  const names = [
    "BITCOIN_RPC_URL",
    "PRICE_SOURCES",
    "COINGECKO_URL",
    "COINGECKO_PLAN",
    "COINGECKO_API_KEY",
    "START_HEIGHT",
  ];
  return Object.fromEntries(names.map((name) => [name, requiredEnv(name)]));
}

type Options = {
  /** Errors in the console that a test is about; any other fails it. */
  expectedErrors: RegExp | null;
};

export const test = base.extend<Options & { own: Hashlake; noConsoleErrors: undefined }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads which fixtures are needed from an object pattern.
  baseURL: async ({}, use) => use(process.env.PAGE ?? ""),
  expectedErrors: [null, { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  own: async ({}, use) => {
    const hashlake = new Hashlake();
    await use(hashlake);
    await hashlake.remove();
  },
  noConsoleErrors: [
    async ({ page, expectedErrors }, use) => {
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error.stack)));
      page.on("console", (message: ConsoleMessage) => {
        if (message.type() === "error" && expectedErrors?.test(message.text()) !== true) errors.push(message.text());
      });
      await use(undefined);
      expect(errors).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
