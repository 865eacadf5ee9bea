import { describe, expect, test } from "vitest";
import {
  blocksUntil,
  epochStart,
  HALVING_BLOCKS,
  type Mark,
  marksOf,
  nextRetarget,
  RETARGET_BLOCKS,
} from "./difficulty";
import { randomFrom } from "./testing";
import { DAY_MS, type UnixMs } from "./units";

const block = (height: number, seconds: number) => ({ height, time: (seconds * 1_000) as UnixMs });

test("difficulty changes at multiples of 2016", () => {
  expect(epochStart(0)).toBe(0);
  expect(epochStart(2_015)).toBe(0);
  expect(epochStart(2_016)).toBe(2_016);
  expect(epochStart(840_000)).toBe(838_656); // 416 x 2016: the fourth halving was in the middle of an epoch.
  expect(epochStart(840_672)).toBe(840_672); // 417 x 2016
});

test("from the first block of an epoch there are 2016 blocks to the next epoch, from the last one there is 1", () => {
  expect(blocksUntil(RETARGET_BLOCKS, 838_656)).toBe(2_016);
  expect(blocksUntil(RETARGET_BLOCKS, 840_000)).toBe(672); // 840 672 - 840 000
  expect(blocksUntil(RETARGET_BLOCKS, 840_671)).toBe(1);
});

test("the subsidy halves at 840 000 and 1 050 000", () => {
  expect(blocksUntil(HALVING_BLOCKS, 839_999)).toBe(1);
  expect(blocksUntil(HALVING_BLOCKS, 840_000)).toBe(210_000);
  expect(blocksUntil(HALVING_BLOCKS, 925_000)).toBe(125_000);
});

test("an epoch starts at a multiple of 2016 at or below each height, and the next one 2016 blocks later", () => {
  const random = randomFrom(11);
  for (let round = 0; round < 1_000; round++) {
    const height = Math.floor(random() * 2e6);
    const start = epochStart(height);
    expect(start % 2_016).toBe(0);
    expect(start <= height && height < start + 2_016).toBe(true);
    expect(height + blocksUntil(RETARGET_BLOCKS, height)).toBe(start + 2_016);
  }
});

// Heights, header times and targets of real blocks, from Bitcoin Core's src/test/pow_tests.cpp.
describe("at an epoch's last block the estimate equals Bitcoin's own change", () => {
  test("at 32 256 difficulty rose for the first time", () => {
    const retarget = nextRetarget(block(30_240, 1_261_130_161), block(32_255, 1_262_152_739));

    // Targets 0x1d00ffff and 0x1d00d86a: 65 535 / 55 402 = 1.18290.
    expect(retarget?.change).toBeCloseTo(0.1829, 4);
    expect(retarget?.blocksLeft).toBe(1);
    expect(retarget?.time).toBeCloseTo((1_262_152_739 + 507.483) * 1_000, -1); // 1 022 578 s / 2015 = 507.483 s later
  });

  test("at 68 544 it rose by the maximum", () => {
    // Targets 0x1c05a3f4 and 0x1c0168fd: 369 652 / 92 413 = 4.0000.
    expect(nextRetarget(block(66_528, 1_279_008_237), block(68_543, 1_279_297_671))?.change).toBe(3);
  });

  test("if an epoch takes five times as long, it falls by the maximum", () => {
    // Targets 0x1c387f6f and 0x1d00e1fd: 3 702 639 / (57 853 x 256) = 0.25000. The first time is
    // invented, per Core.
    expect(nextRetarget(block(44_352, 1_263_163_443), block(46_367, 1_269_211_443))?.change).toBe(-0.75);
  });
});

test("in the middle of an epoch, the estimate continues the pace so far", () => {
  const tip = block(838_656 + 1_008, 1_713_000_000); // 1008 blocks, 8 minutes each

  const retarget = nextRetarget(block(838_656, 1_713_000_000 - 1_008 * 480), tip);

  expect(retarget?.blocksLeft).toBe(1_008);
  expect(retarget?.time).toBe((1_713_000_000 + 1_008 * 480) * 1_000);
  expect(retarget?.change).toBeCloseTo(0.25062, 5); // 2016 x 600 s / (2015 x 480 s) - 1
});

test("at a constant pace the estimate is the same from the second block to the last, within a factor of four", () => {
  const random = randomFrom(13);
  for (let round = 0; round < 300; round++) {
    const pace = 30 + random() * 6_000;
    const done = 1 + Math.floor(random() * 2_015);

    const retarget = nextRetarget(block(840_672, 0), block(840_672 + done, done * pace));

    const factor = (2_016 * 600) / (2_015 * pace);
    expect(retarget?.change).toBeCloseTo(factor < 0.25 ? -0.75 : 4 < factor ? 3 : factor - 1, 9);
    expect((retarget?.time ?? 0) / 1_000).toBeCloseTo(2_016 * pace, 3);
  }
});

test("there is no estimate at an epoch's first block, nor for a tip whose header time is not later", () => {
  const first = block(840_672, 1_713_900_000);

  expect(nextRetarget(first, first)).toBeNull();
  expect(nextRetarget(first, block(840_673, 1_713_900_000))).toBeNull();
  expect(nextRetarget(first, block(840_673, 1_713_899_000))).toBeNull();
});

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
