// The rules by which a file without a known market is read, and what is asked or refused.

import { describe, expect, test } from "vitest";

import type { Reading } from "./reading";
import { readRows as read } from "./testing";

const UTC_HOURS = ["2024-01-15 00:00", "2024-01-15 01:00", "2024-01-15 02:00"];

/** A series as lines "start minutes price". */
function shown({ series, preferred }: Reading, at = preferred): string[] {
  return (series[at]?.intervals ?? []).map(
    ({ start, end, price }) => `${new Date(start).toISOString().slice(5, 16)} ${(end - start) / 60_000} ${price}`,
  );
}

const names = ({ series }: Reading): string[] => series.map(({ name }) => name);
const asked = ({ asks }: Reading): string[] => asks.map(({ key }) => key);

describe("the price", () => {
  test("several columns of numbers without a word for price are asked about, and never guessed", () => {
    const rows = ["time (UTC),value,quality", ...UTC_HOURS.map((time, at) => `${time},${at * 1.5},${(at * 2) % 3}`)];
    const reading = read(rows, { currency: "EUR", unit: "MWh" });

    expect(asked(reading)).toEqual(["price"]);
    expect(reading.message).toBe("Which column holds the price: value or quality?");
    expect(reading.asks[0]?.options).toEqual(["value", "quality", "None of these is a price"]);
    expect(shown(read(rows, { currency: "EUR", unit: "MWh", price: "quality" }))[1]).toBe("01-15T01:00 60 2");
  });

  test("the total comes before its components, which can be chosen", () => {
    const rows = [
      "time (UTC),congestion,loss,lmp,lmp_with_adders",
      ...UTC_HOURS.map((time, at) => `${time},0.5,0.25,2${at}.5,3${at}.5`),
    ];

    expect(shown(read(rows))[0]).toBe("01-15T00:00 60 30.5");
    expect(shown(read(rows, { price: "lmp" }))[0]).toBe("01-15T00:00 60 20.5");
    expect(shown(read(rows, { price: "congestion" }))[0]).toBe("01-15T00:00 60 0.5");
  });

  test("a price of another good is none", () => {
    const rows = (header: string): string[] => [header, "2024-01-15 00:00,3.5,41", "2024-01-15 01:00,3.6,42"];

    expect(shown(read(rows("time (UTC),Gas ($/MMBtu),Power ($/MWh)")))[0]).toBe("01-15T00:00 60 41");
    expect(read(rows("time (UTC),Gas ($/MMBtu),Capacity ($/kW)")).message).toMatch(
      /^“Gas \(\$\/MMBtu\)” is not a price per MWh or kWh, and no other column can be one/,
    );
  });

  test.each(["gCO2eq/kWh", "TTF gas price (EUR/MWh)", "Price rank", "Price flag"])(
    "%s is no price of power",
    (other) => {
      const rows = [`time (UTC),${other},Day-ahead price (EUR/MWh)`, "2024-01-15 00:00,3,41", "2024-01-15 01:00,1,42"];

      expect(read(rows).series.map(({ intervals }) => intervals[0]?.price)).toEqual([41]);
    },
  );

  test.each(["gCO2/kWh", "MMBtu/MWh"])("a file of %s alone is refused", (header) => {
    expect(read([`time (UTC),${header}`, "2024-01-15 00:00,3", "2024-01-15 01:00,1"]).status).toBe("refused");
  });

  test("brackets and a trailing minus are negative", () => {
    const prices = ["($4.25)", "4.25-", "-$4.25"];
    const rows = ["time (UTC),USD/MWh", ...UTC_HOURS.map((time, at) => `${time},${prices[at]}`)];

    expect(shown(read(rows)).map((line) => line.split(" ")[2])).toEqual(["-4.25", "-4.25", "-4.25"]);
  });

  test.each([
    ["0.05", "which is unusually low"],
    ["5000", "which is unusually high"],
  ])("a median of %s USD/MWh is doubted", (price, words) => {
    const rows = ["time (UTC),USD/MWh", ...UTC_HOURS.map((time) => `${time},${price}`)];

    expect(read(rows).notes.join()).toContain(words);
  });
});

describe("currency and unit", () => {
  test.each([
    ["R$/MWh", "BRL", 1],
    ["TL/MWh", "TRY", 1],
    ["snt/kWh", "EUR", 10],
    ["gr/kWh", "PLN", 10],
    ["円/kWh", "JPY", 1_000],
    ["원/kWh", "KRW", 1_000],
    ["₹/kWh", "INR", 1_000],
    ["COP/kWh", "COP", 1_000],
  ])("a price of 12 in %s", (header, currency, factor) => {
    const reading = read([`time (UTC);${header}`, ...UTC_HOURS.map((time) => `${time};12`)]);

    expect(reading.currency).toBe(currency);
    expect(reading.series[0]?.intervals[0]?.price).toBeCloseTo(12 * factor, 9);
  });

  test.each(["øre/kWh", "c/kWh", "mills/kWh", "kr/MWh", "price per MWh"])(
    "the currency of %s is asked for",
    (header) => {
      const rows = [`time (UTC);${header}`, ...UTC_HOURS.map((time) => `${time};12`)];

      expect(asked(read(rows))).toEqual(["currency"]);
      expect(read(rows, { currency: "NOK" }).currency).toBe("NOK");
    },
  );

  test.each([
    ["HK$/MWh", "HKD"],
    ["Price NT$/MWh", "TWD"],
    ["S$/MWh", "SGD"],
    ["US$/MWh", "USD"],
    ["AR$/MWh", "ARS"],
    ["CDN$/MWh", "CAD"],
    ["$CAN/MWh", "CAD"],
    ["$/MWh", "USD"],
    ["LMP$/MWh", "USD"],
    ["J$/MWh", null],
  ])("the dollar of %s is %s", (header, currency) => {
    const rows = [`time (UTC);${header}`, ...UTC_HOURS.map((time) => `${time};12`)];

    expect(read(rows).currency).toBe(currency);
    if (currency === null) expect(asked(read(rows))).toEqual(["currency"]);
  });

  test("the dollars of cells have letters too", () => {
    const rows = ["time (UTC);price/MWh", ...UTC_HOURS.map((time) => `${time};HK$ 612.5`)];

    expect(read(rows).currency).toBe("HKD");
    expect(shown(read(rows))[0]).toBe("01-15T00:00 60 612.5");
  });

  test.each([
    ["time (America/Toronto),$/MWh", "CAD"],
    ["time (AEST),$/MWh", "AUD"],
    ["time (NZST),$/MWh", "NZD"],
    ["time (UTC),Ontario price $/MWh", "CAD"],
    ["time (UTC),Precio $/MWh", "MXN"],
  ])("a dollar sign alone is asked about under %s, with %s first", (header, currency) => {
    const reading = read([header, ...UTC_HOURS.map((time) => `${time},42`)]);

    expect(reading.message).toBe("Which currency are the prices in? “$” alone does not say.");
    expect(reading.asks[0]?.options[0]).toBe(currency);
  });

  test.each([
    ["+10:00", ["currency"]],
    ["-05:00", []],
  ])("a dollar sign alone beside times at %s asks %j", (offset, asks) => {
    const rows = ["time,$/MWh", ...UTC_HOURS.map((time) => `${time}${offset},42`)];

    expect(asked(read(rows))).toEqual(asks);
  });

  test.each([
    ["America/Chicago", "CLUZ", []],
    ["Asia/Manila", "CLUZ", ["unit", "currency"]],
    ["UTC", "LUZON", ["unit", "currency"]],
  ])("a bare LMP in %s at %s asks %j", (zone, place, asks) => {
    const rows = ["time,region,LMP", ...UTC_HOURS.map((time) => `${time},${place},4.6`)];

    expect(asked(read(rows, { zone }))).toEqual(asks);
  });

  test.each(["kurus/kWh", "Price (zac/kWh)", "US¢/kWh", "fils per kWh"])(
    "the unit of %s is asked for, as the coin is not known",
    (header) => {
      const rows = [`time (UTC);${header}`, ...UTC_HOURS.map((time) => `${time};12`)];

      expect(asked(read(rows, { currency: "TRY" }))).toEqual(["unit"]);
    },
  );

  test.each([
    ["USD/1000 kWh", 12],
    ["$/100 kWh", 120],
    ["EUR cents per kilowatt-hour", 120],
    ["price_eur_per_kwh", 12_000],
    ["Price (EUR)/kWh", 12_000],
  ])("12 in %s is %d per MWh", (header, price) => {
    const reading = read([`time (UTC);${header}`, ...UTC_HOURS.map((time) => `${time};12`)]);

    expect(reading.series[0]?.intervals[0]?.price).toBeCloseTo(price, 9);
  });

  test("currency and unit may be in the cells", () => {
    const prices = ["21.5 €/MWh", "-4.25 €/MWh", "€ 3"];
    const rows = ["time (UTC),price", ...UTC_HOURS.map((time, at) => `${time},${prices[at]}`)];

    expect(read(rows).currency).toBe("EUR");
    expect(shown(read(rows)).map((line) => line.split(" ")[2])).toEqual(["21.5", "-4.25", "3"]);
  });

  test("mills per kWh are as many of the currency per MWh", () => {
    const rows = ["time (UTC),USD mills/kWh", ...UTC_HOURS.map((time) => `${time},42.5`)];

    expect(shown(read(rows))[0]).toBe("01-15T00:00 60 42.5");
  });

  test("the unit is asked for if the file has none", () => {
    const rows = ["time (UTC),price EUR", ...UTC_HOURS.map((time) => `${time},0.25`)];

    expect(read(rows).message).toBe(
      "Are the prices in “price EUR” per MWh, per kWh, in cents per kWh or per GWh (the first is “0.25”)?",
    );
    expect(shown(read(rows, { unit: "kWh" }))[0]).toBe("01-15T00:00 60 250");
  });
});

describe("series", () => {
  test("the column that differs names the series, whatever it is called", () => {
    const rows = [
      "time (UTC),Widget,USD/MWh",
      ...UTC_HOURS.flatMap((time, at) => [`${time},foo,${at + 11}`, `${time},bar,${at + 21}`]),
    ];

    expect(names(read(rows))).toEqual(["foo", "bar"]);
  });

  test("two columns name the series if one is not enough", () => {
    const rows = [
      "time (UTC),Hub,Run,USD/MWh",
      ...UTC_HOURS.flatMap((time, at) => [
        `${time},N,first,${at + 11}`,
        `${time},N,last,${at + 12}`,
        `${time},S,first,${at + 13}`,
      ]),
    ];

    expect(names(read(rows))).toEqual(["N, first", "N, last", "S"]);
  });

  test("a series that a number names has the header in its name", () => {
    const rows = ["time (UTC),Round,USD/MWh", ...UTC_HOURS.flatMap((time) => [`${time},1,11`, `${time},2,12`])];

    expect(names(read(rows))).toEqual(["Round 1", "Round 2"]);
  });

  test("without such a column the file is refused, with the lines", () => {
    const rows = [
      "time (UTC),USD/MWh",
      ...UTC_HOURS.flatMap((time, at) => [`${time},${at + 11}`, `${time},${at + 21}`]),
    ];

    expect(read(rows)).toMatchObject({
      status: "refused",
      message: expect.stringMatching(
        /^Line 3 has the same time as line 2 and another price, and no column says why\. .*export the prices of one place only\.$/,
      ),
    });
  });

  test("a column of price parts chooses the whole price, and the parts can be chosen", () => {
    const rows = [
      "time (UTC),Node,LMP_TYPE,USD/MWh",
      ...UTC_HOURS.flatMap((time) => [`${time},A,MCC,1.5`, `${time},A,LMP,21.5`, `${time},A,MCL,0.5`]),
    ];

    expect(shown(read(rows))[0]).toBe("01-15T00:00 60 21.5");
    expect(shown(read(rows, { kind: "MCC" }))[0]).toBe("01-15T00:00 60 1.5");
    expect(shown(read(rows, { kind: " mcc " }))[0]).toBe("01-15T00:00 60 1.5");
  });

  test("a chosen place is the only series", () => {
    const rows = ["time (UTC),Hub,USD/MWh", ...UTC_HOURS.flatMap((time) => [`${time},N,11`, `${time},S,12`])];
    const reading = read(rows, { place: "s" });

    expect(names(reading)).toEqual(["S"]);
    expect(reading.choices.place).toEqual({ value: "S", found: "chosen", options: ["N", "S"] });
  });
});

describe("times", () => {
  // In Chicago 01:00 to 02:00 of 3 November 2024 occurs twice, from 06:00 and from 07:00 UTC.
  test.each([
    ["the order of rows", "Start (CPT)", ["00:00", "01:00", "01:00", "02:00"]],
    ["the order of rows, latest first", "Start (CPT)", ["02:00", "01:00", "01:00", "00:00"]],
    ["a star", "Start (CPT)", ["00:00", "01:00*", "01:00", "02:00"]],
    ["a letter", "Start (CPT)", ["00:00", "01B:00", "01A:00", "02:00"]],
    ["names of zones", "Start", ["00:00 CDT", "01:00 CST", "01:00 CDT", "02:00 CST"]],
    ["offsets", "Start", ["00:00-05:00", "01:00-06:00", "01:00-05:00", "02:00-06:00"]],
    ["ends, of which 01:00 occurs twice", "Interval ending (CPT)", ["01:00", "01:00", "02:00", "03:00"]],
    ["hours ending, of which 02:00 occurs twice", "Hour ending (CPT)", ["01:00", "02:00", "02:00", "03:00"]],
  ])("both passes of the autumn hour by %s", (_, header, clocks) => {
    const reading = read([`${header},USD/MWh`, ...clocks.map((clock, at) => `2024-11-03 ${clock},${at + 10}`)]);
    const starts = shown(reading).map((line) => line.split(" ")[0]);

    expect(starts).toEqual(["11-03T05:00", "11-03T06:00", "11-03T07:00", "11-03T08:00"]);
  });

  // Spring skips 02:00 to 03:00 of 10 March 2024.
  test.each([
    ["2024-11-03", ["00:00 - 01:00", "01:00 - 01:00", "01:00 - 02:00", "02:00 - 03:00"], "11-03T05:00 60"],
    ["2024-11-03", ["01:00-01:30", "01:30-01:00", "01:00-01:30", "01:30-02:00"], "11-03T06:00 30"],
    ["2024-11-03", ["01:00A - 01:00B", "01:00B - 02:00"], "11-03T06:00 60"],
    ["2024-03-10", ["01:00 to 01:30", "01:30 to 03:00", "03:00 to 03:30"], "03-10T07:00 30"],
    ["2024-03-10", ["01:00 - 01:30", "01:30 - 02:00", "03:00 - 03:30"], "03-10T07:00 30"],
    ["2024-03-11", ["22:00 - 23:00", "23:00 - 00:00", "00:00 - 01:00"], "03-12T03:00 60"],
  ])("ranges of a day that follow one another without a gap: %s %j", (date, clocks, first) => {
    const rows = clocks.map((clock, at) => `${clock === "00:00 - 01:00" && at > 0 ? "2024-03-12" : date},${clock},10`);
    const reading = read(["Date (CPT),Period,USD/MWh", ...rows]);
    const intervals = reading.series[0]?.intervals ?? [];

    expect(shown(reading)[0]).toBe(`${first} 10`);
    expect(intervals).toHaveLength(clocks.length);
    expect(intervals.slice(1).map(({ start }, at) => start - (intervals[at]?.end ?? 0))).toEqual(
      clocks.slice(1).map(() => 0),
    );
    expect(new Set(shown(reading).map((line) => line.split(" ")[1])).size).toBe(1);
  });

  test.each([
    ["01:00A", "01:00B"],
    ["01:00", "01:00 B"],
    ["01:00", "01X:00"],
    ["1:00 am", "1:00 am*"],
  ])("columns %s and %s are both passes of the autumn hour", (one, other) => {
    const later = Array.from({ length: 22 }, (_, at) => `${at + 2}:00`);
    const day = (date: string, second: string): string =>
      [date, 10, 11, second, ...later.map((_, at) => 12 + at)].join();
    const lines = shown(
      read([
        `USD/MWh${",".repeat(25)}`,
        ["Day (CPT)", "00:00", one, other, ...later].join(),
        day("2024-11-02", ""),
        day("2024-11-03", "99"),
      ]),
    );

    expect(lines).toHaveLength(24 + 25);
    expect(lines.slice(24, 28)).toEqual([
      "11-03T05:00 60 10",
      "11-03T06:00 60 11",
      "11-03T07:00 60 99",
      "11-03T08:00 60 12",
    ]);
  });

  test("the passes of the autumn hour may be marked after a time, with its end beside it", () => {
    const rows = [
      "Start (CPT),End,USD/MWh",
      "2024-11-03 01:00 A,2024-11-03 01:00 B,1",
      "2024-11-03 01:00 B,2024-11-03 02:00,2",
    ];

    expect(shown(read(rows))).toEqual(["11-03T06:00 60 1", "11-03T07:00 60 2"]);
  });

  test("an end is in the zone that its row names", () => {
    const rows = [
      "from,to,TZ,USD/MWh",
      "2024-07-01 00:00,2024-07-01 01:00,CEST,1",
      "2024-07-01 01:00,2024-07-01 02:00,CEST,2",
    ];

    expect(shown(read(rows))).toEqual(["06-30T22:00 60 1", "06-30T23:00 60 2"]);
  });

  test("a column may name the zone of each row", () => {
    const rows = [
      "date,hour,TZ,USD/MWh",
      "2024-11-03,1,EDT,10",
      "2024-11-03,2,EDT,11",
      "2024-11-03,2,EST,12",
      "2024-11-03,24,EST,13",
    ];

    expect(shown(read(rows))).toEqual([
      "11-03T04:00 60 10",
      "11-03T05:00 60 11",
      "11-03T06:00 60 12",
      "11-04T04:00 60 13",
    ]);
  });

  test.each(["bidding_zone", "Load Zone", "zone"])("a column %s that reads PT is a place", (header) => {
    const rows = [`time,${header},EUR/MWh`, "2025-06-01 00:00,PT,10", "2025-06-01 01:00,PT,11"];

    expect(asked(read(rows))).toEqual(["zone"]);
    const reading = read(rows, { zone: "Europe/Lisbon" });
    expect(names(reading)).toEqual(["PT"]);
    expect(shown(reading)[0]).toBe("05-31T23:00 60 10");
  });

  test.each([
    ["time,time zone,USD/MWh", "2025-06-01 00:00,PT,10", "2025-06-01 01:00,PT,11"],
    ["time,USD/MWh", "2025-06-01 00:00 PT,10", "2025-06-01 01:00 PT,11"],
  ])("a chosen zone comes before that of the rows of %s", (...rows) => {
    expect(shown(read(rows))[0]).toBe("06-01T07:00 60 10");
    expect(shown(read(rows, { zone: "Europe/Lisbon" }))[0]).toBe("05-31T23:00 60 10");
  });

  test.each([
    ["Ώρα", 24, 60],
    ["Stunden", 24, 60],
    ["Blk", 96, 15],
  ])("numbers of a day in a column %s are its periods", (header, count, minutes) => {
    const day = (date: string): string[] =>
      Array.from({ length: count }, (_, at) => `${date},${at + 1},${(at * 7) % 50}.5`);
    const reading = read([`date (UTC),${header},EUR/MWh`, ...day("2024-01-15"), ...day("2024-01-16")]);

    expect(names(reading)).toEqual(["EUR/MWh"]);
    expect(shown(reading)).toHaveLength(2 * count);
    expect(shown(reading)[0]).toBe(`01-15T00:00 ${minutes} 0.5`);
    expect(shown(reading)[count]).toBe(`01-16T00:00 ${minutes} 0.5`);
  });

  test.each([
    ["Hour Ending", (hour: number) => `${(hour + 1) * 100}`],
    ["Time", (hour: number) => `${hour}00`.padStart(4, "0")],
  ])("a column %s may have times of day without a colon", (header, clock) => {
    const day = Array.from({ length: 24 }, (_, hour) => `2024-01-15,${clock(hour)},${hour}.5`);
    const lines = shown(read([`date (UTC),${header},EUR/MWh`, ...day]));

    expect(lines).toHaveLength(24);
    expect([lines[0], lines[23]]).toEqual(["01-15T00:00 60 0.5", "01-15T23:00 60 23.5"]);
  });

  test.each([
    ["Uhrzeit", (hour: number) => `${hour * 100}`.padStart(4, "0")],
    ["Zeitpunkt", (hour: number) => `${hour * 100}`.padStart(4, "0")],
    ["HHMMSS", (hour: number) => `${hour * 10_000}`.padStart(6, "0")],
    ["Klokken", (hour: number) => `${hour}.00`.padStart(5, "0")],
    ["Hour", (hour: number) => `HE${(hour + 1) * 100}`],
    ["Period", (hour: number) => [hour, hour + 1].map((one) => `${one * 100}`.padStart(4, "0")).join("-")],
  ])("the times of a day in a column %s need no colon", (header, clock) => {
    const day = Array.from({ length: 24 }, (_, hour) => `2024-01-15,${clock(hour)},${hour}.5`);
    const reading = read([`Date (UTC),${header},EUR/MWh`, ...day]);

    expect(names(reading)).toHaveLength(1);
    expect(shown(reading)).toEqual(day.map((_, hour) => `01-15T${String(hour).padStart(2, "0")}:00 60 ${hour}.5`));
  });

  test.each([
    ["0100", "2400"],
    ["HE0100", "HE2400"],
    ["0000-0100", "2300-2400"],
  ])("columns %s to %s are the hours of a day", (first, last) => {
    const two = (hour: number): string => String(hour).padStart(2, "0");
    const headers = Array.from({ length: 24 }, (_, hour) =>
      first.replace(/01|00(?=00)/g, (found) => two(hour + Number(found))),
    );
    const reading = read([
      `Prices in EUR/MWh${",".repeat(24)}`,
      `Day (UTC),${headers.join()}`,
      ...["15", "16"].map((day) => `2024-01-${day},${headers.map((_, hour) => `${hour}.5`).join()}`),
    ]);

    expect(headers.at(-1)).toBe(last);
    expect(shown(reading)).toHaveLength(48);
    expect(shown(reading)[47]).toBe("01-16T23:00 60 23.5");
  });

  test("a time beside its date needs no colon", () => {
    const rows = ["time (UTC),EUR/MWh", "2024-01-15 0900,1", "2024-01-15 0930,2", "15.01.2024 1000,3"];

    expect(shown(read(rows))).toEqual(["01-15T09:00 30 1", "01-15T09:30 30 2", "01-15T10:00 30 3"]);
  });

  test("an hourly price of whole hundreds is no time", () => {
    const rows = ["time (UTC),Hourly price (HUF/MWh)", ...UTC_HOURS.map((time, at) => `${time},${(at + 1) * 700}`)];

    expect(shown(read(rows))[1]).toBe("01-15T01:00 60 1400");
  });

  test("hours numbered from 0 start then, and hours numbered to 24 end then", () => {
    const day = (first: number): string[] =>
      Array.from({ length: 24 }, (_, at) => `2024-01-15,${first + at},${at + 10}`);

    for (const first of [0, 1]) {
      const lines = shown(read(["date (UTC),hour,USD/MWh", ...day(first)]));
      expect([lines[0], lines[23]]).toEqual(["01-15T00:00 60 10", "01-15T23:00 60 33"]);
    }
  });

  test("ends are known by their header, by 24:00, or by whole days of them", () => {
    const hours = (last: string): string[] =>
      Array.from(
        { length: 24 },
        (_, at) => `${at < 23 ? `2024-01-15 ${String(at + 1).padStart(2, "0")}:00` : last},${at}`,
      );

    for (const rows of [
      ["Hour ending (UTC),USD/MWh", ...hours("2024-01-15 24:00")],
      ["Interval end (UTC),USD/MWh", ...hours("2024-01-16 00:00")],
      ["time (UTC),USD/MWh", ...hours("2024-01-15 24:00")],
      ["time (UTC),USD/MWh", ...hours("2024-01-16 00:00")],
    ]) {
      expect(shown(read(rows))[0]).toBe("01-15T00:00 60 0");
    }
    expect(shown(read(["time (UTC),USD/MWh", ...hours("2024-01-16 00:00")], { stamp: "start" }))[0]).toBe(
      "01-15T01:00 60 0",
    );
  });

  test.each([
    ["an end in each time", ["MTU (UTC),USD/MWh", "15/01/2024 00:00 - 15/01/2024 01:00,1"], "recognised"],
    ["an end in each clock", ["Date (UTC),Hours,USD/MWh", "15/01/2024,00:00 - 01:00,1"], "recognised"],
    ["a column of ends", ["From (UTC),To (UTC),USD/MWh", "15/01/2024 00:00,15/01/2024 01:00,1"], "recognised"],
    ["nothing", ["time (UTC),USD/MWh", "15/01/2024 00:00,1", "15/01/2024 01:00,2"], "assumed"],
  ] as const)("starts are known by %s: %#", (_, rows, found) => {
    const reading = read(rows);

    expect(reading.choices.stamp).toMatchObject({ value: "start", found });
    expect(shown(reading)[0]).toBe("01-15T00:00 60 1");
  });

  test("only dates without the year in front can be read in another order", () => {
    expect(read(["time (UTC),USD/MWh", "15/01/2024 00:00,1", "15/01/2024 01:00,2"]).choices.order).toEqual({
      value: "day first",
      found: "recognised",
      options: ["day first", "month first"],
    });
    expect(read(["time (UTC),USD/MWh", "2024-01-15 00:00,1", "2024-01-15 01:00,2"]).choices.order.options).toEqual([]);
  });

  test("events last until the next", () => {
    const rows = ["run (UTC),USD/MWh", "2024-01-15 00:00:12,1", "2024-01-15 00:05:09,2", "2024-01-15 00:10:14,3"];

    expect(read(rows).series[0]?.intervals.map(({ start, end }) => (end - start) / 1_000)).toEqual([297, 305, 305]);
  });

  test("hours in columns are hours of the day, and totals beside them are none", () => {
    const hours = Array.from({ length: 24 }, (_, at) => `H${at + 1}`);
    const rows = [
      "Prices in USD/MWh",
      `Day (CET),${hours.join(",")},Base`,
      `2024-01-15,${hours.map((_, at) => at + 10).join(",")},99`,
      `2024-01-16,${hours.map((_, at) => at + 50).join(",")},99`,
    ];
    const reading = read(rows);

    expect(reading.series).toHaveLength(1);
    expect(shown(reading)[0]).toBe("01-14T23:00 60 10");
    expect(shown(reading)[47]).toBe("01-16T22:00 60 73");
  });

  test("days in columns are read too", () => {
    const rows = [
      "Hour,2024-01-15,2024-01-16",
      ...Array.from({ length: 24 }, (_, at) => `${at + 1},${at + 10},${at + 50}`),
    ];
    const reading = read(rows, { zone: "UTC", currency: "EUR", unit: "MWh" });

    expect(shown(reading)[0]).toBe("01-15T00:00 60 10");
    expect(shown(reading)[47]).toBe("01-16T23:00 60 73");
  });

  test.each([
    ["1/2/2024", "2/2/2024", "3/2/2024", "day first"],
    ["1/2/2024", "1/3/2024", "1/4/2024", "month first"],
  ])("days that follow one another show their order: %s", (one, two, three, order) => {
    const reading = read(["Date (UTC),USD/MWh", ...[one, two, three].map((day, at) => `${day},${at + 10}`)]);

    expect(reading.choices.order.value).toBe(order);
    expect(shown(reading)).toHaveLength(3);
  });

  test("two times in a row show the order of dates, as they are close to each other", () => {
    const rows = [
      "from (UTC),published (UTC),USD/MWh",
      "01/02/2024 00:00,01/01/2024 23:00,10",
      "01/02/2024 01:00,01/01/2024 23:00,11",
    ];

    expect(read(rows).choices.order.value).toBe("month first");
  });

  test("dates that can be read in two ways are asked about", () => {
    const rows = ["time (UTC),USD/MWh", "01/02/2024 00:00,10", "01/02/2024 01:00,11"];

    expect(asked(read(rows))).toEqual(["order"]);
    expect(shown(read(rows, { order: "month first" }))[0]).toBe("01-02T00:00 60 10");
  });

  test("a title may name the zone of the times; when the file was made is no such zone", () => {
    const rows = ["time,USD/MWh", ...UTC_HOURS.map((time) => `${time},12`)];

    expect(shown(read(["All times are in CET", "", ...rows]))[0]).toBe("01-14T23:00 60 12");
    expect(asked(read(["Generated 2024-01-16 08:02 UTC", "", ...rows]))).toEqual(["zone"]);
  });

  test("dates with two digits for each part are read if the year comes last, and refused if it may come first", () => {
    const rows = (date: string): string[] => ["time (UTC),USD/MWh", `${date} 00:00,10`, `${date} 01:00,11`];

    expect(shown(read(rows("1/15/24")))[0]).toBe("01-15T00:00 60 10");
    expect(read(rows("24-01-15"))).toMatchObject({
      status: "refused",
      message: expect.stringMatching(/^No row has a time/),
    });
  });

  test("a zone that does not exist is asked for again", () => {
    const rows = ["time,USD/MWh", ...UTC_HOURS.map((time) => `${time},12`)];

    expect(read(rows, { zone: "Texas" }).message).toBe(
      "“Texas” is not a time zone. Choose one such as America/Chicago or UTC-05:00.",
    );
    expect(shown(read(rows, { zone: "UTC+2" }))[0]).toBe("01-14T22:00 60 12");
  });
});
