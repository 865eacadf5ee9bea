import { describe, expect, test } from "vitest";

import { readFiles } from "./read-files";
import { readText } from "./read-power-prices";
import type { Choices, Reading } from "./reading";

/** Euros and dollars at two places, with another number beside them. */
const TWO_PLACES = [
  "Start,Town,Day-ahead price (EUR/MWh),Wind share",
  "2025-03-04 00:00,Ruhla,61.5,12",
  "2025-03-04 00:00,Sohl,62.5,11",
  "2025-03-04 01:00,Ruhla,48.25,15",
  "2025-03-04 01:00,Sohl,49.25,17",
].join("\n");
const ALL: Choices = { zone: "Europe/Berlin" };

describe("a choice that a file does not have is refused, with those that it has", () => {
  test.each<[keyof Choices, string, string]>([
    ["price", "nope", "Price column: “nope” is not possible for this file. Choose Day-ahead price (EUR/MWh)"],
    ["unit", "banana", "Unit: “banana” is not possible for this file. Choose MWh, kWh, cents/kWh or GWh."],
    ["currency", "XXQ", "Currency: “XXQ” is not possible for this file. Choose EUR, USD, "],
    ["time", "End", "Time column: “End” is not possible for this file. Choose Start."],
    ["zone", "Atlantis", "“Atlantis” is not a time zone. Choose one such as America/Chicago or UTC-05:00."],
    ["stamp", "middle", "Each time is: “middle” is not possible for this file. Choose start or end."],
    ["order", "year", "Date order: “year” is not possible for this file. Choose day first or month first."],
    ["place", "Suhl", "Place or node: “Suhl” is not possible for this file. Choose Ruhla or Sohl."],
    ["kind", "real-time", "Kind of price: “real-time” is not possible for this file. Choose day-ahead."],
  ])("%s %s", (key, value, message) => {
    const reading = readText(TWO_PLACES, "", { ...ALL, [key]: value });

    expect(reading.status).toBe("asks");
    expect(reading.message).toContain(message);
    expect(reading.choices[key]).toMatchObject({ value: null, found: "needed" });
    expect(reading.asks.map((ask) => ask.key)).toEqual([key]);
  });

  test("a currency that no row has", () => {
    const rows = ["time,price per MWh,currency", "2025-03-04T00:00Z,61.5,EUR", "2025-03-04T01:00Z,48.25,EUR"];

    expect(readText(rows.join("\n"), "", { currency: "NOK" }).message).toBe(
      "Currency: “NOK” is not possible for this file. Choose EUR.",
    );
    expect(readText(rows.join("\n"), "", { currency: "eur" }).choices.currency).toMatchObject({ found: "chosen" });
  });

  test("a column of prices where hours are in columns", () => {
    const hours = Array.from({ length: 24 }, (_, at) => at + 1);
    const text = [`Day,${hours.join(",")}`, ...["04", "05"].map((day) => `2025-03-${day},${hours.join(",")}`)].join(
      "\n",
    );

    expect(readText(text, "", { ...ALL, price: "7" }).message).toContain("Choose the columns of hours.");
  });
});

test("a choice that changes nothing is said to be unused", () => {
  const rows = ["start,EUR/MWh", "2025-03-04T00:00+01:00,61.5", "2025-03-04T01:00+01:00,48.25"].join("\n");
  const reading = readText(rows, "", { zone: "Asia/Tokyo", order: "month first", kind: "spot" });

  expect(reading.status).toBe("read");
  expect(reading.notes).toEqual([
    "Date order: “month first” is not used, as the dates can be read in one way only",
    "Time zone: “Asia/Tokyo” is not used, as each time has its own UTC offset",
    "Kind of price: “spot” is not used, as the file does not say what kind of prices it has",
  ]);
});

describe("of several tables", () => {
  const read = (choices: Choices, ...texts: readonly string[]): Promise<Reading> =>
    readFiles(
      texts.map((text, at) => ({ name: `${at + 1}.csv`, bytes: new TextEncoder().encode(text) })),
      { ...ALL, ...choices },
    );
  const MARCH = "time,EUR/MWh\n2025-03-04 00:00,61.5\n2025-03-04 01:00,48.25";
  const APRIL = "time,EUR/MWh net,EUR/MWh gross\n2025-04-04 00:00,30,33\n2025-04-04 01:00,40,44";

  test("a choice that fits one is used there, and the others are read without it", async () => {
    const reading = await read({ price: "EUR/MWh gross" }, MARCH, APRIL);

    expect(reading.status).toBe("read");
    expect(reading.series.map(({ intervals }) => intervals.map(({ price }) => price))).toEqual([
      [61.5, 48.25],
      [33, 44],
    ]);
    expect(reading.notes).toContain("1.csv: price column “EUR/MWh gross” is not used, as it is not possible here");
  });

  test("a choice that fits none is refused, with the options of all", async () => {
    const reading = await read({ price: "nope" }, MARCH, APRIL);

    expect(reading.status).toBe("asks");
    expect(reading.asks.map(({ key, options }) => [key, options])).toEqual([
      ["price", ["EUR/MWh", "EUR/MWh net", "EUR/MWh gross", "None of these is a price"]],
    ]);
    expect(reading.choices.price).toMatchObject({ found: "needed", options: reading.asks[0]?.options });
  });

  test("those without the chosen place are left out", async () => {
    const other = TWO_PLACES.replaceAll("Ruhla", "Gotha").replaceAll("03-04", "03-05");
    const reading = await read({ place: "Ruhla" }, TWO_PLACES, other);

    expect(reading.series.map(({ name, intervals }) => [name, intervals.length])).toEqual([["Ruhla", 2]]);
    expect(reading.notes).toContain("Left out 2.csv: it has no place “Ruhla”");
  });
});
