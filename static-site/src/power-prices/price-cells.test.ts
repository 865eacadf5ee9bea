import { describe, expect, test } from "vitest";

import { readText } from "./read-power-prices";
import type { Reading } from "./reading";
import { lines, prices, readAnswered } from "./testing";

const pricesOf = (reading: Reading): number[] => lines(reading).map(([, , price]) => price);

describe("prices in cells", () => {
  test.each([
    ["a thousands separator and a decimal point", '"1,234.50"', 1234.5],
    ["several separators", '"1,234,567"', 1234567],
    ["an apostrophe", "1'234.5", 1234.5],
    ["a typographic minus sign", "−3.5", -3.5],
    ["an exponent", "1.5e2", 150],
    ["groups of two digits, as in India", '"1,23,456.50"', 123456.5],
    ["groups of two digits and no decimals", '"12,34,567"', 1234567],
  ])("a number with %s", (_, written, price) => {
    expect(prices(readAnswered(`time,price\n2024-01-01 00:00,${written}\n2024-01-01 01:00,0.5\n`))[0]).toBe(price);
  });

  test("1,234 after a semicolon is a decimal comma, unless another price has a decimal point", () => {
    const read = (other: string): number[] =>
      prices(readAnswered(`time;price\n2024-01-01 00:00;1,234\n2024-01-01 01:00;${other}\n`));

    expect(read("2,345")).toEqual([1.234, 2.345]);
    expect(read("2,345.60")).toEqual([1234, 2345.6]);
  });

  test.each([
    ["$0.03/kWh", "USD", 30],
    ["3.5 ct/kWh", "EUR", 35],
    ["EUR 12.5/MWh", "EUR", 12.5],
    ["12.5 CHF per MWh", "CHF", 12.5],
  ])("%s names its currency and its unit", (written, currency, price) => {
    const file = readAnswered(`time (UTC),price\n2024-01-01 00:00,${written}\n2024-01-01 01:00,${written}\n`);

    expect(file.currency).toBe(currency);
    expect(prices(file)).toEqual([price, price]);
  });

  test("-9999 and the like are no prices, and this is told", () => {
    const text = "time (UTC),price (EUR/MWh)\n2024-01-01 00:00,20\n2024-01-01 01:00,-9999\n2024-01-01 02:00,-999.00\n";
    const reading = readText(`${text}2024-01-01 03:00,-998\n`);

    expect(lines(reading)).toEqual([
      ["2024-01-01T00:00", "2024-01-01T01:00", 20],
      ["2024-01-01T03:00", "2024-01-01T04:00", -998],
    ]);
    expect(reading.notes).toContain("2 rows with a placeholder such as -9999 in place of a price");
  });

  test.each([
    ["HUF", ["6.250", "13.853"], [6250, 13853], [6.25, 13.853]],
    ["EUR", ["1.050", "787", "1.913"], [1050, 787, 1913], [1.05, 787, 1.913]],
  ])("if all prices in %s are such as %j, the sign's meaning is asked", (currency, cells, thousands, decimals) => {
    const rows = cells.map((price, at) => `2024-01-01 0${at}:00;${price}`);
    const text = [`time (UTC);price (${currency}/MWh)`, ...rows].join("\n");
    const asking = readText(text);

    expect(asking.asks.map(({ key, options }) => [key, ...options])).toEqual([["sign", "thousands", "decimals"]]);
    expect(asking.message).toBe(
      `Does “${cells[0]}” mean ${thousands[0]}, or is the point before the decimals? Each price of the file has three digits after it.`,
    );
    expect(pricesOf(readText(text, "", { sign: "thousands" }))).toEqual(thousands);
    expect(pricesOf(readText(text, "", { sign: "decimals" }))).toEqual(decimals);
  });

  test("45,123 EUR/MWh is likely with decimals only, so that it is not asked", () => {
    const reading = readText("time (UTC);price (EUR/MWh)\n2024-01-01 00:00;45,123\n2024-01-01 01:00;38,020\n");

    expect(reading.choices.sign).toMatchObject({ value: "decimals", found: "assumed" });
    expect(pricesOf(reading)).toEqual([45.123, 38.02]);
  });

  test("marks of notes are left out, and prices that cannot be read are told apart from missing ones", () => {
    const cells = ["62.44*", "-1.5 (p)", "12,345.5†", "1182,93", "", "shut", "7.5"];
    const reading = readText(
      ["start (UTC);EUR/MWh", ...cells.map((price, at) => `2024-01-01 0${at}:00;${price}`)].join("\n"),
    );

    expect(pricesOf(reading)).toEqual([62.44, -1.5, 12345.5, 7.5]);
    expect(reading.notes.slice(0, 2)).toEqual([
      "1 row without a price (1 hour)",
      "2 rows with a price that cannot be read, first line 5 reads “1182,93” (2 hours)",
    ]);
  });

  test("a column of units applies row by row", () => {
    const rows = ["20,EUR/MWh", "0.021,EUR/kWh", "2.2,ct/kWh", "900,MW", "19,GBP/MWh", "24,EUR/MWh"];
    const text = ["time (UTC),value,unit", ...rows.map((cells, at) => `2024-01-01 0${at}:00,${cells}`)].join("\n");
    const reading = readText(text);

    expect(lines(reading).map(([start, , price]) => [start.slice(11), price])).toEqual([
      ["00:00", 20],
      ["01:00", 21],
      ["02:00", 22],
      ["05:00", 24],
    ]);
    expect(reading.notes.join(". ")).toContain("1 row in a unit that is not one of power prices");
    expect(reading.notes.join(". ")).toContain("1 row in another currency");
  });
});
