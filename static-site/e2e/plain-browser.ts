// A browser that nothing is attached to: to be looked at while it loads costs a page a third of its time.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

import type { LaunchOptions } from "@playwright/test";

const ENDING_MS = 200; // Of a closed page's process, which nobody tells of: the next page is not to pay for it.

/** A running browser. */
export type PlainBrowser = {
  /** Opens a page, and tells what closes it and leaves the machine to the next. */
  readonly open: (url: string) => Promise<() => Promise<void>>;
  readonly end: () => void;
};

/** Starts Chromium, with a profile of its own. */
export async function startBrowser({ executablePath = "chromium", args = [] }: LaunchOptions): Promise<PlainBrowser> {
  const profile = mkdtempSync(join(tmpdir(), "hashlake-browser-"));
  const own = ["--headless=new", "--window-size=1280,800", "--remote-debugging-port=0", `--user-data-dir=${profile}`];
  const child = spawn(executablePath, [...args, ...own, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
  const port = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      const [, found] = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`${executablePath} ended with ${code} before it listened`)));
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
      child.once("exit", () => rmSync(profile, { recursive: true, force: true }));
      child.kill();
    },
  };
}
