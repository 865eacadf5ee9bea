import { describe, expect, test } from "vitest";

import { type FileChoices, NO_FILE_CHOICES } from "./file-choices";
import { readFiles } from "./read-files";
import type { Choices, Reading } from "./reading";
import {
  describeFile,
  firstPrices,
  fitting,
  matchOption,
  type ReadingRow,
  readingRows,
  rowOrder,
  shownSeries,
  summaryOf,
  whatChanged,
} from "./reading-rows";

const read = (text: string, choices: Choices = {}): Promise<Reading> =>
  readFiles([{ name: "prices.csv", bytes: new TextEncoder().encode(text) }], choices);

const chosen = (choices: Choices, rate: FileChoices["rate"] = null): FileChoices => ({ header: "", choices, rate });
const rowOf = (reading: Reading, key: ReadingRow["key"], choices = NO_FILE_CHOICES): ReadingRow | undefined =>
  readingRows(reading, choices).find((row) => row.key === key);

/** Nothing says the zone, the currency or the unit. */
const UNCLEAR = ["Time,Price", "2025-01-15 00:00,21.37", "2025-01-15 01:00,-4.25", "2025-01-15 02:00,30"].join("\n");
const EUROS = [
  "Delivery Start (CET),SE3 Price (EUR/MWh),NO1 Price (EUR/MWh)",
  "2025-01-15 00:00,21.37,1",
  "2025-01-15 01:00,-4.25,2",
  "2025-01-15 02:00,30,3",
].join("\n");

describe("rows", () => {
  test("what is needed has its question and no value, and comes first", async () => {
    const reading = await read(UNCLEAR);
    const rows = readingRows(reading, NO_FILE_CHOICES);

    expect(rows.filter(({ found }) => found === "needed").map(({ key, value }) => [key, value])).toEqual([
      ["unit", ""],
      ["currency", ""],
      ["zone", ""],
    ]);
    expect(rowOf(reading, "zone")).toMatchObject({
      control: "search",
      detail: "Which time zone are the times in (the first is “2025-01-15 00:00”)? The file does not say.",
    });
    expect(rowOrder(rows).slice(0, 4)).toEqual(["unit", "currency", "rate", "zone"]);
    expect(summaryOf(reading, NO_FILE_CHOICES)).toBe("How this file is read. Please answer what is needed.");
    expect(describeFile("prices.csv", reading, NO_FILE_CHOICES)).toBe(
      "prices.csv: Needed to go on: unit, currency and time zone.",
    );
  });

  test("a zone without summer time that winter time is named after says which has it", async () => {
    const [cst, chicago] = await Promise.all([read(UNCLEAR, { zone: "CST" }), read(UNCLEAR, { zone: "CPT" })]);

    expect(rowOf(cst, "zone")).toMatchObject({
      value: "UTC-06:00",
      detail: "all year; with summer time: America/Chicago",
    });
    expect(rowOf(chicago, "zone")).toMatchObject({ value: "America/Chicago", detail: "" });
  });

  test("a rate is not asked for before all else is answered", async () => {
    const asking = await read(EUROS.replace(" (CET)", ""));

    expect(asking.asks.map(({ key }) => key)).toContain("zone");
    expect(rowOf(asking, "rate")).toBeUndefined();
  });

  test("a rate is needed for another currency than USD, and no price is in USD without it", async () => {
    const reading = await read(EUROS);
    const rate = { currency: "EUR", usd: 2 };

    expect(rowOf(reading, "rate")).toMatchObject({
      label: "1 EUR in USD",
      value: "",
      control: "number",
      found: "needed",
      detail: "How many USD was 1 EUR worth in this time?",
    });
    expect(firstPrices(reading, NO_FILE_CHOICES).map(({ usd }) => usd)).toEqual([null, null, null]);
    expect(rowOf(reading, "rate", chosen({}, rate))).toMatchObject({ value: "2", found: "chosen", detail: "" });
    expect(firstPrices(reading, chosen({}, rate)).map(({ usd }) => usd)).toEqual([42.74, -8.5, 60]);
    expect(rowOf(reading, "rate", chosen({}, { currency: "GBP", usd: 1.3 }))?.found).toBe("needed");
  });

  test("the first prices are in the file's zone and in UTC", async () => {
    const reading = await read(EUROS);

    // In winter, Paris is one hour ahead of UTC.
    expect(firstPrices(reading, NO_FILE_CHOICES)[0]).toEqual({
      local: "Jan 15, 2025, 00:00\u2009–\u200901:00 GMT+1",
      utc: "Jan 14, 2025, 23:00\u2009–\u2009Jan 15, 2025, 00:00",
      written: "21.37",
      price: 21.37,
      usd: null,
    });
  });

  test("the first prices are also shown as the file writes them, in order of time", async () => {
    const written = async (text: string): Promise<string[]> =>
      firstPrices(await read(text), NO_FILE_CHOICES).map((one) => `${one.written} is ${one.price}`);
    const rows = ["2025-01-15 02:00;(1.234,5)", "2025-01-15 01:00;-", "2025-01-15 00:00;5,5"];
    const hours = Array.from({ length: 24 }, (_, at) => at + 1);
    const ofDay = (date: string): string => `${date},${hours.map((hour) => `"1,${100 + hour}.50"`).join(",")}`;

    expect(await written(["Time (UTC);EUR/kWh", ...rows].join("\n"))).toEqual(["5,5 is 5500", "(1.234,5) is -1234500"]);
    expect(
      await written(
        [
          "Prices in USD/MWh, all times in UTC",
          `Date,${hours.join(",")}`,
          ofDay("2025-01-15"),
          ofDay("2025-01-16"),
        ].join("\n"),
      ),
    ).toEqual(["1,101.50 is 1101.5", "1,102.50 is 1102.5", "1,103.50 is 1103.5"]);
  });

  test("of several columns, one place is shown, and the user may choose another", async () => {
    const reading = await read(EUROS);

    expect(rowOf(reading, "place")).toMatchObject({ value: "SE3", found: "assumed", control: "select" });
    expect(rowOf(reading, "place", chosen({ place: "no1" }))).toMatchObject({ value: "NO1", found: "chosen" });
    expect(shownSeries(reading, { place: "no1" })?.intervals.map(({ price }) => price)).toEqual([1, 2, 3]);
    expect(shownSeries(reading, { place: "SE9" })?.name).toBe("SE3");
  });

  test("a single series that is called like its column has no row of places", async () => {
    const reading = await read("time (UTC),price_eur_mwh\n2024-01-01 00:00,1.5\n2024-01-01 01:00,2.5\n");

    expect(reading.status).toBe("read");
    expect(rowOf(reading, "place")).toBeUndefined();
  });

  test("many places are searched in", async () => {
    const header = Array.from({ length: 30 }, (_, at) => `Node ${at} Price (USD/MWh)`).join(",");
    const line = Array.from({ length: 30 }, (_, at) => at + 20).join(",");
    const reading = await read(`Time (UTC),${header}\n2025-01-15 00:00,${line}\n2025-01-15 01:00,${line}`);

    expect(rowOf(reading, "place")).toMatchObject({ control: "search", value: "Node 0" });
    expect(rowOf(reading, "place")?.options).toHaveLength(30);
  });

  test("what cannot be otherwise has no control: offsets in the times, dates with the year first", async () => {
    const reading = await read("Time,USD/MWh\n2025-01-15T00:00+02:00,1\n2025-01-15T01:00+02:00,2");

    expect(rowOf(reading, "zone")).toMatchObject({ control: "none", value: "as written in each time" });
    expect(rowOf(reading, "order")).toBeUndefined();
    expect(rowOf(reading, "kind")).toBeUndefined();
    expect(firstPrices(reading, NO_FILE_CHOICES)[0]?.local).toBeNull();
  });

  test("a file that is wholly clear is one sentence", async () => {
    const reading = await read("Start (UTC),End (UTC),EUR/MWh\n2025-01-15 00:00,2025-01-15 00:15,21.37");

    expect(summaryOf(reading, chosen({}, { currency: "EUR", usd: 1.1 }))).toBe(
      "Read as a table of times and prices: EUR per MWh, times in UTC, times are starts of 15 min.",
    );
    expect(describeFile("a.csv", reading, chosen({}, { currency: "EUR", usd: 1.1 }))).toBe(
      "a.csv: 1 price of Jan 15, 2025.",
    );
  });
});

describe("what a change did", () => {
  const said = async (key: keyof Choices, value: string, text: string, others: Choices): Promise<string> => {
    const [before, after] = [await read(text, others), await read(text, { ...others, [key]: value })];
    const choices = { ...others, [key]: value };
    return whatChanged(
      key,
      { name: "a.csv", reading: before, choices: others },
      { name: "a.csv", reading: after, choices },
      null,
    );
  };
  const all = { zone: "UTC", currency: "USD", unit: "MWh" };

  test.each([
    ["unit", "kWh", "Unit: USD per kWh. The first price is now 21,370 USD/MWh (before: 21.37 USD/MWh)."],
    // In winter, Oslo is an hour ahead of UTC.
    [
      "zone",
      "Europe/Oslo",
      "Time zone: Europe/Oslo. The first price is now from Jan 14, 2025, 23:00 UTC (before: Jan 15, 2025, 00:00 UTC).",
    ],
    [
      "stamp",
      "end",
      "Each time is: the end of an interval. The first price is now from Jan 14, 2025, 23:00 UTC (before: Jan 15, 2025, 00:00 UTC).",
    ],
    [
      "currency",
      "EUR",
      "Currency: EUR. Unit: EUR per MWh. The first price is now 21.37 EUR/MWh (before: 21.37 USD/MWh). Needed to go on: exchange rate.",
    ],
    ["kind", "real-time", "The prices stay the same."],
  ] as const)("%s %s", async (key, value, sentence) => {
    expect(await said(key, value, UNCLEAR, all)).toBe(sentence.replace(" Unit: EUR per MWh.", ""));
  });

  test("an answer says what is still needed", async () => {
    expect(await said("zone", "UTC", UNCLEAR, { currency: "USD" })).toBe("Time zone: UTC. Needed to go on: unit.");
  });
});

describe("kept choices", () => {
  test("that are not possible for a file are dropped, with their names", async () => {
    const reading = await read(EUROS);

    expect(
      fitting(
        { price: "SE3 price (eur/mwh)", unit: "barrel", zone: "Europe/Atlantis", stamp: "end", place: "SE9" },
        reading,
      ),
    ).toEqual({
      fits: { price: "SE3 price (eur/mwh)", stamp: "end" },
      misfits: [
        ["unit", "barrel"],
        ["time zone", "Europe/Atlantis"],
        ["place", "SE9"],
      ],
    });
  });

  test("of a place wait until the places are known", async () => {
    const { fits, misfits } = fitting({ place: "SE9" }, await read(UNCLEAR));

    expect([fits, misfits]).toEqual([{ place: "SE9" }, []]);
  });

  test("of a zone do not fit a file whose times have offsets", async () => {
    const reading = await read("Time,USD/MWh\n2025-01-15T00:00+02:00,1\n2025-01-15T01:00+02:00,2");

    expect(fitting({ zone: "Europe/Oslo" }, reading).misfits).toEqual([["time zone", "Europe/Oslo"]]);
  });
});

test.each([
  ["new york", "America/New_York"],
  ["AMERICA/new_york", "America/New_York"],
  ["oslo", "Europe/Oslo"],
  ["america", null],
  ["", null],
  ["atlantis", null],
])("the text %j means the option %j", (text, option) => {
  expect(matchOption(text, ["America/New_York", "America/Chicago", "Europe/Oslo"])).toBe(option);
});
