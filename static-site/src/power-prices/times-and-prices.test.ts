import { describe, expect, test } from "vitest";

import { readText } from "./read-power-prices";
import { lines, names, prices, readAnswered } from "./testing";

describe("times and prices", () => {
  test.each([
    ["commas", "time,price\n2024-01-01 00:00,12.50\n2024-01-01 01:00,13.25\n"],
    ["semicolons and decimal commas", "time;price\n2024-01-01 00:00;12,50\n2024-01-01 01:00;13,25\n"],
    ["tabs and decimal commas", "time\tprice\n2024-01-01 00:00\t12,50\n2024-01-01 01:00\t13,25\n"],
    ["commas and quoted decimal commas", 'time,price\n2024-01-01 00:00,"12,50"\n2024-01-01 01:00,"13,25"\n'],
    ["no header", "2024-01-01 00:00,12.50\n2024-01-01 01:00,13.25"],
    [
      "a byte order mark, CRLF, blank lines and quotes",
      '\uFEFF"time","price"\r\n\r\n"2024-01-01 00:00","12.50"\r\n\r\n"2024-01-01 01:00","13.25"\r\n\r\n',
    ],
    [
      "a title above and a note below",
      "Day-ahead prices\n\ntime,price\n2024-01-01 00:00,12.50\n2024-01-01 01:00,13.25\nSource: the exchange\n",
    ],
    ["date and time in separate columns", "Date,Time,Price\n2024-01-01,00:00,12.50\n2024-01-01,01:00,13.25\n"],
    [
      "starts and ends by other names",
      "endTime,startTime,price\n2024-01-01T01:00Z,2024-01-01T00:00Z,12.50\n2024-01-01T02:00Z,2024-01-01T01:00Z,13.25\n",
    ],
    ["latest first", "time,price\n2024-01-01 01:00,13.25\n2024-01-01 00:00,12.50\n"],
    [
      "an index, a load and a price",
      ",time,load_MW,price\n0,2024-01-01 00:00,900,12.50\n1,2024-01-01 01:00,950,13.25\n",
    ],
    ["dollar signs", "time,price\n2024-01-01 00:00,$12.50\n2024-01-01 01:00,$13.25\n"],
  ])("with %s", (_, text) => {
    expect(lines(readAnswered(text))).toEqual([
      ["2024-01-01T00:00", "2024-01-01T01:00", 12.5],
      ["2024-01-01T01:00", "2024-01-01T02:00", 13.25],
    ]);
  });

  test("several columns of numbers are several series", () => {
    const file = readAnswered("time;DK1;DK2\n2024-01-01 00:00;1,5;2,5\n2024-01-01 01:00;1,75;\n");

    expect(names(file)).toEqual(["DK1", "DK2"]);
    expect(prices(file, "DK2")).toEqual([2.5]);
    expect(file.notes).toContain("1 row without a price, over all series (1 hour)");
  });

  test("a column of areas makes a series of each, and the currency first stated is kept", () => {
    const file = readAnswered(
      [
        "HourUTC;HourDK;PriceArea;SpotPriceDKK;SpotPriceEUR",
        "2020-02-21 14:00;2020-02-21 15:00;DK1;500,95;67,07",
        "2020-02-21 14:00;2020-02-21 15:00;SE3;500,95;67,07",
        "2020-02-21 14:00;2020-02-21 15:00;SYS;70,50;9,44",
        "2020-02-21 13:00;2020-02-21 14:00;DK1;521,78;69,86",
        "2020-02-21 13:00;2020-02-21 14:00;SE3;509,83;68,26",
      ].join("\n"),
    );

    expect(names(file)).toEqual(["DK1", "SE3"]);
    expect(file.currency).toBe("DKK");
    expect(lines(file, "DK1")[0]).toEqual(["2020-02-21T13:00", "2020-02-21T14:00", 521.78]);
    expect(file.notes).toEqual([
      "Left out, as they are not in DKK: SpotPriceEUR. To read these, choose another price column",
      "Times read as the starts of intervals; the file does not say",
      "1 row without an end, and without another row to infer it from",
      "Left out, with too few prices: SYS",
    ]);
  });

  test("North American time zones are recognized by the names that markets use", () => {
    // Eastern time is UTC-4 in July and UTC-5 in January; EST is always UTC-5.
    const startOf = (header: string, time: string) =>
      new Date(
        readAnswered(`${header},price\n${time} 12:00,1\n${time} 13:00,2\n`).series[0]?.intervals[0]?.start ?? NaN,
      ).toISOString();

    expect(startOf("datetime_beginning_ept", "2024-07-01")).toBe("2024-07-01T16:00:00.000Z");
    expect(startOf("Time (ET)", "2024-01-02")).toBe("2024-01-02T17:00:00.000Z");
    expect(startOf("Time (EST)", "2024-07-01")).toBe("2024-07-01T17:00:00.000Z");
    expect(startOf("Time (Pacific)", "2024-07-01")).toBe("2024-07-01T19:00:00.000Z");
    expect(startOf("Date et heure", "2024-07-01")).toBe("2024-07-01T12:00:00.000Z");
  });

  test("what the file does not say is asked for, and then used", () => {
    const text = "time,price\n2024-01-01 00:00,12\n2024-01-01 01:00,13\n";
    const reading = readText(text);

    expect(reading.status).toBe("asks");
    expect(reading.asks.map(({ key }) => key)).toEqual(["unit", "currency", "zone"]);
    expect(reading.series).toEqual([]);

    const read = readText(text, "", { zone: "America/New_York", currency: "CAD", unit: "cents/kWh" });
    expect(read).toMatchObject({ status: "read", currency: "CAD" });
    expect(read.choices.zone).toMatchObject({ value: "America/New_York", found: "chosen" });
    // New York is five hours behind UTC, and 12 cents/kWh are 120 CAD/MWh.
    expect(new Date(read.series[0]?.intervals[0]?.start ?? 0).toISOString()).toBe("2024-01-01T05:00:00.000Z");
    expect(read.series[0]?.intervals.map(({ price }) => price)).toEqual([120, 130]);
  });
});
