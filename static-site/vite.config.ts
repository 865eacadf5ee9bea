import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { docsPages } from "./src/docs/plugin.ts";
import { sentences } from "./src/words/plugin.ts";

/**
 * Writes a `.gz` beside each file of the built site, for servers that serve such files as they are.
 */
function gzipped(): Plugin {
  return {
    name: "gzipped",
    apply: "build",
    writeBundle({ dir = "dist" }) {
      const files = readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((name) =>
        /\.(html|js|css|svg)$/.test(name),
      );
      for (const name of files)
        writeFileSync(`${dir}/${name}.gz`, gzipSync(readFileSync(`${dir}/${name}`), { level: 9 }));
    },
  };
}

/**
 * Makes the browser load `src/page.ts` and what it imports together with `src/main.ts`, which
 * imports it, instead of after it; and lay out the page only once, after `src/page.ts` has run.
 */
function pagePreloaded(): Plugin {
  return {
    name: "page-preloaded",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (_, { bundle = {} }) => {
        const chunks = Object.values(bundle).filter((chunk) => chunk.type === "chunk");
        const isEntry = (name: string) => chunks.some(({ fileName, isEntry }) => fileName === name && isEntry);
        return chunks
          .filter(({ name }) => name === "page")
          .flatMap(({ fileName, imports }) => [...imports.filter((name) => !isEntry(name)), fileName])
          .map((fileName) => ({
            tag: "script",
            attrs: { type: "module", blocking: "render", crossorigin: true, src: `./${fileName}` },
            injectTo: "head" as const,
          }));
      },
    },
  };
}

/**
 * Asks browsers that know the hint to compile the first code while they load it, beside the main thread, instead of
 * each function on the main thread when it is called.
 */
function compiledWhileLoading(): Plugin {
  return {
    name: "compiled-while-loading",
    apply: "build",
    writeBundle({ dir = "dist" }, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk" || !(chunk.isEntry || chunk.name === "page")) continue;
        const path = `${dir}/${chunk.fileName}`;
        writeFileSync(path, `//# allFunctionsCalledOnLoad\n${readFileSync(path, "utf8")}`);
      }
    },
  };
}

/** The first view loads the HTML, so its indentation is left out. */
function notIndented(): Plugin {
  return {
    name: "not-indented",
    apply: "build",
    transformIndexHtml: { order: "post", handler: (html) => html.replaceAll(/\n\s+/g, "\n") },
  };
}

/**
 * Other sites show the page's picture beside a link only if its URL is absolute: it then starts with `SITE_URL`, the
 * address of the page.
 */
function pictureAddress(): Plugin {
  const site = (process.env.SITE_URL ?? "").replace(/\/+$/, "");
  return {
    name: "picture-address",
    transformIndexHtml: { order: "pre", handler: (html) => html.replace("%SITE_URL%", site) },
  };
}

type Modules = { getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null };

const src = `${import.meta.dirname}/src`;

/** The modules that one loads at once, and itself. */
function reached(start: string, modules: Modules, found = new Set<string>()): Set<string> {
  if (found.has(start)) return found;
  found.add(start);
  for (const id of modules.getModuleInfo(start)?.importedIds ?? []) reached(id, modules, found);
  return found;
}

/**
 * Puts what `src/page.ts` needs at once, and `src/main.ts` does not, into one chunk, although code that is loaded
 * later uses parts of it too.
 */
function pageChunk() {
  let isInPage: ((id: string) => boolean) | null = null;
  return (id: string, modules: Modules): string | null => {
    if (isInPage === null) {
      const [page, main] = [reached(`${src}/page.ts`, modules), reached(`${src}/main.ts`, modules)];
      isInPage = (id) => page.has(id) && !main.has(id);
    }
    return isInPage(id) ? "page" : null;
  };
}

/**
 * Puts the code that the reader of power prices needs at once into one chunk, and its sentences into another, although
 * code that is loaded later uses parts of both.
 */
function workerChunks() {
  let atOnce: ReadonlySet<string> | null = null;
  return (id: string, modules: Modules): string | null => {
    atOnce ??= reached(`${src}/power-prices/worker.ts`, modules);
    if (!atOnce.has(id)) return null;
    return id.startsWith(`${src}/words/`) ? "reader" : "worker";
  };
}

export default defineConfig({
  base: "./",
  plugins: [
    pictureAddress(),
    sentences(),
    notIndented(),
    pagePreloaded(),
    compiledWhileLoading(),
    docsPages(),
    gzipped(),
  ],
  build: {
    target: "es2023",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssMinify: "lightningcss",
    rolldownOptions: {
      output: {
        codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: pageChunk(), debugName: "page" }] },
      },
    },
    cssTarget: ["chrome123", "firefox125", "safari17.5"],
  },
  worker: {
    format: "es",
    rolldownOptions: {
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [{ name: workerChunks(), debugName: "worker" }],
        },
      },
    },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
  test: { include: ["src/**/*.test.ts"], testTimeout: 60_000 },
});
