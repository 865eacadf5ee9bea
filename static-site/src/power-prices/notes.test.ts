import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";

import { readFiles } from "./read-files";
import { readText } from "./read-power-prices";
import type { Choices } from "./reading";
import { readHours as read } from "./testing";

describe("a conversion is noted", () => {
  test.each<[string, Choices, string]>([
    ["Time UTC,TL/kWh", {}, "Converted: 1 TRY/kWh is 1000 TRY/MWh"],
    ["Time UTC,pence/kWh", {}, "Converted: 1 penny/kWh is 10 GBP/MWh"],
    ["Time UTC,price/kWh", { currency: "TRY" }, "Converted: 1 TRY/kWh is 1000 TRY/MWh"],
    // What is chosen comes before what the file says.
    ["Time UTC,USD/kWh", { currency: "MXN" }, "Converted: 1 MXN/kWh is 1000 MXN/MWh"],
    ["Time UTC,price", { currency: "GBP", unit: "cents/kWh" }, "Converted: 1 penny/kWh is 10 GBP/MWh"],
    ["Time UTC,price", { currency: "EUR", unit: "cents/kWh" }, "Converted: 1 cent/kWh is 10 EUR/MWh"],
    ["Time UTC,price", { currency: "TRY", unit: "cents/kWh" }, "Converted: 1 hundredth of TRY/kWh is 10 TRY/MWh"],
  ])("of %s with %j", (header, choices, note) => {
    expect(read(header, ["6.5", "7.5"], choices).notes).toContain(note);
  });
});

describe("what the file does not say is noted with the reason", () => {
  test("for a dollar and a unit that are likely", () => {
    expect(read("Start UTC,LMP $", ["60.5", "70.5"]).notes).toEqual([
      "“$” is read as USD; the file does not say",
      "Read as prices per MWh; the file does not say",
    ]);
  });

  test("for a dollar in cells", () => {
    expect(read("Start UTC,price per MWh", ["$60.5", "$70.5"]).notes).toEqual([
      "“$” is read as USD; the file does not say",
    ]);
  });

  test("for times that may be starts or ends, but not for those of AEMO", () => {
    const rows = ["00:35", "00:40"].map((time) => `2025-09-10 ${time},60.5`).join("\n");

    expect(readText(`Time UTC,EUR/MWh\n${rows}`).notes).toEqual([
      "Times read as the starts of intervals; the file does not say",
    ]);
    expect(readText(`SETTLEMENTDATE (UTC),AUD/MWh\n${rows}`).choices.stamp).toMatchObject({
      value: "end",
      found: "recognised",
    });
  });

  test("for prices that are unusual", () => {
    expect(read("Start UTC,EUR/MWh", ["12150", "12150"]).notes).toEqual([
      "The median price is 12,150 EUR/MWh, which is unusually high. Check the unit",
    ]);
  });
});

describe("lines without a time", () => {
  const PRICES = ["60.5", "70.5", "80.5"];

  test("are noted with what they say", () => {
    const text = ["Start UTC,EUR/MWh", ...PRICES.map((price, hour) => `2025-09-10 0${hour}:00,${price}`)].join("\n");

    expect(readText(`${text}\nsum,211.5`).notes).toEqual(["Line 5 has no readable time (“sum | 211.5”)"]);
    expect(readText(`${text}\nsum,211.5\nmean,70.5`).notes).toEqual([
      "2 rows have no readable time, first line 5 (“sum | 211.5”)",
    ]);
    for (const mark of ["*", "EOF", "End of report"]) expect(readText(`${text}\n${mark},`).notes).toEqual([]);
  });
});

test("a gap is named by the clock of the file", () => {
  const text = [
    "Start (Europe/Berlin),USD/MWh",
    ...["00", "01", "02", "04"].map((hour) => `2025-01-10 ${hour}:00,60.5`),
  ];

  expect(readText(text.join("\n")).notes).toEqual(["1 hour is missing (1 gap, from 2025-01-10 03:00)"]);
});

test("the first time is named with its year, month and day", () => {
  const rows = ["2025,11,3,0,61.5", "2025,11,3,1,48.5"];

  expect(readText(["Year,Month,Day,Hour,EUR/MWh", ...rows].join("\n")).message).toBe(
    "Which time zone are the times in (the first is “2025-11-3 0”)? The file does not say.",
  );
});

test("a unit of India is explained", () => {
  expect(read("Time UTC,Tariff (₹/unit)", ["6.5", "7.5"]).asks.map(({ question }) => question)).toEqual([
    "Are the prices in “Tariff (₹/unit)” per MWh, per kWh, in cents per kWh or per GWh (the first is “6.5”)? In India, a unit is a kWh.",
  ]);
});

test.each([
  ["Final Price ($/MWh)", "Final Price"],
  ["($/MWh)", "Price"],
  ["SE3 price (USD/MWh)", "SE3"],
])("prices below %s are called %s", (header, name) => {
  expect(read(`Time UTC,${header}`, ["60.5", "70.5"]).series.map((one) => one.name)).toEqual([name]);
});

test("the sheets of a workbook are named together, and a reason to leave one out is short", async () => {
  const sheet = (rows: readonly (readonly string[])[]): Uint8Array =>
    strToU8(
      `<worksheet><sheetData>${rows.map((cells) => `<row>${cells.map((text) => `<c t="inlineStr"><is><t>${text}</t></is></c>`).join("")}</row>`).join("")}</sheetData></worksheet>`,
    );
  const day = (date: string): Uint8Array =>
    sheet([["Time UTC", "EUR/MWh"], ...["00", "01"].map((hour) => [`${date} ${hour}:00`, "60.5"])]);
  const names = ["May", "June", "Notes"];
  const bytes = zipSync({
    "xl/workbook.xml": strToU8(
      `<workbook><sheets>${names.map((name, at) => `<sheet name="${name}" r:id="r${at}"/>`).join("")}</sheets></workbook>`,
    ),
    "xl/_rels/workbook.xml.rels": strToU8(
      `<Relationships>${names.map((_, at) => `<Relationship Id="r${at}" Target="${at}.xml"/>`).join("")}</Relationships>`,
    ),
    "xl/0.xml": day("2025-05-31"),
    "xl/1.xml": day("2025-06-01"),
    "xl/2.xml": sheet([["Made by", "the desk"]]),
  });
  const { notes } = await readFiles([{ name: "prices.xlsx", bytes }]);

  expect(notes.slice(0, 2)).toEqual([
    "2 tables joined: prices.xlsx (sheets May, June)",
    "Left out prices.xlsx, sheet Notes: no row has a time that can be read",
  ]);
});
