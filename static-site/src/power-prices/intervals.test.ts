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
