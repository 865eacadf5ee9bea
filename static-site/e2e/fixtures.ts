// What the page's tests run against: `hashlake run` on the bundled blocks, and the browser.
//
// PAGE is the URL of a server that all tests share and that receives a block every few seconds.
// HASHLAKE is the program, for tests that need a server of their own. BITCOIN_RPC_URL and related
// variables name a recorded node that has stopped after the end of the recorded prices.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { test as base, type ConsoleMessage, expect } from "@playwright/test";

const requiredEnv = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run these tests with 'make test'`);
  return value;
};

/** A `hashlake run` process for one test. */
export class Hashlake {
  readonly lake = mkdtempSync(join(tmpdir(), "hashlake-site-"));
  private child: ChildProcess | null = null;
  /** URL of its page, once it has started. */
  page = "";

  /** Starts the process; a restarted one keeps its address. */
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
      child.once("exit", (code) =>
        reject(new Error(`hashlake exited with code ${code} before it logged the page's URL`)),
      );
    });
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child === null || child.exitCode !== null) return;
    await new Promise((resolve) => {
      child.once("exit", resolve);
      child.kill("SIGKILL");
    });
  }

  /** Stops the process and deletes its lake. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.lake, { recursive: true, force: true });
  }
}

/** Variables of a recorded node that has stopped long after the end of the recorded prices. */
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
  /** Console errors that a test expects; any other error fails it. */
  expectedErrors: RegExp | null;
};

export const test = base.extend<Options & { own: Hashlake; noConsoleErrors: undefined }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright requires an object pattern here.
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
