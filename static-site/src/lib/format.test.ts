import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { UnixMs } from "../model/units";
import { randomFrom, readAs } from "../testing";

type Format = typeof import("./format");

/** Loads the module as in a browser with this locale and time zone. */
async function formatFor(locale: string, timeZone: string): Promise<Format> {
  readAs(locale, timeZone);
  vi.resetModules();
  return import("./format");
}

const at = (text: string) => Date.parse(text) as UnixMs;
// Locales use various non-breaking spaces.
const spaced = (text: string) => text.replace(/\s/g, " ");

describe("in British English, in India", () => {
  let format: Format;
  beforeAll(async () => {
    format = await formatFor("en-GB", "Asia/Kolkata"); // UTC+5:30
  });
  afterAll(() => void vi.unstubAllGlobals());

  test("numbers have as many decimals as their formatter says", () => {
    expect(format.whole(840_000)).toBe("840,000");
    expect(format.whole(175_740.56983)).toBe("175,741");
    expect(format.tenths(17.46)).toBe("17.5");
    expect(format.tenths(15)).toBe("15.0");
    expect(format.cents(148.87687)).toBe("148.88");
    expect(format.cents(-1_234.5)).toBe("−1,234.50");
  });

  test("satoshis as bitcoins have eight decimals", () => {
    expect(format.satsAsBtc(312_500_000)).toBe("3.12500000");
    expect(format.satsAsBtc(1)).toBe("0.00000001");
    // All bitcoins that will ever exist.
    expect(format.satsAsBtc(2_099_999_997_690_000)).toBe("20,999,999.97690000");
  });

  test("gains and losses have a sign, zero has none", () => {
    expect([48, -48, 0].map(format.signedCents)).toEqual(["+48.00", "−48.00", "0.00"]);
    expect([0.001, -0.001].map(format.signedCents)).toEqual(["0.00", "0.00"]);
    expect([1_500.4, -1_500.4, 0.4].map(format.signedWhole)).toEqual(["+1,500", "−1,500", "0"]);
  });

  test("shares and changes are in per cent", () => {
    expect([0.1, 0.92331, 1].map(format.percent)).toEqual(["10.0%", "92.3%", "100.0%"]);
    expect(format.wholePercent(0.666)).toBe("67%");
    expect([0.1, -0.056, 0].map(format.change)).toEqual(["+10.0%", "−5.6%", "0.0%"]);
  });

  test("a power price has as many decimals as it needs", () => {
    expect([50, 50.5, 0.000001, -12.25, 1_234].map(format.plain)).toEqual([
      "50",
      "50.5",
      "0.000001",
      "−12.25",
      "1,234",
    ]);
  });

  test("numbers beyond fifteen digits show only digits that are known", () => {
    expect(format.whole(999_999_999_999_999)).toBe("999,999,999,999,999");
    expect(format.whole(7.2345678901e18)).toBe("7.235E18");
  });

  test("bitcoins of a block have three decimals", () => {
    expect(format.milliBtc(318_347_583)).toBe("3.183");
  });

  test("a release is a month, with or without a day", () => {
    expect([format.month("2026-05"), format.month("2026-05-01")]).toEqual(["May 2026", "May 2026"]);
    expect(format.monthName(at("2025-11-30T23:59:59Z"))).toBe("November 2025");
  });

  test("days and times follow the chosen clock", () => {
    const halving = at("2024-04-20T00:09:27Z");

    expect(format.minute(halving, "utc")).toBe("20 Apr 2024, 00:09");
    expect(format.minute(halving, "local")).toBe("20 Apr 2024, 05:39");
    expect(format.day(at("2024-04-19T18:29:59Z"), "local")).toBe("19 Apr 2024");
    expect(format.day(at("2024-04-19T18:30:00Z"), "local")).toBe("20 Apr 2024");
    expect(format.day(at("2024-04-19T18:30:00Z"), "utc")).toBe("19 Apr 2024");
  });

  test("the clock is named beside times", () => {
    expect(format.zoneName(at("2024-04-20T00:09:27Z"), "utc")).toBe("UTC");
    expect(format.zoneName(at("2024-04-20T00:09:27Z"), "local")).toBe("GMT+5:30");
    expect(format.clockName("utc")).toBe("UTC");
    expect(format.clockName("local")).toBe("local time");
  });

  test.each([
    [0, "0 s"],
    [999, "0 s"],
    [59_999, "59 s"],
    [60_000, "1 min 0 s"],
    [200_000, "3 min 20 s"],
    [3_599_999, "59 min 59 s"],
    [3_600_000, "1 h 0 min"],
    [86_399_999, "23 h 59 min"],
    [86_400_000, "24 h 0 min"],
    [172_799_999, "47 h 59 min"],
    [172_800_000, "2 days"],
    [31_536_000_000, "365 days"],
    [100_000_000_000, "1,157 days"], // 1e8 s / 86 400
  ])("%i ms are %s", (ms, words) => {
    expect(format.duration(ms)).toBe(words);
  });

  test("a duration is rounded down to its last unit", () => {
    const units: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000, days: 86_400_000 };
    const random = randomFrom(17);
    for (let round = 0; round < 1_000; round++) {
      const ms = Math.floor(10 ** (random() * 11));
      const words = format
        .duration(ms)
        .replaceAll(",", "")
        .matchAll(/(\d+) (\w+)/g);
      const parts = [...words].map(([, count, unit]) => ({ count: Number(count), unit: units[unit ?? ""] ?? NaN }));
      const said = parts.reduce((sum, { count, unit }) => sum + count * unit, 0);
      expect(said <= ms && ms < said + (parts.at(-1)?.unit ?? NaN), format.duration(ms)).toBe(true);
    }
  });

  test("a missing value is a dash, and zero is zero", () => {
    expect(format.orDash(null, String)).toBe(format.NO_VALUE);
    expect(format.orDash(undefined, String)).toBe("–");
    expect(format.orDash(0, format.cents)).toBe("0.00");
    expect(format.orDash("", (text) => `[${text}]`)).toBe("[]");
  });

  test("a known source has its own spelling, an unknown one that of the API", () => {
    expect(format.sourceName("coingecko")).toBe("CoinGecko");
    expect(format.sourceName("bitstamp")).toBe("Bitstamp");
    expect(format.sourceName("a test")).toBe("a test");
    expect(format.sourceName("constructor")).toBe("constructor");
  });
});

describe("in German, in New York", () => {
  let format: Format;
  beforeAll(async () => {
    format = await formatFor("de-DE", "America/New_York");
  });
  afterAll(() => void vi.unstubAllGlobals());

  test("numbers and times are in German format, at New York's time", () => {
    expect(format.cents(1_234.5)).toBe("1.234,50");
    expect(spaced(format.change(0.1))).toBe("+10,0 %");
    expect(format.duration(100_000_000_000)).toBe("1.157 days");
    expect(format.minute(at("2024-04-20T00:09:27Z"), "utc")).toBe("20. Apr. 2024, 00:09");
    expect(format.minute(at("2024-04-20T00:09:27Z"), "local")).toBe("19. Apr. 2024, 20:09"); // UTC-4 in summer
    expect(format.minute(at("2024-01-20T00:09:27Z"), "local")).toBe("19. Jan. 2024, 19:09"); // UTC-5 in winter
  });
});

describe("in American English, in New York", () => {
  let format: Format;
  beforeAll(async () => {
    format = await formatFor("en-US", "America/New_York");
  });
  afterAll(() => void vi.unstubAllGlobals());

  test("UTC has a 24-hour clock, local time the locale's", () => {
    expect(format.minute(at("2025-11-22T22:55:19Z"), "utc")).toBe("Nov 22, 2025, 22:55");
    expect(format.minute(at("2025-11-22T00:05:00Z"), "utc")).toBe("Nov 22, 2025, 00:05");
    expect(spaced(format.minute(at("2025-11-22T22:55:19Z"), "local"))).toBe("Nov 22, 2025, 05:55 PM"); // UTC-5
  });

  test("the two passes of the hour before winter time differ by their zone", () => {
    const [first, second] = [at("2025-11-02T05:30:00Z"), at("2025-11-02T06:30:00Z")];

    expect(format.minute(first, "local")).toBe(format.minute(second, "local"));
    expect([first, second].map((time) => format.zoneName(time, "local"))).toEqual(["EDT", "EST"]);
  });
});

describe("in Egyptian Arabic", () => {
  let format: Format;
  beforeAll(async () => {
    format = await formatFor("ar-EG", "Africa/Cairo");
  });
  afterAll(() => void vi.unstubAllGlobals());

  test("digits are Latin, as in the texts around them", () => {
    expect(format.whole(840_000)).toMatch(/^840.000$/);
    expect(format.minute(at("2024-04-20T00:09:27Z"), "utc")).toMatch(/20.*2024/);
  });

  test("times keep their order within an English sentence", () => {
    // Between "first strong isolate" and "pop directional isolate".
    expect(format.month("2024-04")).toBe("\u2068أبريل 2024\u2069");
  });
});
