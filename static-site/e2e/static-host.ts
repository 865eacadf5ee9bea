// A static host for the built page.

import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** Serves files on a free loopback port, each from the first of these folders that has it. */
export async function staticHost(...folders: readonly string[]): Promise<Host> {
  return host((path) => fileOf(folders, path));
}

/**
 * Serves files and the API of `page`, whose responses are cached: only the first request waits for
 * them. Each page reports to `drawn` how many milliseconds after the start of navigation its first
 * chart was drawn.
 */
export async function hostWithApi(
  page: string,
  drawn: (ms: number) => void,
  ...folders: readonly string[]
): Promise<Host> {
  const responses = new Map<string, Promise<Buffer>>();
  const requestBody = async (url: string) => Buffer.from(await (await fetch(page + url)).arrayBuffer());
  return host(async (path, url) => {
    if (path.startsWith(DRAWN)) {
      drawn(Number(path.slice(DRAWN.length)));
      return Buffer.from("");
    }
    if (path.startsWith("/api/")) {
      const known = responses.get(url) ?? requestBody(url);
      responses.set(url, known);
      return known;
    }
    const body = await fileOf(folders, path);
    return extname(path) === ".html" && body !== null
      ? Buffer.from(`${body}`.replace("<head>", `<head><script>${TELL}</script>`))
      : body;
  });
}

const DRAWN = "/drawn/";
const TELL = `new PerformanceObserver((list) => list.getEntriesByName("hashlake:drawn").slice(0, 1).forEach((mark) => navigator.sendBeacon("${DRAWN}" + mark.startTime))).observe({ type: "mark", buffered: true });`;

export type Host = { readonly origin: string; readonly close: () => void };

async function fileOf(folders: readonly string[], path: string): Promise<Buffer | null> {
  for (const folder of folders) {
    const body = await readFile(join(folder, normalize(path))).catch(() => null);
    if (body !== null) return body;
  }
  return null;
}

async function host(read: (path: string, url: string) => Promise<Buffer | null>): Promise<Host> {
  const server: Server = createServer(async ({ url = "/" }, response) => {
    const path = new URL(url, "http://host").pathname.replace(/\/$/, "/index.html");
    const body = await read(path, url);
    response.writeHead(body === null ? 404 : 200, {
      "cache-control": "no-store",
      "content-type": TYPES[extname(path)] ?? "text/plain",
    });
    response.end(body ?? "no such file");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => server.closeAllConnections() ?? server.close(),
  };
}
