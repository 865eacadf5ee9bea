// Formats numbers and times in the user's locale; times are in UTC unless the user chooses local
// time.

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type UnixMs } from "../model/units.ts";

/** Shown in place of a missing value. */
export const NO_VALUE = "–";

type Clock = "utc" | "local";

/**
 * Makes a value on first use: making all formatters at the start would delay the first requests.
 */
const lazily = <Made>(make: () => Made) => {
  let made: Made | undefined;
  return () => (made ??= make());
};

/** Numbers with this many decimals. */
export const fixed = (decimals: number, options: Intl.NumberFormatOptions = {}) => {
  const format = lazily(
    () =>
      new Intl.NumberFormat(undefined, {
        numberingSystem: "latn",
        minimumFractionDigits: decimals,
        maximumFractionDigits: decimals,
        ...options,
      }),
  );
  return (value: number) => format().format(value).replace("-", MINUS);
};

const MINUS = "\u2212"; // Screen readers read it as a minus, and it is as wide as a plus.

const allDigits = fixed(0);
const scientific = fixed(3, { notation: "scientific" });
const MAX_EXACT = 1e15; // Digits beyond the fifteenth are rounding errors.
/** Whole numbers, such as satoshis and heights. */
export const whole = (value: number) => (Math.abs(value) < MAX_EXACT ? allDigits : scientific)(value);
/** Numbers with one or two decimals, and satoshis as BTC with eight. */
export const tenths = fixed(1);
export const cents = fixed(2);
export const tenThousandths = fixed(4);
export const satsAsBtc = (sat: number) => eight(sat / 1e8);
const eight = fixed(8);
export const milliBtc = (sat: number) => thousandths(sat / 1e8);
export const thousandths = fixed(3);
/** Numbers with a + or -, for profit and loss. */
export const signedCents = fixed(2, { signDisplay: "exceptZero" });
export const signedWhole = fixed(0, { signDisplay: "exceptZero" });
/** Shares: 0.1 is 10.0 %. */
export const percent = fixed(1, { style: "percent" });
export const wholePercent = fixed(0, { style: "percent" });
/** Changes: 0.1 is +10.0 %. */
export const change = fixed(1, { style: "percent", signDisplay: "exceptZero" });
/** Numbers with as many decimals as they have, at most six. */
export const plain = fixed(0, { maximumFractionDigits: 6, minimumFractionDigits: 0 });

/** Formats a value with `text`; a dash if it is missing. */
export function orDash<Value>(value: Value | null | undefined, text: (value: Value) => string): string {
  return value === null || value === undefined ? NO_VALUE : text(value);
}

// UTC is read on a 24-hour clock, whatever the locale.
const zone = (clock: Clock) => (clock === "utc" ? ({ timeZone: "UTC", hourCycle: "h23" } as const) : {});
const clockFormats = (options: Intl.DateTimeFormatOptions) => {
  const of = (clock: Clock) =>
    lazily(() => new Intl.DateTimeFormat(undefined, { numberingSystem: "latn", ...options, ...zone(clock) }));
  const formats = { utc: of("utc"), local: of("local") };
  return (time: UnixMs, clock: Clock) => isolated(formats[clock]().format(time));
};

const RIGHT_TO_LEFT = /[\u0590-\u08ff]/; // Hebrew, Arabic and related scripts.
/** Keeps a time with a month's name that is written from right to left together within an English sentence. */
export const isolated = (text: string) => (RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text);

export const day = clockFormats({ year: "numeric", month: "short", day: "numeric" });
/** A day of this year. */
export const dayOfMonth = clockFormats({ month: "short", day: "numeric" });
const monthInUtc = clockFormats({ year: "numeric", month: "long" });
export const monthName = (time: UnixMs) => monthInUtc(time, "utc");
export const monthOf = clockFormats({ year: "numeric", month: "short" });
/** A month that is written as `YYYY-MM`, with or without a day. */
export const month = (date: string) => monthOf(Date.parse(date.slice(0, 7)) as UnixMs, "utc");
/** A day and time, to the minute. */
export const minute = clockFormats({
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});
/** A minute of this year. */
export const recentMinute = clockFormats({ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
const zoneParts = lazily(() => new Intl.DateTimeFormat(undefined, { timeZoneName: "short" }));
/** The zone of a time on this clock, such as UTC or EST: in autumn the same hour comes in two zones. */
export const zoneName = (time: UnixMs, clock: Clock): string =>
  clock === "utc"
    ? "UTC"
    : (zoneParts()
        .formatToParts(time)
        .find(({ type }) => type === "timeZoneName")?.value ?? "");

export type TimeRangeFormat = {
  readonly time: (time: UnixMs) => string;
  /** "Oct 26, 2025, 00:00 – 01:00 GMT+2"; without a name if the zone has a fixed offset. */
  readonly range: (from: UnixMs, to: UnixMs) => string;
};

/**
 * Formats times by the clock of a time zone, with the zone's short name. `offset` is that of a zone
 * of a fixed offset, in milliseconds.
 */
export function timesIn(zone: string, offset: number | null): TimeRangeFormat {
  const format = new Intl.DateTimeFormat(undefined, {
    numberingSystem: "latn",
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(offset === null ? { timeZone: zone, timeZoneName: "short" } : { timeZone: "UTC" }),
  });
  const shift = offset ?? 0;
  return {
    time: (time) => isolated(format.format(time + shift)) + (offset === null ? "" : ` ${zone}`),
    range: (from, to) => isolated(format.formatRange(from + shift, to + shift)),
  };
}

/** Formats a day by the clock of a time zone; `offset` as in `timeIn`. */
export function dayIn(zone: string, offset: number | null): (time: UnixMs) => string {
  const timeZone = offset === null ? zone : "UTC";
  const format = new Intl.DateTimeFormat(undefined, {
    numberingSystem: "latn",
    year: "numeric",
    month: "short",
    day: "numeric",
    timeZone,
  });
  return (time) => isolated(format.format(time + (offset ?? 0)));
}

/** Which clock times are of, to show beside them. */
export const clockName = (clock: Clock) => (clock === "utc" ? "UTC" : "local time");

/** A duration in at most two units: "3 min 20 s". */
export function duration(ms: number): string {
  const [days, hours, minutes, seconds] = [
    ms / DAY_MS,
    (ms % DAY_MS) / HOUR_MS,
    (ms % HOUR_MS) / MINUTE_MS,
    (ms % MINUTE_MS) / SECOND_MS,
  ].map(Math.floor) as [number, number, number, number];
  if (days >= 2) return `${whole(days)} days`;
  if (days >= 1 || hours >= 1) return `${days * 24 + hours} h ${minutes} min`;
  return minutes >= 1 ? `${minutes} min ${seconds} s` : `${seconds} s`;
}

const SOURCES: ReadonlyMap<string, string> = new Map([
  ["coingecko", "CoinGecko"],
  ["bitstamp", "Bitstamp"],
  ["cryptocompare (recorded)", "CryptoCompare"], // The demo's.
]);

/** A price source, as it writes its own name. */
export function sourceName(source: string): string {
  return SOURCES.get(source) ?? source;
}
