// Builds the Markdown files of `docs/` into the folder `docs` of the site.

import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import { htmlFile, PAGES, pageOf } from "./render.ts";

const DOCS = new URL("../../docs/", import.meta.url);
const STYLESHEET = new URL("docs.css", import.meta.url);

export function docsPages(): Plugin {
  const page = (file: string, assets: Parameters<typeof pageOf>[2]) =>
    pageOf(file, readFileSync(new URL(file, DOCS), "utf8"), assets);
  return {
    name: "docs-pages",
    generateBundle(_, bundle) {
      const source = readFileSync(STYLESHEET, "utf8");
      const stylesheet = this.getFileName(this.emitFile({ type: "asset", name: "docs.css", source }));
      const icon = Object.keys(bundle).find((name) => /favicon.*\.svg$/.test(name));
      const assets = { stylesheet: `../${stylesheet}`, icon: icon === undefined ? null : `../${icon}` };
      for (const [file] of PAGES)
        this.emitFile({ type: "asset", fileName: `docs/${htmlFile(file)}`, source: page(file, assets) });
    },
    configureServer({ middlewares }) {
      middlewares.use("/docs", (request, response, next) => {
        const path = request.url?.replace(/^\/(\?.*)?$/, "/index.html").slice(1);
        const file = PAGES.map(([name]) => name).find((name) => htmlFile(name) === path);
        if (file !== undefined) {
          response.setHeader("content-type", "text/html");
          response.end(page(file, { stylesheet: "../src/docs/docs.css?direct", icon: "../src/favicon.svg" }));
        } else next();
      });
    },
  };
}
