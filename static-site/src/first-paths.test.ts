import { readFileSync } from "node:fs";

import { expect, test } from "vitest";
import { firstPaths } from "./first-paths";
import { DEFAULT, parseView } from "./model/view";

test("the page's HTML requests what a page without parameters needs first", () => {
  const html = readFileSync(new URL("../index.html", import.meta.url), "utf8");
  const preloaded = [...html.matchAll(/<link rel="preload" as="fetch" crossorigin href="\/api\/v1([^"]+)">/g)];

  expect(preloaded.map(([, path]) => path?.replaceAll("&amp;", "&"))).toEqual(firstPaths(DEFAULT));
});

test("a series that starts at the newest block, or that nothing shows, is not requested first", () => {
  expect(firstPaths(parseView("?range=7d"))).toEqual(["/summary", "/status", "/asics"]);
  expect(firstPaths(parseView("?embed=tiles"))).toEqual(["/summary", "/status", "/asics"]);
});
