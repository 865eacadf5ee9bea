import { describe, expect, test } from "vitest";

import { lines, names, prices, readAnswered } from "./testing";

describe("Nord Pool", () => {
  test("a file has semicolons, a column for each area, and the currency in the header", () => {
    const file = readAnswered(
      [
        '"Delivery Start (CET)";"Delivery End (CET)";"SE3 Price (EUR)";"NO1 Price (EUR)"',
        '"01.07.2024 00:00:00";"01.07.2024 01:00:00";"12,50";"-1,25"',
        '"01.07.2024 01:00:00";"01.07.2024 02:00:00";"1.012,75";"0,00"',
      ].join("\n"),
    );

    // CEST is UTC+2.
    expect(file).toMatchObject({
      layout: "Nord Pool",
      currency: "EUR",
      preferred: 0,
      notes: [],
    });
    expect(names(file)).toEqual(["SE3", "NO1"]);
    expect(lines(file, "NO1")).toEqual([
      ["2024-06-30T22:00", "2024-06-30T23:00", -1.25],
      ["2024-06-30T23:00", "2024-07-01T00:00", 0],
    ]);
    expect(prices(file, "SE3")).toEqual([12.5, 1012.75]);
  });

  test("a file may have areas in one row and units in the next", () => {
    const file = readAnswered(
      [
        "Delivery Start (CET);Delivery End (CET);AT;BE",
        ";;Price (SEK);Price (SEK)",
        "01.01.2025 00:00:00;01.01.2025 01:00:00;45.32;48.91",
      ].join("\n"),
    );

    expect(names(file)).toEqual(["AT", "BE"]);
    expect(file.currency).toBe("SEK");
    expect(lines(file, "BE")).toEqual([["2024-12-31T23:00", "2025-01-01T00:00", 48.91]]);
  });

  test("a file in UTC is read as UTC", () => {
    const file = readAnswered(
      "Delivery Start (UTC),Delivery End (UTC),FI (EUR)\n01.07.2024 00:00:00,01.07.2024 00:15:00,12.5\n",
    );

    expect(lines(file)).toEqual([["2024-07-01T00:00", "2024-07-01T00:15", 12.5]]);
    expect(names(file)).toEqual(["FI"]);
  });

  test("in autumn the hour from two to three occurs twice, in order, quarter by quarter", () => {
    const quarters = ["02:00", "02:15", "02:30", "02:45"];
    const next: Record<string, string> = { "02:00": "02:15", "02:15": "02:30", "02:30": "02:45", "02:45": "03:00" };
    const pass = (price: number): string[] =>
      quarters.map((from) => `26.10.2025 ${from}:00;26.10.2025 ${next[from]}:00;${price}`);
    const file = readAnswered(
      [
        "Delivery Start (CET);Delivery End (CET);SE3 Price (EUR)",
        ...pass(1),
        ...pass(2),
        "26.10.2025 03:00:00;26.10.2025 03:15:00;3",
      ].join("\n"),
    );

    // 02:00 CEST is 00:00 UTC, 02:00 CET is 01:00 UTC, 03:00 CET is 02:00 UTC; rows last 15 min.
    expect(lines(file).map(([start, , price]) => `${start.slice(11)} ${price}`)).toEqual([
      "00:00 1",
      "00:15 1",
      "00:30 1",
      "00:45 1",
      "01:00 2",
      "01:15 2",
      "01:30 2",
      "01:45 2",
      "02:00 3",
    ]);
    expect(file.series[0]?.intervals.every(({ start, end }) => end - start === 900_000)).toBe(true);
  });
});
