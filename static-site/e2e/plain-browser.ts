// A browser without an attached debugger: one would make a page a third slower to load.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

import type { LaunchOptions } from "@playwright/test";

// Time for the process of a closed page to end, which nothing reports, so that it does not slow the
// next page.
const ENDING_MS = 200;

/** A running browser. */
export type PlainBrowser = {
  /** Opens a page. The returned function closes it, and waits until its process has ended. */
  readonly open: (url: string) => Promise<() => Promise<void>>;
  readonly end: () => void;
};

/** Starts Chromium with a new profile. */
export async function startBrowser({ executablePath = "chromium", args = [] }: LaunchOptions): Promise<PlainBrowser> {
  const profile = mkdtempSync(join(tmpdir(), "hashlake-browser-"));
  const own = ["--headless=new", "--window-size=1280,800", "--remote-debugging-port=0", `--user-data-dir=${profile}`];
  const child = spawn(executablePath, [...args, ...own, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
  const port = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      const [, found] = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`${executablePath} exited with code ${code} before it listened`)));
  });
  const devTools = async (path: string) => fetch(`http://127.0.0.1:${port}/json/${path}`, { method: "PUT" });
  return {
    async open(url) {
      const { id } = (await (await devTools(`new?${encodeURIComponent(url)}`)).json()) as { id: string };
      return async () => {
        await devTools(`close/${id}`);
        await setTimeout(ENDING_MS);
      };
    },
    end() {
      child.once("exit", () => rmSync(profile, { recursive: true, force: true, maxRetries: 20 }));
      child.kill();
    },
  };
}
