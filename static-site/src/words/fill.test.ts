import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { htmlFiles } from "../testing";
import { fill } from "./fill";

const SRC = new URL("../", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, SRC), "utf8");

/** Text that is the same in each language: names, units and symbols. */
const SYMBOLS = new Set([
  ...["hashlake", "/api/v1/summary", "UTC", "USD", "sat", "USD/MWh", "USD/kWh", "ct/kWh", "sat/MWh", "USD/day"],
  ...["USD/PH/day", "TH/s", "W", "24 h", "7 d", "30 d"],
]);
const ATTRIBUTES = /\s(?:alt|aria-label|aria-roledescription|aria-valuetext|placeholder|title)="([^"]*)"/g;
/** A `content` is shown as text unless it belongs to one of these names. */
const SETTINGS = /(?:name|property)="(?:viewport|color-scheme|theme-color|og:type|og:image|twitter:card)"/;

/** The words that a file has itself, in text and in attributes that are read or shown. */
function bareWords(html: string): readonly string[] {
  const [, ...tags] = html.replaceAll(/<!--.*?-->|<!doctype html>/gs, "").split("<");
  const found = tags.flatMap((part) => {
    const [, tag = "", text = ""] = /^((?:"[^"]*"|[^">])*)>(.*)$/s.exec(part) ?? [];
    const content = SETTINGS.test(tag) ? "" : (/\scontent="([^"]*)"/.exec(tag)?.[1] ?? "");
    return [text, content, ...[...tag.matchAll(ATTRIBUTES)].map(([, value = ""]) => value)];
  });
  return found
    .map((text) => text.replaceAll(/\{\{.*?\}\}/g, "").trim())
    .filter((text) => /\p{L}/u.test(text) && !SYMBOLS.has(text));
}

describe.each(htmlFiles())("%s", (_, html) => {
  test("has no words of its own", () => {
    expect(bareWords(html)).toEqual([]);
  });

  test("has a sentence for each of its placeholders", () => {
    expect(fill(html)).not.toMatch(/\{\{|\}\}|undefined/);
  });
});

test("words in text, in a label and in a description would be found", () => {
  const html =
    '<meta name="description" content="What it is"><p title="a > b">{{page.ADD}} it <b aria-label="Its name">×</b> USD</p>';

  expect(bareWords(html)).toEqual(["What it is", "it", "a > b", "Its name"]);
});

test("a sentence is filled in as text", () => {
  expect(fill('<a title="{{page.MORE}}">{{chart.MEANS.7}}: {{explanations.mwh.title}}</a>')).toBe(
    '<a title="More:">7 days: Revenue per MWh</a>',
  );
});

test("a placeholder without a sentence is an error that names it", () => {
  expect(() => fill("<p>{{page.NO_SUCH}}</p>")).toThrow("src/words/ has no page.NO_SUCH");
  expect(() => fill("<p>{{nowhere.ADD}}</p>")).toThrow("nowhere.ADD");
});

test("every sentence is used", () => {
  const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((name) => /\.(ts|html)$/.test(name));
  const sources = new Map([...files, "../index.html"].map((name) => [name, read(name)]));
  const exported = [...sources].flatMap(([file, source]) =>
    file.startsWith("words/")
      ? [...source.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name = ""]) => ({ file, name }))
      : [],
  );
  const unused = exported.filter(({ file, name }) =>
    [...sources].every(([other, source]) => other === file || !new RegExp(`\\b${name}\\b`).test(source)),
  );

  expect(exported.length).toBeGreaterThan(200);
  expect(unused).toEqual([]);
});
