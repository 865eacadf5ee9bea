// Numbers and times as the reader's locale writes them; times in UTC unless the reader wants their own.

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type UnixMs } from "./units";

/** What stands for a value that is not known. */
export const NO_VALUE = "–";

type Clock = "utc" | "local";

/** Made when it is first used: to make all at the start would keep the page from asking for its numbers. */
const lazily = <Made>(make: () => Made) => {
  let made: Made | undefined;
  return () => (made ??= make());
};

const fixed = (decimals: number, options: Intl.NumberFormatOptions = {}) => {
  const format = lazily(
    () =>
      new Intl.NumberFormat(undefined, {
        minimumFractionDigits: decimals,
        maximumFractionDigits: decimals,
        ...options,
      }),
  );
  return (value: number) => format().format(value);
};

/** Whole numbers, such as satoshis and heights. */
export const whole = fixed(0);
/** Numbers with one, two or eight decimals. */
export const tenths = fixed(1);
export const cents = fixed(2);
export const satsAsBtc = (sat: number) => eight(sat / 1e8);
const eight = fixed(8);
/** Numbers with at most two decimals, such as those at an axis. */
export const upToCents = fixed(0, { maximumFractionDigits: 2 });
/** Numbers with the sign written out: what was gained, or lost. */
export const signedCents = fixed(2, { signDisplay: "exceptZero" });
export const signedWhole = fixed(0, { signDisplay: "exceptZero" });
/** Parts of a whole: 0.1 is 10.0 %. */
export const percent = fixed(1, { style: "percent" });
export const wholePercent = fixed(0, { style: "percent" });
/** Changes: 0.1 is +10.0 %. */
export const change = fixed(1, { style: "percent", signDisplay: "exceptZero" });
/** As many digits as a number has, such as those of a power price. */
export const plain = fixed(0, { maximumFractionDigits: 6, minimumFractionDigits: 0 });

/** A value as `text` writes it, and a dash where it is not known. */
export function orDash<Value>(value: Value | null | undefined, text: (value: Value) => string): string {
  return value === null || value === undefined ? NO_VALUE : text(value);
}

const zone = (clock: Clock) => (clock === "utc" ? { timeZone: "UTC" } : {});
const clockFormats = (options: Intl.DateTimeFormatOptions) => {
  const of = (clock: Clock) => lazily(() => new Intl.DateTimeFormat(undefined, { ...options, ...zone(clock) }));
  const formats = { utc: of("utc"), local: of("local") };
  return (time: UnixMs, clock: Clock) => formats[clock]().format(time);
};

/** A day. */
export const day = clockFormats({ year: "numeric", month: "short", day: "numeric" });
/** A day and a time of it, to the minute. */
export const minute = clockFormats({
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});
/** What to write beside times: whose they are. */
export const clockName = (clock: Clock) => (clock === "utc" ? "UTC" : "local time");

/** A length of time, in at most two units: "3 min 20 s". */
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
]);

/** Who said a price, as they write themselves. */
export function sourceName(source: string): string {
  return SOURCES.get(source) ?? source;
}
