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

  test("intervals do not overlap: the earlier one counts", () => {
    const file = readAnswered(
      "start,end,price\n2024-01-01 00:00,2024-01-01 01:00,10\n2024-01-01 00:15,2024-01-01 00:30,20\n2024-01-01 01:00,2024-01-01 02:00,30\n",
    );

    expect(prices(file)).toEqual([10, 30]);
    expect(file.notes).toContain("1 row overlapping the one before (0.3 hours)");
  });
});
