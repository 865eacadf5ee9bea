import { describe, expect, test } from "vitest";
import { readAnswered } from "./testing";

describe("large files", () => {
  const day = (at: number): string => new Date(Date.UTC(2024, 0, 1) + at * 86_400_000).toISOString().slice(0, 10);

  test("a year of ERCOT's quarter-hours at ten places is read completely", () => {
    const rows = [
      "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag",
    ];
    for (let at = 0; at < 365; at += 1) {
      const [year, month, date] = day(at).split("-");
      for (let hour = 1; hour <= 24; hour += 1) {
        if (month === "03" && date === "10" && hour === 3) continue;
        for (let quarter = 1; quarter <= 4; quarter += 1) {
          for (let place = 0; place < 10; place += 1)
            rows.push(`${month}/${date}/${year},${hour},${quarter},HB_${place},HU,${hour}.25,N`);
        }
      }
    }
    const file = readAnswered(rows.join("\n"));

    // 365 days in quarters, less the hour skipped in spring. The hour repeated in autumn is in the
    // file only once, so that one of its passes is missing at each place.
    expect(file.series.map(({ intervals }) => intervals.length)).toEqual(
      Array.from({ length: 10 }, () => (365 * 24 - 1) * 4),
    );
    expect(file.notes).toEqual(["10 hours are missing, over all series (10 gaps, the first from 2024-11-03 01:00)"]);
  });

  test("a year of 5-minute prices is sorted, without overlap, and complete", () => {
    const rows = Array.from({ length: 105_120 }, (_, at) => `${1_704_067_200 + at * 300},${at % 100}`);
    const [series] = readAnswered(`time,price\n${rows.join("\n")}`).series;
    const intervals = series?.intervals ?? [];

    expect(intervals).toHaveLength(105_120);
    expect(
      intervals.every(
        ({ start, end }, at) => end - start === 300_000 && (at === 0 || intervals[at - 1]?.end === start),
      ),
    ).toBe(true);
  });
});
