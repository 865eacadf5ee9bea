import { describe, expect, test } from "vitest";

import type { PowerFile } from "./power-file";
import { lines, names, prices, readAnswered } from "./testing";

describe("ERCOT real-time", () => {
  test("quarter-hours count from 1, in local time of Texas", () => {
    const file = readAnswered(
      [
        "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag",
        "07/30/2025,9,3,HB_NORTH,HU,19.27,N",
        "07/30/2025,9,4,HB_NORTH,HU,-3.5,N",
        "07/30/2025,24,4,HB_NORTH,HU,20,N",
      ].join("\n"),
    );

    // Hour 9 starts at 08:00, and CDT is UTC-5: the third quarter starts at 13:30. The last quarter
    // of hour 24 starts at 04:45 of the next day.
    const notes = ["14.8 hours are missing (1 gap, from 2025-07-30 09:00)"];
    expect(file).toMatchObject({ layout: "ERCOT real-time", currency: "USD", notes });
    expect(lines(file)).toEqual([
      ["2025-07-30T13:30", "2025-07-30T13:45", 19.27],
      ["2025-07-30T13:45", "2025-07-30T14:00", -3.5],
      ["2025-07-31T04:45", "2025-07-31T05:00", 20],
    ]);
  });

  test("headers may have spaces, the hub average is preferred, and load zones weighted by energy are separate", () => {
    const file = readAnswered(
      [
        '"Delivery Date","Delivery Hour","Delivery Interval","Repeated Hour Flag","Settlement Point Name","Settlement Point Type","Settlement Point Price"',
        '"01/15/2024","1","1","N","HB_BUSAVG","SH","24.95"',
        '"01/15/2024","1","1","N","HB_HUBAVG","AH","25.10"',
        '"01/15/2024","1","1","N","LZ_HOUSTON","LZ","26.00"',
        '"01/15/2024","1","1","N","LZ_HOUSTON","LZEW","26.25"',
        '"01/15/2024","1","1","N","HB_WEST","HU","1,234.50"',
      ].join("\r\n"),
    );

    expect(names(file)).toEqual(["HB_BUSAVG", "HB_HUBAVG", "LZ_HOUSTON, LZ", "LZ_HOUSTON, LZEW", "HB_WEST"]);
    expect(file.preferred).toBe(1);
    expect(prices(file, "LZ_HOUSTON, LZEW")).toEqual([26.25]);
    expect(prices(file, "HB_WEST")).toEqual([1234.5]);
  });

  test("in autumn the flag marks the second pass of the hour from one to two", () => {
    const file = readAnswered(
      [
        "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag",
        "11/03/2024,2,1,HB_NORTH,HU,22,Y",
        "11/03/2024,2,1,HB_NORTH,HU,21,N",
        "11/03/2024,3,1,HB_NORTH,HU,23,N",
      ].join("\n"),
    );

    // 01:00 CDT is 06:00 UTC, 01:00 CST is 07:00, 02:00 CST is 08:00.
    expect(lines(file).map(([start, , price]) => [start, price])).toEqual([
      ["2024-11-03T06:00", 21],
      ["2024-11-03T07:00", 22],
      ["2024-11-03T08:00", 23],
    ]);
    expect(file.notes).toEqual([]);
  });
});

describe("ERCOT day-ahead", () => {
  const day = (rows: readonly string[]): PowerFile =>
    readAnswered(["DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag", ...rows].join("\n"));

  test("hours are named by their end; the last is 24:00", () => {
    const file = day(["12/14/2024,01:00,HB_NORTH, 15.36,N", "12/14/2024,24:00,HB_NORTH, 18.01,N"]);

    // CST is UTC-6.
    expect(file.layout).toBe("ERCOT day-ahead");
    expect(lines(file)).toEqual([
      ["2024-12-14T06:00", "2024-12-14T07:00", 15.36],
      ["2024-12-15T05:00", "2024-12-15T06:00", 18.01],
    ]);
  });

  test("in spring 02:00 is followed by 04:00 without a gap, and a row for the skipped hour is left out", () => {
    const file = day([
      "03/10/2024,02:00,HB_NORTH,10,N",
      "03/10/2024,03:00,HB_NORTH,0,N",
      "03/10/2024,04:00,HB_NORTH,12,N",
    ]);

    expect(lines(file)).toEqual([
      ["2024-03-10T07:00", "2024-03-10T08:00", 10],
      ["2024-03-10T08:00", "2024-03-10T09:00", 12],
    ]);
    expect(file.notes).toEqual(["1 row in the hour that the clocks skip in spring"]);
  });

  test("without a flag the first of two equal hours is the first pass", () => {
    const file = readAnswered(
      [
        "Delivery Date,Hour Ending,Settlement Point,Settlement Point Price",
        "11/03/2024,02:00,HB_NORTH,21",
        "11/03/2024,02:00,HB_NORTH,22",
      ].join("\n"),
    );

    expect(lines(file).map(([start, , price]) => [start, price])).toEqual([
      ["2024-11-03T06:00", 21],
      ["2024-11-03T07:00", 22],
    ]);
  });

  test("exports of the API are read: year first, flags true and false, plain hours", () => {
    const file = readAnswered(
      "deliveryDate,hourEnding,settlementPoint,settlementPointPrice,DSTFlag\n2024-11-03,2,HB_NORTH,22,true\n",
    );

    expect(lines(file)).toEqual([["2024-11-03T07:00", "2024-11-03T08:00", 22]]);
  });

  test("a row without a price is a gap, repeated rows count once, and notes below the table are counted", () => {
    const file = day([
      "12/14/2024,01:00,HB_NORTH,10,N",
      "12/14/2024,02:00,HB_NORTH,,N",
      "12/14/2024,03:00,HB_NORTH,12,N",
      "12/14/2024,03:00,HB_NORTH,12,N",
      "",
      "Prices are preliminary",
    ]);

    expect(prices(file)).toEqual([10, 12]);
    expect(file.notes).toEqual([
      "Line 7 has no readable time (“Prices are preliminary”)",
      "1 row without a price (1 hour)",
      "1 row repeated: the first of each is used",
    ]);
  });
});
