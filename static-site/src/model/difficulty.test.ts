import { describe, expect, test } from "vitest";
import { randomFrom } from "../testing";
import { type Mark, marksOf } from "./difficulty";
import { DAY_MS, type UnixMs } from "./units";

describe("marks", () => {
  const time = (...days: readonly number[]) => days.map((day) => (day * DAY_MS) as UnixMs);

  test("the fourth halving and the retarget after it are on the days of blocks 840 000 and 840 672", () => {
    const height = [839_900, 840_043, 840_187, 840_331, 840_600, 840_700];

    const marks = marksOf({ time: time(1, 2, 3, 4, 5, 6), height, blocks: [144, 143, 144, 144, 269, 100] });

    expect(marks).toEqual([
      { kind: "halving", height: 840_000, time: 2 * DAY_MS },
      { kind: "retarget", height: 840_672, time: 6 * DAY_MS },
    ]);
  });

  test("a single block is marked by its height, also at either end of a point", () => {
    const heights = [209_999, 210_000, 210_001, 838_655, 838_656, 838_657];
    const marks = marksOf({ time: time(1, 2, 3, 4, 5, 6), height: heights, blocks: Array(6).fill(1) });
    expect(marks.map(({ height }) => height)).toEqual([210_000, 838_656]);

    expect(marksOf({ time: time(1), height: [2_016], blocks: [2_016] })).toHaveLength(1); // 1 to 2016
    expect(marksOf({ time: time(1), height: [4_031], blocks: [2_016] })).toHaveLength(1); // 2016 to 4031
    expect(marksOf({ time: time(1), height: [4_031], blocks: [2_015] })).toHaveLength(0); // 2017 to 4031
  });

  test("the genesis block is no mark", () => {
    expect(marksOf({ time: time(1, 2), height: [0, 100], blocks: [1, 100] })).toEqual([]);
  });

  test.each([1, 2, 3])("marks are where counting heights one by one finds them (%i)", (seed) => {
    const random = randomFrom(seed);
    const blocks = Array.from({ length: 3_000 }, () => 1 + Math.floor(random() * 180));
    let last = Math.floor(random() * 300_000);
    const height = blocks.map((count) => (last += count));
    const times = time(...height.keys());

    const marks = marksOf({ time: times, height, blocks });

    const expected: Mark[] = [];
    height.forEach((last, at) => {
      for (let one = last - (blocks[at] ?? 0) + 1; one <= last; one++) {
        if (one % 210_000 === 0) expected.push({ kind: "halving", height: one, time: (at * DAY_MS) as UnixMs });
        else if (one % 2_016 === 0) expected.push({ kind: "retarget", height: one, time: (at * DAY_MS) as UnixMs });
      }
    });
    expect(expected.length).toBeGreaterThan(100);
    // Below 1 260 000, halvings and retargets are at least 336 blocks apart, so no point has two.
    expect(marks).toEqual(expected);
  });
});
