// The pages of `docs/`: their links lead somewhere, and their examples are right.

import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { Marked, type Token, type Tokens } from "marked";
import { describe, expect, test } from "vitest";
import { satPerMwh, usdPerMwh } from "../model/economics";
import { startBelow, stopAbove, strikeUsdPerMwh } from "../model/strike";
import type { JoulesPerTh, SatPerPhDay, Share, UsdPerMwh, UsdPerPhDay } from "../model/units";
import { htmlFiles } from "../testing";
import { headingId, htmlFile, PAGES, pageOf } from "./render";

const DOCS = new URL("../../docs/", import.meta.url);
const RECORDING = new URL("../../../functions/replay/recording/", import.meta.url);
const EXAMPLE = 923_023;

const files = readdirSync(DOCS).filter((name) => name.endsWith(".md"));
const markdown = new Map(files.map((file) => [file, readFileSync(new URL(file, DOCS), "utf8")]));
const tokensOf = (file: string) => new Marked().lexer(markdown.get(file) ?? "");

/** All tokens of a kind, also those within others. */
function all<Kind extends Tokens.Generic>(file: string, type: string): Kind[] {
  const found: Token[] = [];
  void new Marked().walkTokens(tokensOf(file), (token) => {
    if (token.type === type) found.push(token);
  });
  return found as Kind[];
}

const anchorsOf = (file: string) => all<Tokens.Heading>(file, "heading").map(({ text }) => headingId(text));

describe("links", () => {
  test("every page is in the navigation", () => {
    expect(PAGES.map(([file]) => file).sort()).toEqual(files.sort());
  });

  test.each(files)("%s links to pages and headings that exist", (file) => {
    for (const { href } of all<Tokens.Link>(file, "link").filter(({ href }) => !href.startsWith("https://"))) {
      const [target = "", anchor] = href.split("#");
      expect(files, href).toContain(target === "" ? file : target);
      if (anchor !== undefined) expect(anchorsOf(target === "" ? file : target), href).toContain(anchor);
    }
  });

  test("the page links to pages and headings that exist", () => {
    const page = htmlFiles()
      .map(([, html]) => html)
      .join("");
    const links = [...page.matchAll(/href="docs\/([\w-]*)(?:\.html)?(?:#([\w-]+))?"/g)];
    expect(links.length).toBeGreaterThan(5);
    expect(links.length).toBe(page.split('href="docs/').length - 1);
    for (const [link, name = "", anchor] of links) {
      const file = name === "" ? "README.md" : `${name}.md`;
      expect(files, link).toContain(file);
      if (anchor !== undefined) expect(anchorsOf(file), link).toContain(anchor);
    }
  });

  test("links between Markdown files lead to the pages built from them, and headings have the ids of GitHub", () => {
    const page = pageOf(
      "README.md",
      "# USD/MWh & more\n\n[there](strike.md#the-formula) [out](https://example.org/a.md)",
      {
        stylesheet: "../a.css",
        icon: null,
      },
    );

    expect(page).toContain('<h1 id="usdmwh--more">USD/MWh &amp; more</h1>');
    expect(page).toContain('<a href="strike.html#the-formula">there</a> <a href="https://example.org/a.md">out</a>');
    expect(page).toContain("<title>USD/MWh &amp; more - hashlake</title>");
    expect(page).toContain('<a href="index.html" aria-current="page">');
    expect(htmlFile("README.md")).toBe("index.html");
  });
});

test("addresses of the API that can be opened as they are lead there, other code does not", () => {
  const page = pageOf("data.md", "Open `/api/v1/status`, or `/api/v1/strike` with `a<b`.", {
    stylesheet: "../a.css",
    icon: null,
  });

  expect(page).toContain('Open <a href="../api/v1/status"><code>/api/v1/status</code></a>, or <code>/api/v1/strike<');
  expect(page).toContain("<code>a&lt;b</code>");
});

/** A line of a worked example: `120 / 4 = 30 USD of something`. */
type Line = { readonly text: string; readonly expression: string; readonly result: string; readonly label: string };

const linesOf = (file: string): Line[] =>
  all<Tokens.Code>(file, "code")
    .filter(({ lang }) => lang === "calc")
    .flatMap(({ text }) => text.split("\n"))
    .map((text) => {
      const [, expression = "", result = "", label = ""] = /^(.+) = (-?[\d.,]+(?:e\d+)?) (.+)$/.exec(text) ?? [];
      return { text, expression, result, label };
    });

const numberOf = (text: string) => Number(text.replaceAll(",", ""));

/** Result of an arithmetic expression; `x` is times. */
function evaluate(expression: string): number {
  const code = expression.replaceAll(",", "").replaceAll("x", "*").replaceAll("^", "**");
  if (!/^[\d.e+*/() -]+$/.test(code)) throw new Error(`not an arithmetic expression: ${expression}`);
  return Number(new Function(`return (${code})`)());
}

/** One unit in the last digit that is shown. */
function lastDigit(result: string): number {
  const [digits = "", exponent = "0"] = result.replaceAll(",", "").split("e");
  return 10 ** (Number(exponent) - (digits.split(".")[1]?.length ?? 0));
}

/** The result that a page shows with this label. */
function shown(file: string, label: string): number {
  const found = linesOf(file).filter((line) => line.label === label);
  expect(found.length, `${file}: ${label}`).toBe(1);
  return numberOf(found[0]?.result ?? "");
}

/** The block of all examples, with the satoshis of fees of the 144 blocks up to it. */
function recorded() {
  const rows = gunzipSync(readFileSync(new URL("blocks.csv.gz", RECORDING)))
    .toString()
    .trimEnd()
    .split("\n");
  const columns = rows[0]?.split(",") ?? [];
  const blocks = rows.slice(1).map((row) => {
    const values = row.split(",");
    return (column: string) => Number(values[columns.indexOf(column)]);
  });
  const at = blocks.findIndex((block) => block("height") === EXAMPLE);
  const block = (height: number) => blocks[at + height - EXAMPLE] as (column: string) => number;
  const last144 = Array.from({ length: 144 }, (_, back) => block(EXAMPLE - back)("total_fee_sat"));
  return { block, meanFees: last144.reduce((sum, fees) => sum + fees) / 144 };
}

describe("examples", () => {
  test.each(files.filter((file) => linesOf(file).length > 0))("%s: each line of arithmetic is right", (file) => {
    for (const { text, expression, result } of linesOf(file))
      expect(Math.abs(evaluate(expression) - numberOf(result)), text).toBeLessThanOrEqual(1.01 * lastDigit(result));
  });

  test("there are examples of every formula", () => {
    const withFormula = ["revenue.md", "hashprice.md", "strike.md", "mine-or-sell.md", "prices.md"];
    for (const file of withFormula) expect(linesOf(file).length, file).toBeGreaterThan(1);
  });

  test("their inputs are those of the recorded block", () => {
    const rows = all<Tokens.Table>("README.md", "table").flatMap(({ rows }) => rows);
    const input = (name: string) =>
      numberOf(/^[\d.,]+/.exec(rows.find(([cell]) => cell?.text === name)?.[1]?.text ?? "")?.[0] ?? "");
    const { block, meanFees } = recorded();

    expect(input("difficulty")).toBe(block(EXAMPLE)("difficulty"));
    expect(input("subsidy")).toBe(block(EXAMPLE)("subsidy_sat"));
    expect(input("fees")).toBe(block(EXAMPLE)("total_fee_sat"));
    expect(input("mean fees of 144 blocks")).toBeCloseTo(meanFees, 2);

    const prices = gunzipSync(readFileSync(new URL("prices.csv.gz", RECORDING))).toString();
    const time = Date.parse("2025-11-10T18:00:00Z") / 1_000;
    expect(prices).toContain(`\n${time},${input("bitcoin price")}\n`);
    expect(prices).toContain(`\n${time - 3_600},105223.39\n`); // Named in prices.md.
    expect(time - block(EXAMPLE)("time")).toBe(shown("prices.md", "s before the price of 18:00"));
  });

  // 1e15 x 86400 / (155973032196071.94 x 2^32) = 1.289746e-4 of a block for a PH/s in a day; x 415362869 sat, and
  // x 315309635.51 sat with the mean fees; x 105939.01 USD / 1e8.
  const alone = { sat: 53_571.28 as SatPerPhDay, usd: 56.75289 as UsdPerPhDay };
  const with144 = { sat: 40_666.95 as SatPerPhDay, usd: 43.08216 as UsdPerPhDay };
  const s21Pro = 15 as JoulesPerTh;

  test("hashprice and revenue are those that the page computes", () => {
    expect(shown("hashprice.md", "sat/PH/day of this block alone")).toBeCloseTo(alone.sat, 1);
    expect(shown("hashprice.md", "USD/PH/day of this block alone")).toBeCloseTo(alone.usd, 3);
    expect(shown("hashprice.md", "sat/PH/day with 144 blocks")).toBeCloseTo(with144.sat, 0);
    expect(shown("hashprice.md", "USD/PH/day with 144 blocks")).toBeCloseTo(with144.usd, 3);
    expect(shown("revenue.md", "sat per MWh")).toBeCloseTo(satPerMwh(alone.sat, s21Pro), 0);
    expect(shown("revenue.md", "USD per MWh")).toBeCloseTo(usdPerMwh(alone.usd, s21Pro), 2);
    expect(shown("hashprice.md", "USD/MWh of this block alone")).toBeCloseTo(usdPerMwh(alone.usd, s21Pro), 2);
    expect(shown("hashprice.md", "USD/MWh with 144 blocks")).toBeCloseTo(usdPerMwh(with144.usd, s21Pro), 2);
  });

  test("the strike is that which the page computes", () => {
    const terms = { poolFee: 0.02 as Share, overhead: 0.05 as Share, adder: 5 as UsdPerMwh };
    const strike = strikeUsdPerMwh(with144.usd, s21Pro, terms);
    const band = 0.02 as Share;

    expect(shown("strike.md", "USD/MWh is the strike")).toBeCloseTo(strike, 2);
    expect(shown("strike.md", "USD/MWh: miners that run stop above it")).toBeCloseTo(stopAbove(strike, band), 2);
    expect(shown("strike.md", "USD/MWh: miners that stand still start below it")).toBeCloseTo(
      startBelow(strike, band),
      2,
    );
  });

  test("the adjustment of difficulty is the one that happened", () => {
    const { block } = recorded();
    const [first, last, next] = [block(921_312), block(923_327), block(923_328)];

    expect(last("time") - first("time")).toBe(1_239_007);
    expect(shown("hashprice.md", "from block 923,328 on") / next("difficulty")).toBeCloseTo(1, 5);
    expect(next("difficulty") / last("difficulty")).toBeCloseTo(shown("hashprice.md", "as much"), 5);
  });
});
