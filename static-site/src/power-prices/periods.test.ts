import { describe, expect, test } from "vitest";

import { lines, readRows as read } from "./testing";

/** Rows of two days: the price is 10 in the first period of each, and one more in each further. */
const days = (count: number, label: (period: number) => string): string[] =>
  ["2025-06-01", "2025-06-02"].flatMap((date) =>
    Array.from({ length: count }, (_, period) => `${date},${label(period)},${period + 10}`),
  );
const UTC = { zone: "UTC" };
const two = (value: number): string => String(value).padStart(2, "0");

describe("the period beside the date, however it is written", () => {
  test.each([
    ["QH 1", (period: number) => `QH ${period + 1}`, 96, "00:15"],
    ["PTE 1", (period: number) => `PTE ${period + 1}`, 96, "00:15"],
    ["Tranche 1", (period: number) => `Tranche ${period + 1}`, 48, "00:30"],
    ["MTU001", (period: number) => `MTU${String(period + 1).padStart(3, "0")}`, 288, "00:05"],
    ["H1Q1", (period: number) => `H${Math.floor(period / 4) + 1}Q${(period % 4) + 1}`, 96, "00:15"],
    ["0-1h", (period: number) => `${period}-${period + 1}h`, 24, "01:00"],
    ["00h-01h", (period: number) => `${two(period)}h-${two(period + 1)}h`, 24, "01:00"],
    ["0 bis 1 Uhr", (period: number) => `${period} bis ${period + 1} Uhr`, 24, "01:00"],
    ["00:00 Uhr", (period: number) => `${two(period)}:00 Uhr`, 24, "01:00"],
    ["kl. 00-01", (period: number) => `kl. ${two(period)}-${two((period + 1) % 24)}`, 24, "01:00"],
    ["godz. 0:00", (period: number) => `godz. ${period}:00`, 24, "01:00"],
    ["00_04", (period: number) => `${two(4 * period)}_${two(4 * period + 4)}`, 6, "04:00"],
  ])("%s", (_, label, count, end) => {
    const reading = read(["Date,Product,EUR/MWh", ...days(count, label)], UTC);

    expect(lines(reading)).toHaveLength(2 * count);
    expect(lines(reading).slice(0, 2)).toEqual([
      ["2025-06-01T00:00", `2025-06-01T${end}`, 10],
      [`2025-06-01T${end}`, expect.any(String), 11],
    ]);
    expect(reading.series).toHaveLength(1);
  });

  test("rows of the average of a day are left out", () => {
    const rows = days(24, (period) => String(period + 1)).flatMap((row, at) =>
      at % 24 === 23 ? [row, `${row.slice(0, 10)},Avg,99`] : [row],
    );
    const reading = read(["Date,Hour,EUR/MWh", ...rows], UTC);

    expect(lines(reading)).toHaveLength(48);
    expect(reading.notes).toEqual(["2 rows have no readable time, first line 26 (“2025-06-01 | Avg | 99”)"]);
  });

  test("names of contracts, which differ from day to day, have the hour at their end", () => {
    const rows = ["01", "02"].flatMap((day) =>
      Array.from({ length: 24 }, (_, hour) => `2025-06-${day},PH-202506${day}-${two(hour + 1)},${hour + 10}`),
    );
    const reading = read(["Date,Product,EUR/MWh", ...rows], { ...UTC, time: "Date, Product" });

    expect(lines(reading)).toHaveLength(48);
    expect(lines(reading)[47]).toEqual(["2025-06-02T23:00", "2025-06-03T00:00", 33]);
    expect(reading.series).toHaveLength(1);
  });

  test("names that differ from day to day, without a number, are not read as hours", () => {
    const rows = ["01", "02"].flatMap((day) =>
      Array.from({ length: 24 }, (_, hour) => `2025-06-${day},${String.fromCharCode(65 + hour)}${day}x,${hour + 10}`),
    );
    const reading = read(["Date,Product,EUR/MWh", ...rows], { ...UTC, time: "Date, Product" });

    expect(reading).toMatchObject({
      status: "refused",
      message: "“Product” holds “A01x”, which cannot be read as an hour. Add the time of day to each date.",
    });
  });

  test("texts that may be hours or places are asked about", () => {
    const label = (period: number): string => `${Math.floor(period / 4) + 1}.${"abcd"[period % 4]}`;
    const rows = ["Date,Product,EUR/MWh", ...days(96, label)];

    expect(read(rows, UTC).asks).toEqual([
      {
        key: "time",
        question:
          "Does “Product” name the hours of each day, or places? Its first cell is “1.a”. For hours, choose both columns.",
        options: ["Date, Product", "Date"],
      },
    ]);
    expect(lines(read(rows, { ...UTC, time: "Date, Product" })).slice(4, 6)).toEqual([
      ["2025-06-01T01:00", "2025-06-01T01:15", 14],
      ["2025-06-01T01:15", "2025-06-01T01:30", 15],
    ]);
    expect(read(rows, { ...UTC, time: "Date" }).series).toHaveLength(96);
  });
});

test("numbered places are not taken for hours without a question", () => {
  const reading = read(["Date,Name,EUR/MWh", ...days(24, (at) => `Plant ${at + 1}`)], UTC);

  expect(reading.asks.map(({ key, options }) => [key, options])).toEqual([["time", ["Date, Name", "Date"]]]);
});

describe("hours in columns", () => {
  const header = (count: number, name: (period: number) => string): string =>
    `Date,${Array.from({ length: count }, (_, period) => name(period)).join(",")}`;
  const rows = (count: number): string[] =>
    ["2025-06-01", "2025-06-02"].map(
      (date) => `${date},${Array.from({ length: count }, (_, at) => at + 10).join(",")}`,
    );

  test.each([
    ["00h-01h", (hour: number) => `${two(hour)}h-${two(hour + 1)}h`],
    ["H1 (EUR/MWh)", (hour: number) => `H${hour + 1} (EUR/MWh)`],
    ["Preis H1", (hour: number) => `Preis H${hour + 1}`],
    ["price_00", (hour: number) => `price_${two(hour)}`],
    ["Tranche 1", (hour: number) => `Tranche ${hour + 1}`],
    ["00.00-01.00", (hour: number) => `${two(hour)}.00-${two(hour + 1)}.00`],
  ])("named %s", (_, name) => {
    const reading = read([header(24, name), ...rows(24)], { ...UTC, unit: "MWh", currency: "EUR" });

    expect(lines(reading)).toHaveLength(48);
    expect(lines(reading)[1]).toEqual(["2025-06-01T01:00", "2025-06-01T02:00", 11]);
  });

  test.each([
    ["00:00", 96, (at: number) => `${two(Math.floor(at / 4))}:${two((at % 4) * 15)}`, "00:15", "00:30"],
    [
      "00:30 to 24:00",
      48,
      (at: number) => `${two(Math.floor((at + 1) / 2))}:${two(((at + 1) % 2) * 30)}`,
      "00:30",
      "01:00",
    ],
    ["01:00 to 00:00", 24, (at: number) => `${two((at + 1) % 24)}:00`, "01:00", "02:00"],
  ])("last from one to the next: %s", (_, count, name, start, end) => {
    const reading = read([header(count, name), ...rows(count)], { ...UTC, unit: "MWh", currency: "EUR" });

    expect(lines(reading)).toHaveLength(2 * count);
    expect(lines(reading)[1]).toEqual([`2025-06-01T${start}`, `2025-06-01T${end}`, 11]);
  });

  test("named as quarters of hours, below year, month and day", () => {
    const quarter = (at: number): string => `H${two(Math.floor(at / 4) + 1)}Q${(at % 4) + 1}`;
    const names = header(96, quarter).replace("Date", "Year,Month,Day");
    const reading = read([names, ...rows(96).map((row) => row.replace(/-/g, ","))], {
      ...UTC,
      unit: "MWh",
      currency: "EUR",
    });

    expect(lines(reading)).toHaveLength(192);
    expect(lines(reading)[1]).toEqual(["2025-06-01T00:15", "2025-06-01T00:30", 11]);
  });

  test("of two prices are refused", () => {
    const both = `${header(24, (at) => `DA_${at + 1}`)},${header(24, (at) => `RT_${at + 1}`).slice(5)}`;

    expect(read([both, ...rows(48)], UTC).message).toBe(
      "The file has a column for each hour of “DA_” and of “RT_”. Keep those of one of them.",
    );
  });

  test("numbered places are no hours", () => {
    const reading = read([header(24, (at) => `Node ${at + 1} EUR/MWh`), ...rows(24)], UTC);

    expect(reading.series).toHaveLength(24);
  });
});

test("an hour and its quarter may be HE01 and Q1", () => {
  const rows = Array.from(
    { length: 96 },
    (_, at) => `2025-06-01,HE${two(Math.floor(at / 4) + 1)},Q${(at % 4) + 1},${at}`,
  );

  expect(lines(read(["Date,Hour,Quarter,EUR/MWh", ...rows], UTC)).slice(4, 6)).toEqual([
    ["2025-06-01T01:00", "2025-06-01T01:15", 4],
    ["2025-06-01T01:15", "2025-06-01T01:30", 5],
  ]);
});

test("the zone after a time of day tells the pass of the hour that autumn repeats", () => {
  const rows = ["02:00-03:00 CET,12", "02:00-03:00 CEST,11", "03:00-04:00 CET,13"].map((row) => `2025-10-26,${row}`);

  expect(lines(read(["Date,Interval,EUR/MWh", ...rows], { zone: "Europe/Berlin" }))).toEqual([
    ["2025-10-26T00:00", "2025-10-26T01:00", 11],
    ["2025-10-26T01:00", "2025-10-26T02:00", 12],
    ["2025-10-26T02:00", "2025-10-26T03:00", 13],
  ]);
});

test("a number after a time of day tells the pass of the hour that autumn repeats", () => {
  const rows = ["01:00,10", "02:00 (2),12", "02:00 (1),11", "03:00,13"].map((row) => `2025-10-26,${row}`);

  expect(lines(read(["Date,Time,EUR/MWh", ...rows], { zone: "Europe/Berlin" })).map(([, , price]) => price)).toEqual([
    10, 11, 12, 13,
  ]);
});

test("the month may be in one column and the day in another", () => {
  const rows = ["202506;SUL;1;0;10,5", "202506;SUL;1;1;11,5", "202506;SUL;2;0;12,5"];
  const reading = read(["MES_REFERENCIA;SUBMERCADO;DIA;HORA;PLD_HORA", ...rows]);

  // In Brazil, local time is three hours behind UTC.
  expect(lines(reading)).toEqual([
    ["2025-06-01T03:00", "2025-06-01T04:00", 10.5],
    ["2025-06-01T04:00", "2025-06-01T05:00", 11.5],
    ["2025-06-02T03:00", "2025-06-02T04:00", 12.5],
  ]);
});

test("days that begin at 06:00 are refused, because the date of 01:00 is not clear", () => {
  const clock = (hour: number): string => `${two((hour + 6) % 24)}:00`;

  expect(read(["Gas day,Time,EUR/MWh", ...days(24, clock)]).message).toBe(
    "The days in “Gas day” begin at 06:00, so it is not clear which date the hours after midnight have. Export the prices with the date and time of each.",
  );
});

test("minutes from 5 to 60 are the ends of the parts of an hour", () => {
  const rows = Array.from(
    { length: 24 },
    (_, at) => `2025-06-01,${Math.floor(at / 12) + 1},${((at % 12) + 1) * 5},${at}`,
  );
  const more = Array.from({ length: 22 }, (_, at) => `2025-06-01,${at + 3},60,30`);

  expect(lines(read(["Date,Hour,Interval,EUR/MWh", ...rows, ...more], UTC)).slice(0, 2)).toEqual([
    ["2025-06-01T00:00", "2025-06-01T00:05", 0],
    ["2025-06-01T00:05", "2025-06-01T00:10", 1],
  ]);
});

test("a column of durations says how long each price holds", () => {
  const rows = ["Start UTC,Resolution,EUR/MWh", "2025-06-01 00:00,PT15M,10", "2025-06-01 01:00,PT1H,11"];
  const reading = read([...rows, "2025-06-01 02:00,PT1H,12"]);

  expect(lines(reading)).toEqual([
    ["2025-06-01T00:00", "2025-06-01T00:15", 10],
    ["2025-06-01T01:00", "2025-06-01T02:00", 11],
    ["2025-06-01T02:00", "2025-06-01T03:00", 12],
  ]);
  expect(reading.notes).toEqual(["0.8 hours are missing (1 gap, from 2025-06-01 00:15 UTC)"]);
});

describe("tables of one file", () => {
  const hour = (at: number): string => `2025-06-01T${two(at)}:00Z`;

  test("one below another keeps its own header", () => {
    const reading = read([
      "Prices",
      "Time,DE EUR/MWh",
      `${hour(0)},10`,
      `${hour(1)},11`,
      "",
      "Time,FR EUR/MWh,Volume MWh",
      `${hour(0)},20,900`,
      `${hour(1)},21,901`,
      "Time,Volume MWh",
      `${hour(2)},902`,
    ]);

    expect(reading.series.map(({ name }) => name)).toEqual(["DE EUR/MWh", "FR EUR/MWh"]);
    expect(lines(reading, "FR EUR/MWh").map(([, , price]) => price)).toEqual([20, 21]);
    expect(lines(reading, "DE EUR/MWh").map(([, , price]) => price)).toEqual([10, 11]);
  });

  test("one beside another has its own times", () => {
    const reading = read([
      "Time,EUR/MWh,,Time,EUR/MWh",
      `${hour(0)},10,,${hour(3)},13`,
      `${hour(1)},11,,${hour(4)},14`,
      `${hour(2)},12,,,`,
    ]);

    expect(lines(reading).map(([start, , price]) => `${start.slice(11)} ${price}`)).toEqual([
      "00:00 10",
      "01:00 11",
      "02:00 12",
      "03:00 13",
      "04:00 14",
    ]);
  });

  test("beside one another have the names above them", () => {
    const reading = read([
      "DE,,,FR,",
      "Time,EUR/MWh,,Time,EUR/MWh",
      `${hour(0)},10,,${hour(1)},21`,
      `${hour(1)},11,,${hour(2)},22`,
    ]);

    expect(reading.series.map(({ name }) => name)).toEqual(["DE EUR/MWh", "FR EUR/MWh"]);
    expect(lines(reading, "FR EUR/MWh").map(([start, , price]) => `${start.slice(11)} ${price}`)).toEqual([
      "01:00 21",
      "02:00 22",
    ]);
  });

  test("with the same times are one table", () => {
    const reading = read([
      "Time,DE EUR/MWh,,Time,FR EUR/MWh",
      `${hour(0)},10,,${hour(0)},20`,
      `${hour(1)},11,,${hour(1)},21`,
    ]);

    expect(reading.series.map(({ intervals }) => intervals.map(({ price }) => price))).toEqual([
      [10, 11],
      [20, 21],
    ]);
  });
});

test("the date in the first row of a day counts for all its rows", () => {
  const rows = days(24, (period) => String(period + 1)).map((row, at) => (at % 24 === 0 ? row : row.slice(10)));
  const reading = read(["Date,Hour,EUR/MWh", ...rows], UTC);

  expect(lines(reading)).toHaveLength(48);
  expect(lines(reading).at(-1)).toEqual(["2025-06-02T23:00", "2025-06-03T00:00", 33]);
});

test("ends of ranges are no offsets", () => {
  const range = (hour: number): string => `01.06.2025 ${two(hour)}:00-${two((hour + 1) % 24)}:00,${hour + 10}`;
  const short = (hour: number): string => `01.06.2025 ${hour}-${hour + 1},${hour + 10}`;
  const hours = Array.from({ length: 24 }, (_, hour) => hour);

  for (const write of [range, short]) {
    const reading = read(["Period,EUR/MWh", ...hours.map(write)], UTC);

    expect(lines(reading)).toHaveLength(24);
    expect(lines(reading)[13]).toEqual(["2025-06-01T13:00", "2025-06-01T14:00", 23]);
    expect(lines(reading)[23]).toEqual(["2025-06-01T23:00", "2025-06-02T00:00", 33]);
  }
});

test("lines in quotation marks have cells", () => {
  const reading = read(['"Time,EUR/MWh"', '"2025-06-01T00:00Z,10"', '"2025-06-01T01:00Z,11"']);

  expect(lines(reading).map(([, , price]) => price)).toEqual([10, 11]);
});

describe("files that cannot be read are refused before any question", () => {
  test("because hours run from 1 to 12 twice a day", () => {
    const clock = (at: number): string => `${at % 12 || 12}:00`;
    const reading = read(["Date,Time,EUR/MWh", ...days(24, clock)]);

    expect(reading).toMatchObject({
      status: "refused",
      message: "The times of day run from 1:00 to 12:59, without AM or PM. Export them with hours from 0 to 23.",
    });
  });

  test("because prices are those of contracts", () => {
    const rows = ["02.06.2025;Cal-26;80,00", "02.06.2025;Q1-26;81,00", "03.06.2025;Cal-26;82,00"];

    expect(read(["Trading Date;Contract;Settlement Price (EUR/MWh)", ...rows]).message).toContain(
      "“Contract” names contracts (“Cal-26”)",
    );
  });

  test("because prices hold in peak hours only", () => {
    const rows = ["2025-06-01,Peak,51", "2025-06-01,Off-Peak,31", "2025-06-02,Peak,52", "2025-06-02,Off-Peak,32"];

    expect(read(["Date,Block,EUR/MWh", ...rows]).message).toContain("“Block” holds in some hours of the day only");
  });
});

test.each(["Block", "EFA", "Trading block", "Period", "Shift"])("“%s” with 1 to 6 is no count of hours", (header) => {
  const rows = days(6, (period) => String(period + 1));

  expect(read([`Date,${header},EUR/MWh`, ...rows], UTC)).toMatchObject({
    status: "refused",
    message: `“${header}” numbers 6 rows of each date. If they are parts of the day, add the start of each; if they are places, write their names.`,
  });
});

test("“Zone” with 1 to 3 names places", () => {
  const reading = read(["Date,Zone,EUR/MWh", ...days(3, (zone) => String(zone + 1))], UTC);

  expect(reading.series.map(({ name }) => name)).toEqual(["Zone 1", "Zone 2", "Zone 3"]);
  expect(reading.notes).toEqual(["Each price is used for all hours of its date"]);
});

test("“QH” beside the number of the hour is its quarter", () => {
  const rows = Array.from({ length: 96 }, (_, at) => `2025-06-01,${Math.floor(at / 4) + 1},${(at % 4) + 1},${at}`);

  expect(lines(read(["Date,HE,QH,EUR/MWh", ...rows], UTC))[95]).toEqual(["2025-06-01T23:45", "2025-06-02T00:00", 95]);
});

test("“Quarter” beside columns of hours is that of each of them, also in the hour that autumn repeats", () => {
  const hours = Array.from({ length: 24 }, (_, hour) => hour + 1);
  const day = (date: string, count: number): string[] =>
    [1, 2, 3, 4].map((quarter) => {
      const cells = Array.from({ length: 25 }, (_, hour) => (hour < count ? String(10 * hour + quarter) : ""));
      return `${date},Q${quarter},${cells.join(",")}`;
    });
  const header = ["Date", "Quarter", ...[...hours, 25].map((hour) => `H${hour}`)].join(",");
  const rows = [header, ...day("2025-10-25", 24), ...day("2025-10-26", 25)];
  const reading = read(rows, { zone: "Europe/Berlin", unit: "MWh", currency: "EUR" });

  expect(lines(reading)).toHaveLength(4 * 49);
  // Berlin is two hours ahead of UTC until 01:00 UTC of 26 October, and one hour after that.
  expect(lines(reading)[1]).toEqual(["2025-10-24T22:15", "2025-10-24T22:30", 2]);
  expect(lines(reading).at(-1)).toEqual(["2025-10-26T22:45", "2025-10-26T23:00", 244]);
});

test.each([
  ["Prix HC (€/kWh)", "Prix HP (€/kWh)"],
  ["HT (Rp./kWh)", "NT (Rp./kWh)"],
  ["F1 (€/MWh)", "F2 (€/MWh)"],
  ["P1 (€/kWh)", "P2 (€/kWh)"],
  ["Dagtarief (€/kWh)", "Nachttarief (€/kWh)"],
])("“%s” beside each date holds in some hours only", (one, other) => {
  const reading = read([`Date,${one},${other}`, "2025-06-01,0.25,0.3", "2025-06-02,0.25,0.3"], UTC);

  expect(reading).toMatchObject({
    status: "refused",
    message: `“${one}” holds in some hours of the day only, and the file does not say in which. Choose a file with a price for each hour.`,
  });
});

test("of the prices of a day, those of peak hours are left out beside those of all hours", () => {
  const columns = read(["Date,Base EUR/MWh,Peak EUR/MWh", "2025-06-01,41,51", "2025-06-02,42,52"], UTC);
  const inRows = read(
    ["Date,Block,EUR/MWh", "2025-06-01,Base,41", "2025-06-01,Peak,51", "2025-06-02,Base,42", "2025-06-02,Peak,52"],
    UTC,
  );

  for (const reading of [columns, inRows]) {
    expect(reading.series.map(({ intervals }) => intervals.map(({ price }) => price))).toEqual([[41, 42]]);
    expect(reading.notes[0]).toContain("hold in some hours of the day only: Peak");
  }
});
