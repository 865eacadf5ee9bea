import { expect, test } from "vitest";
import { sourceParts } from "./specs-panel";

const linksIn = (source: string) =>
  sourceParts(source)
    .flat()
    .flatMap(({ href }) => href ?? []);

test("a source is split at its semicolons, and repositories are links to GitHub", () => {
  expect(
    sourceParts("a guide; github.com/some/repo-1.x src/list.ts; not opened: https://example.com/a+b/?c=1 (2023)"),
  ).toEqual([
    [{ text: "a guide", href: null }],
    [
      { text: "github.com/some/repo-1.x", href: "https://github.com/some/repo-1.x" },
      { text: " src/list.ts", href: null },
    ],
    [
      { text: "not opened: ", href: null },
      { text: "https://example.com/a+b/?c=1", href: "https://example.com/a+b/?c=1" },
      { text: " (2023)", href: null },
    ],
  ]);
});

test("brackets and full stops after an address are not part of it", () => {
  expect(linksIn("a list (by way of github.com/some/repo)")).toEqual(["https://github.com/some/repo"]);
  expect(linksIn("see https://example.com/a.")).toEqual(["https://example.com/a"]);
});

test("only web addresses are links", () => {
  expect(
    linksIn("javascript:alert(1); data:text/html,x; example.com guide; notgithub.com/a/b; evil.github.com/a/b"),
  ).toEqual([]);
});
