// Loads TypeScript sources of the page in Node.js.

import { fileURLToPath } from "node:url";
import { createServer } from "vite";

/** A module, which may import more of them until it is closed. */
export async function loadSource(path) {
  const server = await createServer({
    root: fileURLToPath(new URL(".", import.meta.url)),
    configFile: false,
    logLevel: "error",
    appType: "custom",
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
  });
  return { module: await server.ssrLoadModule(path), close: () => server.close() };
}
