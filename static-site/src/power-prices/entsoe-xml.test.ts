import { describe, expect, test } from "vitest";

import { readFiles } from "./read-files";
import type { Reading } from "./reading";

const read = (xml: string): Promise<Reading> =>
  readFiles([{ name: "prices.xml", bytes: new TextEncoder().encode(xml) }]);

const point = (position: number, price: number): string =>
  `<Point><position>${position}</position><price.amount>${price}</price.amount></Point>`;

/** Two days of a place, of which the second has quarter-hours and a price that lasts. */
const PRICES = `<?xml version="1.0" encoding="utf-8"?>
<Publication_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-3:publicationdocument:7:3">
  <type>A44</type>
  <TimeSeries>
    <in_Domain.mRID codingScheme="A01">10YFI-1--------U</in_Domain.mRID>
    <currency_Unit.name>EUR</currency_Unit.name>
    <price_Measure_Unit.name>MWH</price_Measure_Unit.name>
    <curveType>A03</curveType>
    <Period>
      <timeInterval><start>2025-03-29T22:00Z</start><end>2025-03-30T00:00Z</end></timeInterval>
      <resolution>PT60M</resolution>
      ${point(1, 71.5)}${point(2, -0.25)}
    </Period>
    <Period>
      <timeInterval><start>2025-03-30T00:00Z</start><end>2025-03-30T01:00Z</end></timeInterval>
      <resolution>PT15M</resolution>
      ${point(1, 8)}${point(4, 9)}
    </Period>
  </TimeSeries>
</Publication_MarketDocument>`;

describe("XML of ENTSO-E", () => {
  test("has prices by position; one that is left out is that before", async () => {
    const reading = await read(PRICES);

    expect(reading).toMatchObject({ status: "read", layout: "ENTSO-E day-ahead", currency: "EUR" });
    expect(reading.series.map(({ name }) => name)).toEqual(["10YFI-1--------U"]);
    expect(
      reading.series[0]?.intervals.map(({ start, end, price }) => [
        new Date(start).toISOString().slice(8, 16),
        (end - start) / 60_000,
        price,
      ]),
    ).toEqual([
      ["29T22:00", 60, 71.5],
      ["29T23:00", 60, -0.25],
      ["30T00:00", 15, 8],
      ["30T00:15", 15, 8],
      ["30T00:30", 15, 8],
      ["30T00:45", 15, 9],
    ]);
  });

  test("may leave out prices that are unknown, if the curve does not repeat them", async () => {
    const reading = await read(PRICES.replace("A03", "A01"));

    expect(reading.series[0]?.intervals.map(({ price }) => price)).toEqual([71.5, -0.25, 8, 9]);
  });

  test.each([
    [
      "a message in place of prices",
      "<Acknowledgement_MarketDocument><Reason><code>999</code><text>No matching data</text></Reason></Acknowledgement_MarketDocument>",
      "ENTSO-E sent a message and no prices: “No matching data”. Ask for another area or time.",
    ],
    [
      "other XML",
      "<weather><day>1</day></weather>",
      "This is XML without day-ahead prices of ENTSO-E, and no other XML can be read here. Export the prices as CSV and choose that file.",
    ],
  ])("%s is refused with the reason", async (_, xml, message) => {
    expect(await read(`<?xml version="1.0"?>${xml}`)).toMatchObject({ status: "refused", message });
  });
});
