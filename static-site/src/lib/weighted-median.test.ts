import { expect, test } from "vitest";
import { randomFrom } from "../testing";
import { weightedMedian } from "./weighted-median";

const medianOf = (...pairs: readonly (readonly [value: number, weight: number])[]) =>
  weightedMedian(
    Float64Array.from(pairs, ([value]) => value),
    Float64Array.from(pairs, ([, weight]) => weight),
  );

test("it is the value in the middle of all weight", () => {
  expect(medianOf([7, 1])).toBe(7);
  expect(medianOf([3, 1], [1, 1], [2, 1])).toBe(2);
  expect(medianOf([1, 10], [2, 1], [3, 1])).toBe(1);
  expect(medianOf([4, 1], [3, 1], [2, 1], [1, 1])).toBe(2); // Up to 2, there is half.
  expect(medianOf([5, 0], [9, 2], [9, 2], [1, 0])).toBe(9);
});

test("of nothing it is not a number", () => {
  expect(medianOf()).toBeNaN();
});

test.each([1, 2, 3])("a list in which each value is written once per weight has it in its middle (%i)", (seed) => {
  const random = randomFrom(seed);
  for (let round = 0; round < 300; round++) {
    const pairs = Array.from(
      { length: 1 + Math.floor(random() * 40) },
      () => [Math.floor(random() * 15) - 7, 1 + Math.floor(random() * 5)] as const,
    );
    const written = pairs.flatMap(([value, weight]) => Array<number>(weight).fill(value)).toSorted((a, b) => a - b);

    expect(medianOf(...pairs)).toBe(written[Math.ceil(written.length / 2) - 1]);
  }
});
