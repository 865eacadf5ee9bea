import { describe, expect, test } from "vitest";

import type { Reading } from "./reading";
import { lines, readRows as read } from "./testing";

/** The intervals of the series shown first, as lines "start end price". */
const shown = (reading: Reading): string[] => lines(reading).map((line) => line.join(" "));

describe("one header may name the units of several prices", () => {
  test("of power and of carbon, below a header with the market", () => {
    const reading = read([
      "Date (GMT+2),Intraday Continuous (FR)",
      ',"Price (EUR/MWh, EUR/tCO2)"',
      "2025-06-03T00:00+02:00,88.4",
      "2025-06-03T01:00+02:00,-7.1",
    ]);

    expect(reading).toMatchObject({ status: "read", currency: "EUR" });
    expect(shown(reading)).toEqual([
      "2025-06-02T22:00 2025-06-02T23:00 88.4",
      "2025-06-02T23:00 2025-06-03T00:00 -7.1",
    ]);
  });

  test("of carbon alone, which is not a power price", () => {
    const reading = read(["Time (UTC),Price (EUR/tCO2)", "2025-06-03T00:00Z,70", "2025-06-03T01:00Z,71"]);

    expect(reading.status).toBe("refused");
  });
});

test("a date above the header does not replace those of the rows, which a line of types may precede", () => {
  const reading = read(
    [
      '"Prices for: 07/15/2024"',
      '"Date","Hour Ending","USD/MWh (UTC)"',
      '"Date","HE","Number"',
      '"07/15/2024","01",20',
      '"07/15/2024","02",21',
      '"07/16/2024","01",22',
    ],
    { zone: "UTC" },
  );

  expect(shown(reading).at(-1)).toBe("2024-07-16T00:00 2024-07-16T01:00 22");
});

test("a place such as BZN|FI does not separate columns with bars", () => {
  const reading = read([
    "MTU (EET/EEST),Area,Day-ahead Price (EUR/MWh)",
    "03/06/2025 00:00 - 03/06/2025 01:00,BZN|FI,4.25",
    "03/06/2025 01:00 - 03/06/2025 02:00,BZN|FI,4.75",
    "13/06/2025 02:00 - 13/06/2025 03:00,BZN|FI,5",
  ]);

  // In summer, Helsinki is three hours ahead of UTC.
  expect(shown(reading)[0]).toBe("2025-06-02T21:00 2025-06-02T22:00 4.25");
  expect(reading.series.map(({ name }) => name)).toEqual(["FI"]);
});

test("bars separate columns also if prices have decimal commas", () => {
  const reading = read(["time (UTC)|EUR/MWh|USD/MWh", "2025-06-03 00:00|4,25|5,5", "2025-06-03 01:00|4,75|6,5"]);

  expect(shown(reading)[0]).toBe("2025-06-03T00:00 2025-06-03T01:00 5.5");
});

test("the average, the highest and the lowest price above the data are no header", () => {
  const reading = read([
    "Time (UTC),Price (EUR/MWh)",
    "Average,48.2",
    "Max,80.1",
    "Min,-16",
    "2025-06-03 00:00,20",
    "2025-06-03 01:00,30",
  ]);

  expect(reading).toMatchObject({ status: "read", currency: "EUR" });
  expect(shown(reading)[0]).toBe("2025-06-03T00:00 2025-06-03T01:00 20");
});

test("a place in merged cells above the kinds of price counts for all of them", () => {
  const reading = read([
    "Time (UTC),HB_WEST,,LZ_WEST,",
    ",DA ($/MWh),RT ($/MWh),DA ($/MWh),RT ($/MWh)",
    "2025-06-03 00:00,20,21,22,23",
    "2025-06-03 01:00,30,31,32,33",
  ]);

  expect(reading.asks[0]?.options.slice(0, 4)).toEqual([
    "HB_WEST DA ($/MWh)",
    "HB_WEST RT ($/MWh)",
    "LZ_WEST DA ($/MWh)",
    "LZ_WEST RT ($/MWh)",
  ]);
});

describe("a report of one day may have its date in the title", () => {
  const hours = Array.from({ length: 24 }, (_, at) => at + 1);

  test("with the month's name, beside the date on which it was published", () => {
    const reading = read([
      "Precios Marginales Locales del MTR",
      "Fecha de publicación: 02/Ago/2025",
      "Fecha: 09/Ago/2025",
      "",
      "Hora,Clave del nodo,Precio marginal local ($/MWh),Componente de pérdidas ($/MWh)",
      ...hours.map((hour) => `${hour},07XYZ-230,${600 + hour},3.5`),
    ]);

    expect(reading).toMatchObject({ status: "read", layout: "CENACE PML", currency: "MXN" });
    // Mexico City is six hours behind UTC.
    expect(shown(reading)[0]).toBe("2025-08-09T06:00 2025-08-09T07:00 601");
    expect(shown(reading)).toHaveLength(24);
  });

  test("which does not count if the rows have dates, below a header of names and one of types", () => {
    const reading = read([
      "C,Report for: 11/02/2024",
      "H,Date,Hour Ending,Location Name,Locational Marginal Price",
      "H,Date,HE,String,Number",
      "D,11/01/2024,01,.Z.VERMONT,61.5",
      "D,11/01/2024,02,.Z.VERMONT,62.5",
    ]);

    // In summer, New York is four hours behind UTC.
    expect(shown(reading)[0]).toBe("2024-11-01T04:00 2024-11-01T05:00 61.5");
  });

  test("with hours in columns, and the currency and unit beside them", () => {
    const reading = read([
      "Day-ahead prices 3 November 2025 (UTC)",
      `Hour,${hours.map((hour) => hour - 1).join(",")}`,
      `Price (EUR/MWh),${hours.map((hour) => `${hour}.5`).join(",")}`,
    ]);

    expect(reading).toMatchObject({ status: "read", currency: "EUR" });
    expect(shown(reading)[23]).toBe("2025-11-03T23:00 2025-11-04T00:00 24.5");
  });

  test("with the hours in another column than the first", () => {
    const reading = read(
      [
        "PIP si volum tranzactionat pentru ziua de livrare: 14/5/2025",
        "",
        '"Zona de tranzactionare","Interval","Pret [lei/MWh]","Volum [MWh]"',
        ...hours.map((hour) => `"Romania","${hour}","${hour},5","${hour}"`),
      ],
      { zone: "Europe/Bucharest" },
    );

    expect(reading).toMatchObject({ status: "read", currency: "RON" });
    // In summer, Bucharest is three hours ahead of UTC.
    expect(shown(reading)[23]).toBe("2025-05-14T20:00 2025-05-14T21:00 24.5");
  });
});

describe("times", () => {
  const HOURLY = ["2025-06-03T00:00 2025-06-03T01:00 4.5", "2025-06-03T01:00 2025-06-03T02:00 5.5"];

  test.each([
    // 3 June 2025 is 154 days after 31 December 2024, which is day 45657 of spreadsheets.
    ["day numbers of spreadsheets", "45811", "45811.0416666667"],
    ["day numbers with decimal commas", "45811,0", "45811,0416666667"],
    // date -u -d 2025-06-03 +%s prints 1748908800.
    ["seconds since 1970", "1748908800", "1748912400"],
    ["microseconds since 1970", "1748908800000000", "1748912400000000"],
  ])("may be %s", (_, one, other) => {
    expect(shown(read(["Start (UTC);EUR/MWh", `${one};4.5`, `${other};5.5`]))).toEqual(HOURLY);
  });

  test.each([
    ["with a point in the time of day", "03.06.2025 0.00", "03.06.2025 1.00"],
    ["with points, and with seconds", "2025-06-03 00.00.00", "2025-06-03 01.00.00"],
    ["with a point after the year", "3.6.2025. 00:00", "3.6.2025. 01:00"],
    ["with blanks in the date", "3. 6. 2025 0:00", "3. 6. 2025 1:00"],
    ["with the clock's name", "03.06.2025 00:00 Uhr", "03.06.2025 01.00 Uhr"],
    ["with a dash before the time of day", "03.06.2025 - 00:00", "03.06.2025 - 01:00"],
    ["with halves of the day, as in Spanish", "3 jun 2025 12:00:00 a. m.", "3 jun 2025 1:00:00 a. m."],
    ["with the weekday, as in French", "mardi 3 juin 2025 0h00", "mardi 3 juin 2025 1h00"],
    ["with the words of Spanish dates", "martes, 3 de junio de 2025 0:00", "martes, 3 de junio de 2025 1:00"],
    ["as a range with points", "3.6.2025 0.00 - 1.00", "3.6.2025 1.00 - 2.00"],
  ])("may be dates %s", (_, one, other) => {
    expect(shown(read(["Start (UTC);EUR/MWh", `${one};4.5`, `${other};5.5`]))).toEqual(HOURLY);
  });

  test("may be dates with years of two digits, if several dates show where the year is", () => {
    const rows = ["24-11-25;1;4.5", "24-11-25;2;5.5", "24-11-26;1;6.5"];

    expect(shown(read(["Date;Hour;EUR/MWh", ...rows], { zone: "UTC" })).at(-1)).toBe(
      "2024-11-26T00:00 2024-11-26T01:00 6.5",
    );
    expect(read(["Date;Hour;EUR/MWh", ...rows.slice(0, 2)]).status).toBe("refused");
    const withSlashes = rows.map((row) => row.replaceAll("-", "/"));
    expect(shown(read(["Date;Hour;EUR/MWh", ...withSlashes], { zone: "UTC" }))[0]).toBe(
      "2024-11-25T00:00 2024-11-25T01:00 4.5",
    );
  });

  test("day numbers stand below a header of times only", () => {
    expect(read(["Meter,EUR/MWh", "45811,4.5", "45812,5.5"]).status).toBe("refused");
  });

  test.each([
    ["after each time", "Time,INR/MWh", " IST"],
    ["in the header", "Time (IST),INR/MWh", ""],
  ])("in a zone that is not known, as its abbreviation %s may be several, are asked about", (_, header, zone) => {
    const lines = [header, `2025-06-03 05:30${zone},4.5`, `2025-06-03 06:30${zone},5.5`];

    expect(read(lines).asks.map(({ question }) => question)).toEqual([expect.stringContaining("The file says “IST”")]);
    // India is 5 hours and a half ahead of UTC.
    expect(shown(read(lines, { zone: "Asia/Kolkata" }))).toEqual(HOURLY);
  });

  test("of day beside a date that names the hour ending are those of events", () => {
    const reading = read([
      "System Marginal Price",
      "",
      "Date (HE),Time,Price ($),Volume (MW)",
      '"06/03/2025 02",01:20,61.5,101',
      '"06/03/2025 02",01:05,60.5,101',
      '"06/03/2025 01",00:50,59.5,101',
    ]);

    // In summer, Edmonton is six hours behind UTC.
    expect(reading).toMatchObject({ status: "read", currency: "CAD" });
    expect(shown(reading)).toEqual([
      "2025-06-03T06:50 2025-06-03T07:05 59.5",
      "2025-06-03T07:05 2025-06-03T07:20 60.5",
      "2025-06-03T07:20 2025-06-03T07:35 61.5",
    ]);
  });

  test("in two columns are asked about, but for one that is the same in all rows", () => {
    const rows = (run: string): string[] => [
      "Run,Interval,USD/MWh",
      "2025-06-03 00:05,2025-06-03 00:00,4.5",
      `${run},2025-06-03 01:00,5.5`,
    ];
    const asked = read(rows("2025-06-03 00:55"), { zone: "UTC" });

    expect(asked.asks).toEqual([
      {
        key: "time",
        question: "Which column holds the times of the prices: Run or Interval?",
        options: ["Run", "Interval"],
      },
    ]);
    expect(shown(read(rows("2025-06-03 00:55"), { zone: "UTC", time: "Interval" }))).toEqual(HOURLY);
    expect(shown(read(rows("2025-06-03 00:05"), { zone: "UTC" }))).toEqual(HOURLY);
  });
});
