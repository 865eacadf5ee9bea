import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Puts a `.gz` beside each file of the built site, for servers that give those out as they are. */
function gzipped(): Plugin {
  return {
    name: "gzipped",
    apply: "build",
    writeBundle({ dir = "dist" }) {
      const files = readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((name) => /\.(html|js|css|svg)$/.test(name));
      for (const name of files) writeFileSync(`${dir}/${name}.gz`, gzipSync(readFileSync(`${dir}/${name}`), { level: 9 }));
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [gzipped()],
  build: { target: "es2023", modulePreload: { polyfill: false }, assetsInlineLimit: 0, cssMinify: "lightningcss" },
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
  test: { include: ["src/**/*.test.ts"], testTimeout: 60_000 },
});
