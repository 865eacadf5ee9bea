import { describe, expect, test } from "vitest";

import { lines, prices, readAnswered } from "./testing";

describe("intervals", () => {
  test("an explicit end is kept, and a gap remains a gap", () => {
    const file = readAnswered(
      "start,end,price\n2024-01-01 00:00,2024-01-01 00:30,10\n2024-01-01 01:00,2024-01-01 01:30,20\n",
    );

    expect(lines(file)).toEqual([
      ["2024-01-01T00:00", "2024-01-01T00:30", 10],
      ["2024-01-01T01:00", "2024-01-01T01:30", 20],
    ]);
  });

  test("without an end a row lasts as long as most rows, so that a gap remains a gap", () => {
    const file = readAnswered(
      "time,price\n2024-01-01 00:00,1\n2024-01-01 01:00,2\n2024-01-01 02:00,3\n2024-01-01 05:00,4\n2024-01-01 06:00,5\n",
    );

    expect(lines(file)[2]).toEqual(["2024-01-01T02:00", "2024-01-01T03:00", 3]);
    expect(lines(file).at(-1)).toEqual(["2024-01-01T06:00", "2024-01-01T07:00", 5]);
  });

  test.each([
    [
      "start,price",
      ["00:00,1", "01:00,2", "03:00,3", "04:00,4", "09:00,5"],
      ["5 hours are missing (2 gaps, the first from 2024-05-01 02:00 UTC)"],
    ],
    ["start,price", ["00:00,1", "01:00,2", "02:00,", "03:00,4"], ["1 row without a price (1 hour)"]],
    [
      "start,end,price",
      ["00:00,2024-05-01 01:00,1", "02:00,2024-05-01 03:00,3"],
      ["1 hour is missing (1 gap, from 2024-05-01 01:00 UTC)"],
    ],
    [
      "start,SE3,SE4",
      ["00:00,1,1", "01:00,2,2", "03:00,3,3", "04:00,4,4"],
      ["2 hours are missing, over all series (2 gaps, the first from 2024-05-01 02:00 UTC)"],
    ],
  ])("hours that are missing under %s are told: %j", (header, rows, notes) => {
    expect(readAnswered([header, ...rows.map((row) => `2024-05-01 ${row}`)].join("\n")).notes).toEqual(notes);
  });

  test("a column with a price in every second row has steps of its own", () => {
    const file = readAnswered(
      [
        "start,N1 EUR/MWh,N2 EUR/MWh",
        ...["00:00,1,10", "00:30,2,", "01:00,3,30", "01:30,4,", "02:00,5,50", "02:30,6,"].map(
          (row) => `2024-05-01 ${row}`,
        ),
      ].join("\n"),
    );

    expect(lines(file, "N1 EUR/MWh")[1]).toEqual(["2024-05-01T00:30", "2024-05-01T01:00", 2]);
    expect(lines(file, "N2 EUR/MWh")).toEqual([
      ["2024-05-01T00:00", "2024-05-01T01:00", 10],
      ["2024-05-01T01:00", "2024-05-01T02:00", 30],
      ["2024-05-01T02:00", "2024-05-01T03:00", 50],
    ]);
    expect(file.notes).toEqual([]);
  });

  test("rows in another currency are left out, and still end the rows before", () => {
    const file = readAnswered(
      [
        "start,price,currency",
        "2024-05-01 00:00,50,SEK",
        "2024-05-01 01:00,-4,EUR",
        "2024-05-01 02:00,52,SEK",
        "2024-05-01 03:00,5,EUR",
        "2024-05-01 04:00,6,EUR",
        "2024-05-01 04:00,54,SEK",
      ].join("\n"),
    );

    expect(lines(file)).toEqual([
      ["2024-05-01T00:00", "2024-05-01T01:00", 50],
      ["2024-05-01T02:00", "2024-05-01T03:00", 52],
      ["2024-05-01T04:00", "2024-05-01T05:00", 54],
    ]);
    expect(file.notes).toEqual(["3 rows in another currency (2 hours, 1 below zero)"]);
  });

  test.each([
    ["days", "From,To", ["2024-02-01,2024-02-29", "2024-03-01,2024-03-01", "2024-03-02,2024-06-30"], "07-01T00:00"],
    ["days, latest first", "From,To", ["2024-03-01,2024-03-31", "2024-02-01,2024-02-29"], "04-01T00:00"],
    ["minutes", "From,To", ["2024-05-01 00:00,2024-05-01 00:14", "2024-05-01 00:15,2024-05-01 00:29"], "05-01T00:30"],
    ["minutes of clocks", "Date,Hours", ["2024-05-01,22:00-22:59", "2024-05-01,23:00-23:59"], "05-02T00:00"],
    [
      "seconds",
      "MTU,Area",
      ["2024-05-01 00:00:00 - 2024-05-01 00:59:59,X", "2024-05-01 01:00:00 - 2024-05-01 01:59:59,X"],
      "05-01T02:00",
    ],
  ])("ends that belong to their rows: %s", (_, header, rows, last) => {
    const file = readAnswered(`${header},USD/MWh\n${rows.map((row, at) => `${row},${at + 10}`).join("\n")}\n`);

    expect(lines(file)).toHaveLength(rows.length);
    expect(file.notes).toEqual([]);
    expect(lines(file).at(-1)?.[1]).toBe(`2024-${last}`);
  });

  test("ends on the day of the next start do not belong to their rows", () => {
    const file = readAnswered(
      "From,To,USD/MWh\n2024-05-01,2024-05-02,1\n2024-05-02,2024-05-03,2\n2024-05-03,2024-05-04,3\n",
    );

    expect(lines(file).at(-1)).toEqual(["2024-05-03T00:00", "2024-05-04T00:00", 3]);
  });

  test("a row without a price still ends the row before", () => {
    const file = readAnswered(
      "time,price\n2024-01-01 00:00,1\n2024-01-01 01:00,NaN\n2024-01-01 02:00,3\n2024-01-01 03:00,4\n",
    );

    expect(lines(file).map(([start, end]) => `${start.slice(11)}-${end.slice(11)}`)).toEqual([
      "00:00-01:00",
      "02:00-03:00",
      "03:00-04:00",
    ]);
  });

  test("hours that change to quarters within the file remain hours", () => {
    const hours = [20, 21, 22, 23].map((hour) => `2025-09-30 ${hour}:00,${hour}`);
    const quarters = ["00:00", "00:15", "00:30", "00:45", "01:00", "01:15", "01:30"].map(
      (time) => `2025-10-01 ${time},1`,
    );
    const file = readAnswered(["time,price", ...hours, ...quarters].join("\n"));

    expect(lines(file).slice(3, 5)).toEqual([
      ["2025-09-30T23:00", "2025-10-01T00:00", 23],
      ["2025-10-01T00:00", "2025-10-01T00:15", 1],
    ]);
  });

  test.each([
    ["Effective from", ["2024-03-01 00:00", "2024-03-02 00:00", "2024-03-09 00:00", "2024-03-10 00:00"], []],
    ["Tariff valid from", ["2024-03-01", "2024-06-15", "2025-01-01", "2025-01-02"], []],
    [
      "time",
      ["2024-03-01 00:00", "2024-03-01 00:07", "2024-03-01 05:31", "2024-03-01 06:02", "2024-03-01 21:40"],
      ["The times are irregular: each price is taken to last until the next"],
    ],
  ])("prices under %s are events: each lasts until the next, and the last has no end", (header, times, notes) => {
    const file = readAnswered(`${header},USD/MWh\n${times.map((time, at) => `${time},${at + 10}`).join("\n")}\n`);
    const full = (time: string): string => `${time} 00:00`.slice(0, 16).replace(" ", "T");

    expect(lines(file)).toEqual(times.slice(1).map((next, at) => [full(times[at] ?? ""), full(next), at + 10]));
    expect(file.notes).toEqual([...notes, "1 row without an end, and without another row to infer it from"]);
  });

  test("the first of irregular ends has no start", () => {
    const file = readAnswered(
      "until,USD/MWh\n2024-03-01 00:02,1\n2024-03-01 00:09,2\n2024-03-01 05:31,3\n2024-03-01 06:02,4\n2024-03-01 21:40,5\n",
    );

    expect(lines(file).map(([start]) => start.slice(11))).toEqual(["00:02", "00:09", "05:31", "06:02"]);
    expect(prices(file)).toEqual([2, 3, 4, 5]);
  });

  test("runs that are a little early or late last until the next, but not over an outage", () => {
    // The middle one of the nine steps is 304 s.
    const seconds = [12, 309, 614, 905, 1_211, 1_500, 9_000, 9_304, 9_611, 9_899];
    const rows = seconds.map((second, at) => `${new Date(1_709_251_200_000 + second * 1_000).toISOString()},${at}`);
    const intervals = readAnswered(`run,USD/MWh\n${rows.join("\n")}\n`).series[0]?.intervals ?? [];

    expect(intervals.map(({ start, end }) => (end - start) / 1_000)).toEqual([
      297, 305, 291, 306, 289, 304, 304, 307, 288, 288,
    ]);
  });

  test("intervals do not overlap: the earlier one counts", () => {
    const file = readAnswered(
      "start,end,price\n2024-01-01 00:00,2024-01-01 01:00,10\n2024-01-01 00:15,2024-01-01 00:30,20\n2024-01-01 01:00,2024-01-01 02:00,30\n",
    );

    expect(prices(file)).toEqual([10, 30]);
    expect(file.notes).toContain("1 row overlapping the one before (0.3 hours)");
  });
});
