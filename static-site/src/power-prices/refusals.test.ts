import { describe, expect, test } from "vitest";

import { PowerPricesError } from "./power-file";
import { readFiles } from "./read-files";
import { readAnswered } from "./testing";

function errorMessage(text: string): string {
  try {
    readAnswered(text);
  } catch (error) {
    if (error instanceof PowerPricesError) return error.message;
    throw error;
  }
  throw new Error("the text was read without an error");
}

describe("an unreadable file is refused with a reason", () => {
  test.each([
    ["nothing", "", /empty/],
    ["blanks", " \n\n ", /empty/],
    ["binary data", "\u0089PNG\r\n\u001a\n\u0000\u0000", /not a text file/],
    ["a web page", "<!DOCTYPE html>\n<html><body>502 Bad Gateway, sorry</body></html>", /web page/],
    ["JSON", '{"prices": [1, 2]}', /JSON/],
    ["one word", "hello", /one column/],
    ["one line of text", "time,price", /header in line 1/],
    [
      "an ERCOT header alone",
      "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag\n",
      /header in line 1/,
    ],
    ["text", "Dear reader,\nthis is, as you see,\nprose.", /line 2 reads “this is \|/],
    ["no times", "name,price\na,1\nb,2\n", /No row has a time/],
    ["no numbers", "time,price\n2024-01-01 00:00,high\n2024-01-01 01:00,low\n", /No row has a time and a price/],
    [
      "no prices",
      "time,price\n2024-01-01 00:00,-\n2024-01-01 01:00,N/A\n",
      /^The column “price” has no numbers\. Down/,
    ],
    [
      "credits and debits",
      "date,hour,price\n2024-01-01,1,20.00 DR\n2024-01-01,2,4.35 CR\n",
      /^The prices in “price” have CR or DR in place of a sign \(“20.00 DR”\)\./,
    ],
    [
      "words for prices",
      "time,price\n2024-01-01 00:00,-\n2024-01-01 01:00,low\n",
      /^The column “price” has no numbers: a cell reads “low”\./,
    ],
    [
      "prices of gas",
      "time,EUR/MMBtu\n2024-01-01 00:00,9\n2024-01-01 01:00,8\n",
      /^“EUR\/MMBtu” is not a price per MWh or kWh, and no other column can be one\./,
    ],
    [
      "an ERCOT file without prices",
      "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag\n01/02/2024,01:00,HB_NORTH,,N\n",
      /No row has a time and a price/,
    ],
    ["one row", "2024-01-01 00:00,42\n", /single price/],
    [
      "dates that can be read in two ways",
      "time,price\n01/02/2024 00:00,1\n01/02/2024 01:00,2\n",
      /“01\/02\/2024” can be read in two ways/,
    ],
    [
      "decimal commas between commas",
      "time,price\n2024-01-01 00:00,12,50\n2024-01-01 01:00,13,25\n",
      /Line 2 has more columns than the header/,
    ],
    [
      "an open quotation mark",
      'time,price\n2024-01-01 00:00,1\n"2024-01-01 01:00,2\n',
      /Line 3 opens a quotation mark/,
    ],
    [
      "mostly rows without a time",
      `time,price\n2024-01-01 00:00,1\n2024-01-01 01:00,2\n${"what,now\n".repeat(9)}`,
      /Most rows have no readable time, first line 4 \(“what \| now”\)/,
    ],
  ])("%s", (_, text, message) => {
    expect(errorMessage(text)).toMatch(message);
  });

  test("more than five million rows are refused before they are parsed", () => {
    expect(errorMessage(`a,b\n${"1,1\n".repeat(5_000_001)}`)).toMatch(/5,000,000 rows/);
  });

  test.each([
    ["quotation marks", '"'.repeat(300_000)],
    ["quotation marks within text", 'a"b,'.repeat(100_000)],
    ["digits", `time,price\n2024-01-01,${"1".repeat(300_000)}x\n2024-01-02,${"1".repeat(300_000)}\n`],
    ["brackets", `time,${"(".repeat(300_000)}\n2024-01-01 00:00,x\n2024-01-01 01:00,1\n2024-01-01 02:00,2\n`],
    ["commas", ",".repeat(1_000_000)],
    ["line ends", "\n".repeat(900_000)],
    ["semicolons and times", "2024-01-01 00:00;".repeat(50_000)],
  ])("garbage of %s gives either an error message for the user or a file", (_, text) => {
    try {
      readAnswered(text);
    } catch (error) {
      expect(error).toBeInstanceOf(PowerPricesError);
    }
  });

  test("random characters give either an error message for the user or a file", () => {
    let state = 7;
    const random = (below: number): number => {
      state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32; // The generator of Numerical Recipes.
      return Math.floor((state / 2 ** 32) * below);
    };
    const pieces = [
      ",",
      ";",
      "\t",
      "\n",
      '"',
      "-",
      ".",
      " - ",
      "1",
      "42.5",
      "2024-01-01",
      " 00:00",
      "01/02/2024",
      "time",
      "price",
      "EUR/MWh",
      "MTU",
      "(",
      "é",
      "\uFFFD",
      "øre",
    ];
    for (let round = 0; round < 2_000; round += 1) {
      const text = Array.from({ length: random(60) }, () => pieces[random(pieces.length)]).join("");
      try {
        readAnswered(text);
      } catch (error) {
        expect(error, JSON.stringify(text)).toBeInstanceOf(PowerPricesError);
      }
    }
  });
});

describe("a table without times is refused with what it has in place of them", () => {
  test.each([
    [
      "months",
      "Month,EUR/MWh\n1/2025,101.5\n2/2025,98.5\n",
      /reads “1\/2025 \| 101.5”\. These are averages of months\./,
    ],
    ["months by name", "Month,EUR/MWh\nJan 2025,101.5\nFeb 2025,98.5\n", /These are averages of months\./],
    ["days without a year", "Nap;EUR/MWh\n11.03.;101.5\n11.04.;98.5\n", /The year is missing\./],
    ["times without a year", "from,EUR/MWh\nSun 26 Oct 00:00,101.5\nSun 26 Oct 00:30,9\n", /The year is missing\./],
    ["a tariff", "Season,Period,c/kWh\nHigh demand,Peak,68.5\nLow demand,Peak,41.5\n", /may be a table of tariffs\./],
    ["prices before words", "EUR/MWh,Place\n11.03,here\n12.04,here\n", /Choose a file with a time in each row/],
  ])("%s", async (_, text, message) => {
    const reading = await readFiles([{ name: "a.csv", bytes: new TextEncoder().encode(text) }]);

    expect(reading.status).toBe("refused");
    expect(reading.message).toMatch(message);
  });
});
