// A static host, as anybody may put the page on.

import { readFile } from "node:fs/promises";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

/** Serves the files of these folders, the first that has one of the name, on a free port of loopback: its address, and what ends it. */
export async function staticHost(...folders: readonly string[]): Promise<{ origin: string; close: () => void }> {
  const read = async (path: string) => {
    for (const folder of folders) {
      const body = await readFile(join(folder, normalize(path))).catch(() => null);
      if (body !== null) return body;
    }
    return null;
  };
  const server: Server = createServer(async ({ url = "/" }, response) => {
    const path = new URL(url, "http://host").pathname.replace(/\/$/, "/index.html");
    const body = await read(path);
    response.writeHead(body === null ? 404 : 200, { "content-type": TYPES[extname(path)] ?? "text/plain" });
    response.end(body ?? "no such file");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.closeAllConnections() ?? server.close() };
}
