import { describe, expect, test } from "vitest";

import { prices, readAnswered } from "./testing";

describe("prices in cells", () => {
  test.each([
    ["a thousands separator and a decimal point", '"1,234.50"', 1234.5],
    ["several separators", '"1,234,567"', 1234567],
    ["an apostrophe", "1'234.5", 1234.5],
    ["a typographic minus sign", "−3.5", -3.5],
    ["an exponent", "1.5e2", 150],
  ])("a number with %s", (_, written, price) => {
    expect(prices(readAnswered(`time,price\n2024-01-01 00:00,${written}\n2024-01-01 01:00,0.5\n`))[0]).toBe(price);
  });

  test("1,234 after a semicolon is a decimal comma, unless another price has a decimal point", () => {
    const read = (other: string): number[] =>
      prices(readAnswered(`time;price\n2024-01-01 00:00;1,234\n2024-01-01 01:00;${other}\n`));

    expect(read("2,345")).toEqual([1.234, 2.345]);
    expect(read("2,345.60")).toEqual([1234, 2345.6]);
  });
});
