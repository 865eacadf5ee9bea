import { describe, expect, test } from "vitest";

import { readFiles } from "./read-files";
import { readHours as read } from "./testing";

const NONE = "None of these is a price";

describe("columns that may be no price of power are asked about before their unit", () => {
  test.each([
    ["a frequency", "Time UTC,Frequency (Hz)", ["49.98", "50.01"], "Frequency (Hz)"],
    ["another good", "Time UTC,Bitcoin price (EUR)", ["95000.5", "95100.5"], "Bitcoin price (EUR)"],
    ["gas for each MWh", "Time UTC,Henry Hub gas price (USD/MWh)", ["11.5", "11.75"], "Henry Hub gas price (USD/MWh)"],
    ["a bill", "Time UTC,Usage (kWh),Cost", ["1.5,$0.21", "1.75,$0.24"], "Cost"],
  ])("%s", (_, header, rows, column) => {
    const asked = read(header, rows);

    expect(asked.asks).toEqual([
      { key: "price", question: `Is “${column}” the price of power? The file does not say.`, options: [column, NONE] },
    ]);
    // Once it is said to be one, the rest is asked.
    expect(read(header, rows, { price: column }).asks.map(({ key }) => key)).not.toContain("price");
  });

  test("that none of several is a price is an answer too", () => {
    const asked = read("Time UTC,Inside,Outside", ["21.5,3.25", "22.5,3.5"]);

    expect(asked.asks.map(({ question, options }) => [question, options])).toEqual([
      ["Which column holds the price: Inside or Outside?", ["Inside", "Outside", NONE]],
    ]);
  });

  test.each([
    "Time UTC,Price",
    "Time UTC,value",
    "Time UTC,Spot",
    "Time UTC,Tariff cost",
    "Time UTC,Цена",
    "Time UTC,Rate (Paise/unit)",
  ])("but not those of %s", (header) => {
    expect(read(header, ["21.5", "22.5"]).asks.map(({ key }) => key)).toEqual(["unit", "currency"]);
  });
});

describe("the answer that nothing is a price", () => {
  test("refuses the file, and can be changed", () => {
    const reading = read("Time UTC,Frequency (Hz)", ["49.98", "50.01"], { price: NONE });

    expect(reading).toMatchObject({
      status: "refused",
      message:
        "None of the columns is a price of power, as you said. Choose a file that has one, with a header such as EUR/MWh.",
      choices: { price: { value: NONE, found: "chosen", options: ["Frequency (Hz)", NONE] } },
    });
    expect(reading.header).not.toBe("");
  });

  test("leaves the tables that have prices as they are", async () => {
    const files = [
      ["hertz.csv", "Time UTC,Frequency (Hz)\n2025-09-10 00:00,49.98\n2025-09-10 01:00,50.01"],
      ["prices.csv", "Time UTC,EUR/MWh\n2025-09-10 00:00,61.5\n2025-09-10 01:00,62.5"],
    ].map(([name = "", text]) => ({ name, bytes: new TextEncoder().encode(text) }));
    const reading = await readFiles(files, { price: NONE });

    expect(reading.series.map(({ intervals }) => intervals.map(({ price }) => price))).toEqual([[61.5, 62.5]]);
  });
});
