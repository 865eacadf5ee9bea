import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readAs } from "../testing";

type Axes = typeof import("./axes");
let axes: Axes;

beforeEach(async () => {
  readAs("en-US", "UTC");
  vi.resetModules();
  axes = await import("./axes");
});
afterEach(() => void vi.unstubAllGlobals());

const spaced = (texts: readonly string[]) => texts.map((text) => text.replaceAll("\u00a0", " "));

describe("labels of equal steps", () => {
  test.each([
    [
      [0, 50, 100, 150],
      ["0", "50", "100", "150"],
    ],
    [
      [0, 0.5, 1],
      ["0.0", "0.5", "1.0"],
    ],
    [
      [1, 1.25, 1.5],
      ["1.00", "1.25", "1.50"],
    ],
    [
      [8_000, 9_000, 10_000],
      ["8 k", "9 k", "10 k"],
    ],
    [
      [0, 2_500, 5_000],
      ["0", "2,500", "5,000"],
    ],
    [
      [0, 5_000_000, 14_000_000],
      ["0", "5 M", "14 M"],
    ],
    [
      [600_000, 800_000, 1_000_000, 1_200_000],
      ["0.6 M", "0.8 M", "1.0 M", "1.2 M"],
    ],
    [
      [-20_000, -10_000, 0],
      ["−20 k", "−10 k", "0"],
    ],
    [
      [150e12, 152.5e12, 155e12],
      ["150.0 T", "152.5 T", "155.0 T"],
    ],
    [
      [1.02e21, 1.04e21],
      ["1,020 E", "1,040 E"],
    ],
    [[50], ["50"]],
    [[], []],
  ])("%j", (ticks, labels) => {
    expect(spaced(axes.linearLabels(ticks))).toEqual(labels);
  });

  test("shares have the decimals of their step", () => {
    expect(axes.percentLabels([0.0075, 0.01, 0.0125])).toEqual(["0.75%", "1.00%", "1.25%"]);
    expect(axes.percentLabels([0, 0.1, 0.2])).toEqual(["0%", "10%", "20%"]);
  });
});

test("on a logarithmic axis each label has its own thousands", () => {
  expect(spaced(axes.logLabels([0.001, 0.1, 1, 100, 1_000, 20_000, 1e6, 1e9, 1e15, 1e20]))).toEqual([
    "0.001",
    "0.1",
    "1",
    "100",
    "1 k",
    "20 k",
    "1 M",
    "1 G",
    "1 P",
    "100 E",
  ]);
});

test("shares on a logarithmic axis have their own decimals", () => {
  expect(axes.logPercentLabels([0.001, 0.01, 0.5, 1])).toEqual(["0.1%", "1%", "50%", "100%"]);
});

test("large numbers are short", () => {
  expect(spaced([152_271_405_447_597, 1.0725e21, 9_999, 0.5].map(axes.compact))).toEqual([
    "152.27 T",
    "1,072.50 E",
    "9,999.00",
    "0.50",
  ]);
});

describe("ticks of a logarithmic axis", () => {
  test("are powers of ten, no more than fit", () => {
    expect(axes.logTicks(1, 1e4, 10)).toEqual([1, 10, 100, 1_000, 10_000]);
    expect(axes.logTicks(0.05, 200_000, 10)).toEqual([0.1, 1, 10, 100, 1_000, 10_000, 100_000]);
    expect(axes.logTicks(1, 1e12, 7)).toEqual([1, 100, 1e4, 1e6, 1e8, 1e10, 1e12]); // 13 decades: every second
  });

  test("have doubles and fivefolds where there are few decades", () => {
    expect(axes.logTicks(3, 200, 10)).toEqual([5, 10, 20, 50, 100, 200]);
    expect(axes.logTicks(20, 90, 10)).toEqual([20, 50]);
  });
});

test("the range of a logarithmic axis ends with numbers of one digit", () => {
  expect(axes.logRange(23, 171)).toEqual([20, 200]);
  expect(axes.logRange(20, 20)).toEqual([20, 30]);
  expect(axes.logRange(null, null)).toEqual([1, 10]);
});

describe("values that differ by more than 1:50", () => {
  test("are all above zero; missing values and those outside do not count", () => {
    expect(axes.spansWidely([[1, 51]], 0, 1)).toBe(true);
    expect(axes.spansWidely([[1, 50]], 0, 1)).toBe(false);
    expect(
      axes.spansWidely(
        [
          [10, 20],
          [null, 501],
        ],
        0,
        1,
      ),
    ).toBe(true);
    expect(axes.spansWidely([[1, 10, 60]], 1, 2)).toBe(false);
    expect(axes.spansWidely([[0, 1, 60]], 0, 2)).toBe(false);
    expect(axes.spansWidely([[null, null]], 0, 1)).toBe(false);
    expect(axes.spansWidely([], 0, -1)).toBe(false);
  });
});
