// Fills sentences into the page's HTML when Vite builds or serves it, so that the first paint has them.

import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import { fill } from "./fill.ts";

export function sentences(): Plugin {
  return {
    name: "sentences",
    enforce: "pre",
    transformIndexHtml: { order: "pre", handler: fill },
    load(id) {
      if (!id.endsWith(".html?raw")) return null;
      const file = id.replace(/\?raw$/, "");
      this.addWatchFile(file);
      return `export default ${JSON.stringify(fill(readFileSync(file, "utf8")))};`;
    },
  };
}
