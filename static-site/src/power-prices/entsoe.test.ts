import { describe, expect, test } from "vitest";

import type { PowerFile } from "./power-file";
import { lines, names, readAnswered } from "./testing";

describe("ENTSO-E", () => {
  test("the old layout has both ends of the hour in one cell, and n/e or - for a missing price", () => {
    const file = readAnswered(
      [
        '"MTU (CET/CEST)","Day-ahead Price [EUR/MWh]","Currency","BZN|DE-LU"',
        '"01.01.2024 00:00 - 01.01.2024 01:00","10.10","EUR",""',
        '"01.01.2024 01:00 - 01.01.2024 02:00","-5.01","EUR",""',
        '"01.01.2024 02:00 - 01.01.2024 03:00","n/e","EUR",""',
        '"01.01.2024 03:00 - 01.01.2024 04:00","-","",""',
      ].join("\n"),
    );

    expect(file).toMatchObject({
      layout: "ENTSO-E day-ahead",
      currency: "EUR",
      notes: ["2 rows without a price (2 hours)"],
    });
    expect(names(file)).toEqual(["DE-LU"]);
    expect(lines(file)).toEqual([
      ["2023-12-31T23:00", "2024-01-01T00:00", 10.1],
      ["2024-01-01T00:00", "2024-01-01T01:00", -5.01],
    ]);
  });

  test("the new layout has areas and sequences in rows: the coupled auction is preferred", () => {
    const header =
      '"MTU (CET/CEST)","Area","Sequence","Day-ahead Price (EUR/MWh)","Intraday Period (CET/CEST)","Intraday Price (EUR/MWh)"';
    const row = (sequence: string, price: string): string =>
      `"03/10/2025 00:00:00 - 03/10/2025 00:15:00","BZN|DE-LU","${sequence}","${price}","",""`;
    const file = readAnswered([header, row("Sequence 2", "64.80"), row("Sequence 1", "65.83")].join("\n"));

    expect(names(file)).toEqual(["DE-LU, Sequence 2", "DE-LU, Sequence 1"]);
    expect(file.preferred).toBe(1);
    // 3 October, day first: 00:00 CEST is 22:00 UTC of the day before.
    expect(lines(file)).toEqual([["2025-10-02T22:00", "2025-10-02T22:15", 65.83]]);
  });

  test("a file in UTC without sequences is named by its area", () => {
    const file = readAnswered(
      [
        '"MTU (UTC)","Area","Sequence","Day-ahead Price (EUR/MWh)","Intraday Period (UTC)","Intraday Price (EUR/MWh)"',
        '"01/01/2025 00:00:00 - 01/01/2025 00:15:00","BZN|FR","Without Sequence","18.92","",""',
      ].join("\n"),
    );

    expect(names(file)).toEqual(["FR"]);
    expect(lines(file)).toEqual([["2025-01-01T00:00", "2025-01-01T00:15", 18.92]]);
  });

  test("in autumn, times with a zone name are unambiguous", () => {
    const file = readAnswered(
      [
        '"MTU (CET/CEST)","Area","Sequence","Day-ahead Price (EUR/MWh)"',
        '"29/10/2023 02:00:00 (CET) - 29/10/2023 03:00:00 (CET)","BZN|FR","Without Sequence","2"',
        '"29/10/2023 02:00:00 (CEST) - 29/10/2023 02:00:00 (CET)","BZN|FR","Without Sequence","1"',
      ].join("\n"),
    );

    expect(lines(file)).toEqual([
      ["2023-10-29T00:00", "2023-10-29T01:00", 1],
      ["2023-10-29T01:00", "2023-10-29T02:00", 2],
    ]);
  });

  test("in autumn, times without a zone name repeat the hour in order; in spring there is no such hour", () => {
    const header = '"MTU (CET/CEST)","Day-ahead Price [EUR/MWh]","Currency","BZN|FR"';
    const autumn = [
      "01:00 - 29.10.2023 02:00",
      "02:00 - 29.10.2023 03:00",
      "02:00 - 29.10.2023 03:00",
      "03:00 - 29.10.2023 04:00",
    ];
    const spring = ["01:00 - 26.03.2023 02:00", "02:00 - 26.03.2023 03:00", "03:00 - 26.03.2023 04:00"];
    const read = (day: string, spans: readonly string[]): PowerFile =>
      readAnswered([header, ...spans.map((span, at) => `"${day} ${span}","${at}","EUR",""`)].join("\n"));

    expect(lines(read("29.10.2023", autumn))).toEqual([
      ["2023-10-28T23:00", "2023-10-29T00:00", 0],
      ["2023-10-29T00:00", "2023-10-29T01:00", 1],
      ["2023-10-29T01:00", "2023-10-29T02:00", 2],
      ["2023-10-29T02:00", "2023-10-29T03:00", 3],
    ]);
    expect(lines(read("26.03.2023", spring))).toEqual([
      ["2023-03-26T00:00", "2023-03-26T01:00", 0],
      ["2023-03-26T01:00", "2023-03-26T02:00", 2],
    ]);
  });
});
