import { describe, expect, test } from "vitest";
import { freeBox, indexAfter, nameBox, placeFlags } from "./label-places";

describe("a box that no line crosses", () => {
  const time = [0, 10, 20, 30, 40];
  const low = { from: 5, to: 15, low: 0, high: 10 };

  test("is the first one without a point or a part of a line inside", () => {
    const high = { ...low, low: 90, high: 100 };

    expect(freeBox([low, high], time, [[5, 5, 5, 5, 5]])).toBe(high);
    expect(freeBox([low, high], time, [[50, 50, 50, 50, 50]])).toBe(low);
    expect(
      freeBox([low], time, [
        [5, 5, 5, 5, 5],
        [50, 50, 50, 50, 50],
      ]),
    ).toBeNull();
  });

  test("is not one that a line passes between two points", () => {
    const between = { from: 12, to: 18, low: 40, high: 60 };

    expect(freeBox([between], time, [[0, 0, 100, 100, 100]])).toBeNull();
    expect(freeBox([between], time, [[0, 0, null, 100, 100]])).toBe(between);
    expect(freeBox([between], time, [[0, 100, 100, 0, 0]])).toBe(between);
  });
});

test("the name of a line is beside it, if need be over others, and never over the line itself", () => {
  const time = [0, 10, 20, 30, 40];
  const [above, below] = [
    { from: 5, to: 35, low: 51, high: 60 },
    { from: 5, to: 35, low: 40, high: 49 },
  ];
  const [steady, jagged, near] = [
    [50, 50, 50, 50, 50],
    [50, 0, 100, 0, 100],
    [55, 55, 55, 55, 55],
  ];

  expect(nameBox([above, below], time, steady, [near])).toBe(below);
  expect(nameBox([above], time, steady, [near])).toBe(above);
  expect(nameBox([above, below], time, jagged, [near])).toBeNull();
});

test("the first later time is found", () => {
  expect([-1, 0, 5, 10, 39, 40].map((from) => indexAfter([0, 10, 20, 30, 40], from))).toEqual([0, 1, 1, 2, 4, 5]);
});

describe("texts beside vertical lines", () => {
  test("are right of them, and left of the last one at the edge", () => {
    expect(
      placeFlags(
        [
          { x: 10, width: 50 },
          { x: 170, width: 50 },
        ],
        200,
        4,
        2,
      ),
    ).toEqual([
      { left: 14, row: 0 },
      { left: 116, row: 0 },
    ]);
  });

  test("that do not fit beside one another go into the next row, or are left out", () => {
    const flags = [0, 20, 40, 80].map((x) => ({ x, width: 60 }));

    // The first ends at 64: 24 and 44 are too early, 84 is not. The second ends at 84 in its row.
    expect(placeFlags(flags, 500, 4, 2)).toEqual([
      { left: 4, row: 0 },
      { left: 24, row: 1 },
      null,
      { left: 84, row: 0 },
    ]);
  });
});
