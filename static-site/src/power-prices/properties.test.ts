// Properties that hold for any file: what is written in a known layout is read back exactly, and
// what is no price is never read as one.

import fc from "fast-check";
import { expect, test } from "vitest";

import { readText } from "./read-power-prices";
import type { Choices } from "./reading";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Interval = { readonly start: number; readonly end: number; readonly price: number };

/** A local time, as the platform's calendar has it. */
type Local = { readonly wall: number; readonly offset: number };

function localClock(zone: string): (instant: number) => Local {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const known = new Map<number, Local>();
  return (instant) => {
    let local = known.get(instant);
    if (local === undefined) {
      const wall = Date.parse(`${format.format(instant).replace(" ", "T")}Z`);
      local = { wall, offset: wall - instant };
      known.set(instant, local);
    }
    return local;
  };
}

/** Zones with the days on which their clocks change, and one without such days. */
const ZONES = {
  "America/Chicago": ["2024-03-10", "2024-11-03"],
  "Europe/Berlin": ["2025-03-30", "2025-10-26"],
  "Australia/Sydney": ["2024-04-07", "2024-10-06"],
  "Asia/Tokyo": ["2024-05-01"],
} as const;
type Zone = keyof typeof ZONES;

const CLOCKS = new Map((Object.keys(ZONES) as Zone[]).map((zone) => [zone, localClock(zone)]));

/** Whole local days of a zone in equal steps. */
const anySeries = fc
  .record({
    zone: fc.constantFrom(...(Object.keys(ZONES) as Zone[])),
    pick: fc.nat(1),
    before: fc.nat(3),
    days: fc.integer({ min: 1, max: 4 }),
    minutes: fc.constantFrom(60, 30, 15),
    cents: fc.array(fc.integer({ min: -50_000, max: 500_000 }), { minLength: 500, maxLength: 500 }),
  })
  .map(({ zone, pick, before, days, minutes, cents }) => {
    const local = CLOCKS.get(zone) ?? localClock(zone);
    const changes = ZONES[zone];
    const first = Date.parse(`${changes[pick % changes.length]}T00:00Z`) - before * DAY;
    const midnight = (wall: number): number => {
      const guess = wall - local(wall - 12 * HOUR).offset;
      return guess - (local(guess).wall - wall);
    };
    const [from, to] = [midnight(first), midnight(first + days * DAY)];
    const step = minutes * MINUTE;
    const intervals: Interval[] = Array.from({ length: (to - from) / step }, (_, at) => ({
      start: from + at * step,
      end: from + (at + 1) * step,
      price: (cents[at] ?? 0) / 100,
    }));
    return { zone, local, step, intervals };
  });
type Series = typeof anySeries extends fc.Arbitrary<infer Value> ? Value : never;

const anyStyle = fc.record({
  comma: fc.boolean(),
  perKwh: fc.boolean(),
  date: fc.constantFrom("iso", "german", "british", "american"),
  backwards: fc.boolean(),
  places: fc.constantFrom("one", "rows", "columns"),
  seconds: fc.boolean(),
});
type Style = typeof anyStyle extends fc.Arbitrary<infer Value> ? Value : never;

const two = (value: number): string => String(value).padStart(2, "0");

function dateText(wall: number, { date }: Style): string {
  const iso = new Date(wall).toISOString();
  const [year, month, day] = [iso.slice(0, 4), iso.slice(5, 7), iso.slice(8, 10)];
  if (date === "iso") return `${year}-${month}-${day}`;
  if (date === "german") return `${day}.${month}.${year}`;
  return date === "british" ? `${day}/${month}/${year}` : `${month}/${day}/${year}`;
}

const clockText = (wall: number, { seconds }: Style): string =>
  new Date(wall).toISOString().slice(11, seconds ? 19 : 16);
const dayOf = (wall: number): number => Math.floor(wall / DAY) * DAY;

/** The cells of an interval's time, and their headers. */
type Layout = {
  readonly headers: (zone: string) => readonly string[];
  readonly cells: (interval: Interval, series: Series, style: Style, isSecondPass: boolean) => readonly string[];
};

const LAYOUTS: Readonly<Record<string, Layout>> = {
  "starts with an offset": {
    headers: () => ["Start"],
    cells: ({ start }, { local }) => {
      const { wall, offset } = local(start);
      const ahead = Math.abs(offset);
      const sign = offset < 0 ? "-" : "+";
      return [
        `${new Date(wall).toISOString().slice(0, 19)}${sign}${two(ahead / HOUR)}:${two((ahead % HOUR) / MINUTE)}`,
      ];
    },
  },
  "local starts": {
    headers: () => ["Start time"],
    cells: ({ start }, { local }, style) => {
      const { wall } = local(start);
      return [`${dateText(wall, style)} ${clockText(wall, style)}`];
    },
  },
  "local ends": {
    headers: () => ["Interval end"],
    cells: ({ end }, { local }, style) => {
      const { wall } = local(end);
      return [`${dateText(wall, style)} ${clockText(wall, style)}`];
    },
  },
  "starts and ends": {
    headers: () => ["Von", "Bis"],
    cells: ({ start, end }, { local }, style) =>
      [start, end].map((time) => `${dateText(local(time).wall, style)} ${clockText(local(time).wall, style)}`),
  },
  "ranges in one cell": {
    headers: () => ["Period"],
    cells: ({ start, end }, { local }, style) => {
      const [from, to] = [start, end].map(
        (time) => `${dateText(local(time).wall, style)} ${clockText(local(time).wall, style)}`,
      );
      return [`${from} - ${to}`];
    },
  },
  "date and clock": {
    headers: () => ["Date", "Time"],
    cells: ({ start }, { local }, style) => {
      const { wall } = local(start);
      return [dateText(wall, style), clockText(wall, style)];
    },
  },
  "date and a number that counts the periods that passed": {
    headers: () => ["Date", "Period"],
    cells: ({ start }, { local, step, intervals }, style) => {
      const day = dayOf(local(start).wall);
      const first = intervals.find((other) => dayOf(local(other.start).wall) === day);
      return [dateText(day, style), String((start - (first?.start ?? 0)) / step + 1)];
    },
  },
  "date, hour ending and a flag of the second pass": {
    headers: () => ["Delivery day", "Hour Ending", "Quarter", "Repeated Hour Flag"],
    cells: ({ start }, { local, step }, style, isSecondPass) => {
      const { wall } = local(start);
      const hour = Math.floor((wall - dayOf(wall)) / HOUR);
      const part = Math.floor((wall % HOUR) / step);
      return [dateText(wall, style), two(hour + 1), String(part + 1), isSecondPass ? "Y" : "N"];
    },
  },
};

/** A file, and for each place what must be read. */
function write(
  name: string,
  series: Series,
  style: Style,
): { text: string; expected: readonly (readonly Interval[])[] } {
  const layout = LAYOUTS[name];
  if (layout === undefined) throw new Error(`there is no layout ${name}`);
  const { intervals, local } = series;
  const delimiter = style.comma ? ";" : ",";
  const unit = style.perKwh ? "EUR/kWh" : "EUR/MWh";
  const places = style.places === "one" ? [0] : [0, 100];
  const priceText = (price: number): string => {
    const text = style.perKwh ? (price / 1_000).toFixed(5) : price.toFixed(2);
    return style.comma ? text.replace(".", ",") : text;
  };
  const isColumns = style.places === "columns";
  const headers = [
    ...layout.headers(series.zone),
    ...(style.places === "rows" ? ["Hub"] : []),
    ...(isColumns ? places.map((place) => `Hub ${place} (${unit})`) : [`Price (${unit})`]),
  ];
  const seen = new Set<number>();
  const rows = intervals.flatMap((interval) => {
    const { wall } = local(interval.start);
    const isSecondPass = seen.has(wall);
    seen.add(wall);
    const time = layout.cells(interval, series, style, isSecondPass);
    if (isColumns) return [[...time, ...places.map((place) => priceText(interval.price + place))]];
    return places.map((place) => [
      ...time,
      ...(style.places === "rows" ? [`HUB_${place}`] : []),
      priceText(interval.price + place),
    ]);
  });
  const ordered = style.backwards ? rows.toReversed() : rows;
  return {
    text: [headers, ...ordered].map((cells) => cells.join(delimiter)).join("\n"),
    expected: places.map((place) => intervals.map((interval) => ({ ...interval, price: interval.price + place }))),
  };
}

test.each(Object.keys(LAYOUTS))("a random series written as %s is read back exactly", (name) => {
  fc.assert(
    fc.property(anySeries, anyStyle, (series, style) => {
      const { text, expected } = write(name, series, style);
      const order = style.date === "american" ? "month first" : "day first";
      const wanted: Choices = { zone: series.zone, order };
      const asked = readText(text).asks.map(({ key }) => key);
      const answers = Object.fromEntries(Object.entries(wanted).filter(([key]) => asked.some((one) => one === key)));
      const reading = readText(text, "", answers);

      expect(reading.status === "read" ? "read" : reading.message, text).toBe("read");
      expect(reading.currency).toBe("EUR");
      const byFirst = reading.series.toSorted((a, b) => (a.intervals[0]?.price ?? 0) - (b.intervals[0]?.price ?? 0));
      byFirst.forEach(({ intervals }, at) => {
        expect(linesOf(intervals), text).toEqual(linesOf(expected[at] ?? []));
      });
      expect(byFirst).toHaveLength(expected.length);
    }),
    { numRuns: 60, seed: 15 },
  );
});

const linesOf = (intervals: readonly Interval[]): string[] =>
  intervals.map(
    ({ start, end, price }) => `${new Date(start).toISOString()} ${(end - start) / MINUTE} ${price.toFixed(2)}`,
  );

test("a column of ids, counters, hours or other units never gives a price", () => {
  const header = fc.constantFrom(
    "id",
    "node_id",
    "PTID",
    "pnode_id",
    "Location ID",
    "version",
    "OPR_HR",
    "POS",
    "GROUP",
    "row number",
    "Gas ($/MMBtu)",
    "Capacity (EUR/kW)",
    "Load (MW)",
    "Volume MWh",
    "Temperature",
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(header, { minLength: 1, maxLength: 5 }),
      fc.array(fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 5, maxLength: 5 }), {
        minLength: 2,
        maxLength: 30,
      }),
      (headers, numbers) => {
        const rows = numbers.map((row, at) => {
          const time = new Date(Date.UTC(2024, 0, 1) + at * HOUR).toISOString();
          return [time, ...headers.map((_, column) => row[column])].join(",");
        });
        const reading = readText([["time", ...headers].join(","), ...rows].join("\n"));

        expect(reading.series).toEqual([]);
        expect(reading.choices.price.value ?? "").toBe("");
      },
    ),
    { numRuns: 300, seed: 16 },
  );
});

test("any text gives a reading, questions or a refusal", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ",",
      ";",
      "\t",
      "\n",
      '"',
      " - ",
      "time",
      "price",
      "EUR/MWh",
      "Hour 3A",
      "hour",
      "24:00",
      "2024-01-01",
      "01/02/2024",
      " 00:00",
    ),
    fc.string({ maxLength: 6 }),
    fc.integer().map(String),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 80 }), (pieces) => {
      const { status, message, asks, series } = readText(pieces.join(""));

      expect(message).not.toBe("");
      expect(asks.length > 0).toBe(status === "asks");
      expect(series.length > 0).toBe(status === "read");
    }),
    { numRuns: 3_000, seed: 17 },
  );
});
