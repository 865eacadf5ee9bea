import { describe, expect, test } from "vitest";

import { lines, readRows as read } from "./testing";

const keys = (rows: readonly string[], choices = {}): string[] => read(rows, choices).asks.map(({ key }) => key);
const first = (rows: readonly string[], choices = {}): string => (lines(read(rows, choices))[0] ?? []).join(" ");

describe("an abbreviation of a zone that does not fit the currency is asked about", () => {
  test.each([
    ["CST", "CNY", "Asia/Shanghai", "2025-06-09T16:00"],
    ["PST", "PHP", "Asia/Manila", "2025-06-09T16:00"],
    ["EST", "AUD", "UTC+10:00", "2025-06-09T14:00"],
    ["MST", "MYR", "Asia/Kuala_Lumpur", "2025-06-09T16:00"],
    ["ET", "EUR", "Europe/Tallinn", "2025-06-09T21:00"],
  ])("%s beside %s, in the header, the cells or a column", (name, currency, zone, start) => {
    const inHeader = [`Time (${name}),${currency}/MWh`, "2025-06-10 00:00,40", "2025-06-10 01:00,41"];
    const inCells = [`Time,${currency}/MWh`, `2025-06-10 00:00 ${name},40`, `2025-06-10 01:00 ${name},41`];
    const inColumn = [`Time,TZ,${currency}/MWh`, `2025-06-10 00:00,${name},40`, `2025-06-10 01:00,${name},41`];

    for (const rows of [inHeader, inCells, inColumn]) {
      expect(keys(rows)).toEqual(["zone"]);
      expect(read(rows).message).toContain("which can mean several zones");
      expect(first(rows, { zone }).slice(0, 16)).toBe(start);
    }
  });

  test("BST is Britain's beside pounds, and not beside the taka of Bangladesh", () => {
    const rows = (currency: string) => [`Time (BST),${currency}/MWh`, "2025-06-10 00:00,40", "2025-06-10 01:00,41"];

    expect(first(rows("GBP"))).toBe("2025-06-09T23:00 2025-06-10T00:00 40");
    expect(keys(rows("BDT"), { currency: "BDT" })).toEqual(["zone"]);
  });

  test("CST is Chicago's in winter beside dollars", () => {
    expect(first(["Time,USD/MWh", "2025-01-10 00:00 CST,40", "2025-01-10 01:00 CST,41"])).toBe(
      "2025-01-10T06:00 2025-01-10T07:00 40",
    );
  });

  test("the user may say that the abbreviation of each time is meant as written", () => {
    const rows = ["Time,EUR/MWh", "2025-01-10 00:00 CST,40", "2025-01-10 01:00 CST,41"];

    expect(read(rows).asks[0]?.options[0]).toBe("as written in each time");
    expect(first(rows, { zone: "as written in each time" })).toBe("2025-01-10T06:00 2025-01-10T07:00 40");
  });

  test("a zone that the user chose keeps the passes that abbreviations tell apart", () => {
    const rows = ["Time,USD/MWh", "2025-11-02 01:00 EST,42", "2025-11-02 01:00 EDT,41"];

    expect(lines(read(rows, { zone: "America/New_York" })).map(([start, , price]) => `${start} ${price}`)).toEqual([
      "2025-11-02T05:00 41",
      "2025-11-02T06:00 42",
    ]);
  });
});

test("an unclear zone is asked about with what the file says", () => {
  expect(read(["Time (local - not UTC),EUR/MWh", "2025-06-10 00:00,40", "2025-06-10 01:00,41"]).message).toBe(
    "Which time zone are the times in (the first is “2025-06-10 00:00”)? The file says “Time (local - not UTC)”, which can mean several zones.",
  );
});

test("a column names the zone or the offset of each time", () => {
  const german = [
    "Datum;von;Zeitzone von;bis;Zeitzone bis;Preis in ct/kWh",
    "26.10.2025;02:00;CEST;02:00;CET;3,0",
    "26.10.2025;02:00;CET;03:00;CET;4,0",
  ];
  const offsets = ["Time,UTC offset,EUR/MWh", "2025-06-10 00:00,−05:00,40", "2025-06-10 01:00,-05:00,41"];

  expect(lines(read(german))).toEqual([
    ["2025-10-26T00:00", "2025-10-26T01:00", 30],
    ["2025-10-26T01:00", "2025-10-26T02:00", 40],
  ]);
  expect(first(offsets)).toBe("2025-06-10T05:00 2025-06-10T06:00 40");
});

test("the offset of a time may have a minus sign, and its zone in brackets", () => {
  expect(first(["Time,EUR/MWh", "2025-06-09T19:00−05:00,40", "2025-06-09T20:00−05:00,41"])).toBe(
    "2025-06-10T00:00 2025-06-10T01:00 40",
  );
  expect(
    first(["Time,EUR/MWh", "2025-06-10T02:00+02:00[Europe/Berlin],40", "2025-06-10T03:00+02:00[Europe/Berlin],41"]),
  ).toBe("2025-06-10T00:00 2025-06-10T01:00 40");
});

describe("times from one hour after midnight to midnight", () => {
  const day = (date: string, next: string): string[] => [
    ...Array.from({ length: 23 }, (_, at) => `${date} ${String(at + 1).padStart(2, "0")}:00,${at + 40}`),
    `${next} 00:00,63`,
  ];

  test("may be a day of UTC where that is one hour behind: this is asked", () => {
    const rows = ["Time (CET),EUR/MWh", ...day("2025-01-14", "2025-01-15")];

    expect(read(rows).message).toBe(
      "Does each time say when its price starts or when it ends? The times run from 01:00 to 00:00.",
    );
    expect(first(rows, { stamp: "start" })).toBe("2025-01-14T00:00 2025-01-14T01:00 40");
    expect(first(rows, { stamp: "end" })).toBe("2025-01-13T23:00 2025-01-14T00:00 40");
  });

  test("are the ends of a local day otherwise", () => {
    const rows = ["Time (CET),EUR/MWh", ...day("2025-06-14", "2025-06-15")];

    expect(first(rows)).toBe("2025-06-13T22:00 2025-06-13T23:00 40");
  });
});

test("start and end of each price leave no choice of what a time is", () => {
  const rows = ["From,To,EUR/MWh", "2025-06-10T00:00Z,2025-06-10T01:00Z,40", "2025-06-10T01:00Z,2025-06-10T02:00Z,41"];
  const reading = read(rows, { stamp: "end" });

  expect(reading.choices.stamp).toEqual({ value: "start", found: "recognised", options: [] });
  expect(reading.notes).toContain(
    "Each time is: “end” is not used, as the file has the start and the end of each price",
  );
});
