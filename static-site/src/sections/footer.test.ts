import { expect, test } from "vitest";
import { missingBlocks } from "./footer";

const contents = (first_height: number, blocks: number, tip: number) => ({
  lake: { first_height, blocks, months: [] },
  tip: { height: tip, hash: "", time: "", median_time: "", age_seconds: 0 },
});

test("blocks are missing if there are fewer than from the first to the latest height", () => {
  expect(missingBlocks(contents(100, 11, 110))).toBe(0); // 100 to 110
  expect(missingBlocks(contents(100, 8, 110))).toBe(3);
  expect(missingBlocks(contents(100, 1, 100))).toBe(0);
});
