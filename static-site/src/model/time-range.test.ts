import { describe, expect, test } from "vitest";
import type { Series } from "./series";
import { isLastSoFar, lateStart, seriesPath, visibleRange } from "./time-range";
import type { UnixMs } from "./units";
import type { TimeRange, View } from "./view";

const at = (text: string) => Date.parse(text) as UnixMs;
const TIP = at("2025-11-22T00:00:00Z");
const FIELDS = "fields=usd_per_ph_day,sat_per_ph_day,price_usd,height,blocks";
const path = (range: View["range"], more: Partial<View> = {}, tip: UnixMs | null = TIP) =>
  seriesPath({ range, mean: 0, second: "none", chart: "revenue", embed: "", ...more }, tip);
const span = (from: string, to: string): TimeRange => ({ from: at(from), to: at(to) });
const series = (...time: readonly string[]) => ({ time: time.map(at) }) as unknown as Series;

test("tiles without a chart need no series", () => {
  expect(path("30d", { embed: "tiles" })).toBe(null);
  expect(path("30d", { embed: "chart" })).toBe(path("30d"));
});

test("a named range ends with the newest block, with points of the right interval", () => {
  expect(path("1d")).toBe(`/series?interval=block&${FIELDS}&from=2025-11-21T00:00:00Z`);
  expect(path("7d")).toBe(`/series?interval=block&${FIELDS}&from=2025-11-15T00:00:00Z`);
  expect(path("90d")).toBe(`/series?interval=day&${FIELDS}&from=2025-08-24T00:00:00Z`); // 22 + 31 + 30 + 7 days before
  // 365 days without a 29 February
  expect(path("1y")).toBe(`/series?interval=day&${FIELDS}&from=2024-11-22T00:00:00Z`);
});

test("the API's default range, all history and a chosen range need no newest block, the others do", () => {
  expect(path("30d", {}, null)).toBe(`/series?interval=hour&${FIELDS}`);
  expect(path("30d", {}, TIP)).toBe(path("30d", {}, null));
  expect(path("all", { mean: 30 }, null)).toBe(`/series?interval=day&${FIELDS}&from=0`);
  expect(path(span("2024-04-15T00:00:00Z", "2024-04-25T00:00:00Z"), {}, null)).not.toBeNull();
  for (const range of ["1d", "7d", "90d", "1y"] as const) expect(path(range, {}, null), range).toBeNull();
  expect(path("30d", { mean: 1 }, null)).toBeNull();
});

test("a moving average loads as many days more, in the same interval", () => {
  expect(path("1d", { mean: 30 })).toBe(`/series?interval=block&${FIELDS}&from=2025-10-22T00:00:00Z`); // 31 days before
  expect(path("30d", { mean: 7 })).toBe(`/series?interval=hour&${FIELDS}&from=2025-10-16T00:00:00Z`); // 37 days before
});

test("a chosen range is requested with 5 % more on each side", () => {
  const tenDays = span("2024-04-15T00:00:00Z", "2024-04-25T00:00:00Z"); // 5 % are 12 hours.

  expect(path(tenDays)).toBe(`/series?interval=hour&${FIELDS}&from=2024-04-14T12:00:00Z&to=2024-04-25T12:00:00Z`);
  expect(path(tenDays, { mean: 7 })).toBe(
    `/series?interval=hour&${FIELDS}&from=2024-04-07T12:00:00Z&to=2024-04-25T12:00:00Z`,
  );
});

test("a range at the limits of time is requested within the years that the API accepts", () => {
  const years = span("0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z");

  expect(path(years, { mean: 30 })).toBe(
    `/series?interval=day&${FIELDS}&from=0000-01-01T00:00:00Z&to=9999-12-31T23:59:59Z`,
  );
});

test("fee shares are requested only if they are shown", () => {
  expect(path("30d", { second: "fees" })).toBe(`/series?interval=hour&${FIELDS},fee_share`);
  expect(path("30d", { second: "hashprice" })).toBe(path("30d"));
});

test("each chart requests the fields that it needs, once", () => {
  expect(path("30d", { chart: "hashrate" })).toBe(`/series?interval=hour&${FIELDS},network_hashrate_hs`);
  expect(path("30d", { chart: "fees" })).toBe(`/series?interval=hour&${FIELDS},fees_sat`);
  expect(path("30d", { chart: "fees", second: "fees" })).toBe(`/series?interval=hour&${FIELDS},fees_sat,fee_share`);
  expect(path("30d", { chart: "blocktime" })).toBe(path("30d"));
});

test("a chosen range is visible as it is", () => {
  const tenDays = span("2024-04-15T00:00:00Z", "2024-04-25T00:00:00Z");

  expect(visibleRange(tenDays, series("2024-04-20T00:00:00Z"))).toEqual(tenDays);
});

test("a named range ends with the series; points loaded only for means are not visible", () => {
  const year = series("2025-01-01T00:00:00Z", "2025-11-22T12:00:00Z");

  expect(visibleRange("1d", year)).toEqual(span("2025-11-21T12:00:00Z", "2025-11-22T12:00:00Z"));
  expect(visibleRange("30d", year)).toEqual(span("2025-10-23T12:00:00Z", "2025-11-22T12:00:00Z"));
});

test("a named range starts with the series if the lake has no earlier blocks", () => {
  const days = series("2025-11-20T00:00:00Z", "2025-11-21T00:00:00Z", "2025-11-22T00:00:00Z");

  expect(visibleRange("1y", days)).toEqual(span("2025-11-20T00:00:00Z", "2025-11-22T00:00:00Z"));
  expect(visibleRange("all", days)).toEqual(span("2025-11-20T00:00:00Z", "2025-11-22T00:00:00Z"));
});

test("a series without points has a range of zero length", () => {
  expect(visibleRange("30d", series())).toEqual({ from: 0, to: 0 });
});

describe("the last point", () => {
  const days = { ...series("2025-11-21T00:00:00Z", "2025-11-22T00:00:00Z"), interval: "day" } as const;

  test("of a named range is still growing, unless it is a block", () => {
    expect(isLastSoFar("90d", days)).toBe(true);
    expect(isLastSoFar("1d", { ...days, interval: "block" })).toBe(false);
  });

  test("of a chosen range is still growing if the range goes on after it", () => {
    expect(isLastSoFar(span("2025-08-01T00:00:00Z", "2025-11-30T00:00:00Z"), days)).toBe(true);
    // 90 days and 4.5 more: up to 22 November, 12:00
    expect(isLastSoFar(span("2025-08-20T00:00:00Z", "2025-11-18T00:00:00Z"), days)).toBe(false);
  });
});

test("a named range says when the data start, if they start too late for it", () => {
  const days = { ...series("2025-08-11T00:00:00Z", "2025-11-22T00:00:00Z"), interval: "day" } as const; // 103 days

  expect(lateStart("1y", days)).toBe(at("2025-08-11T00:00:00Z"));
  expect(lateStart("all", days)).toBe(at("2025-08-11T00:00:00Z"));
  expect(lateStart("90d", days)).toBeNull();
  expect(lateStart(span("2024-01-01T00:00:00Z", "2025-11-22T00:00:00Z"), days)).toBeNull();
  expect(lateStart("1y", { ...series(), interval: "day" })).toBeNull();
});
