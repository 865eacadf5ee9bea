import { expect, test } from "vitest";

import { nextChangesSentence } from "./chart-sentences";

const adjustment = { blocksLeft: 500, date: null, change: null, low: null, high: null };

test("a change without a forecast has no date", () => {
  expect(nextChangesSentence({ adjustment, halving: { blocksLeft: 118_481, date: null } })).toBe(
    "Next difficulty adjustment in 500 blocks. Next halving in 118,481 blocks.",
  );
  expect(nextChangesSentence({ adjustment: null, halving: { blocksLeft: 1, date: "Apr 10, 2028" } })).toBe(
    "Next halving in 1 blocks (~Apr 10, 2028).",
  );
});
