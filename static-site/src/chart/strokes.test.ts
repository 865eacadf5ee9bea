import { describe, expect, test } from "vitest";
import type { UnixMs, Watts } from "../model/units";
import type { ChartColumns, Line } from "./columns";
import { dashOf, lonelyPoints, strokesOf } from "./strokes";

const line = (more: Partial<Line>): Line => ({
  id: "s21",
  name: "S21",
  values: [9, 8, 7, 6],
  mean: null,
  watts: 4_000 as Watts,
  soldFrom: null,
  ...more,
});
const columns = (...lines: readonly Line[]): ChartColumns => ({
  interval: "day",
  time: [0, 10, 20, 30] as UnixMs[],
  height: [1, 2, 3, 4],
  blocks: [1, 1, 1, 1],
  lines,
  power: [5, 5, 5, 5],
  second: null,
});
const strokes = (of: ChartColumns, mean: 0 | 7 = 0, from = 0) =>
  strokesOf(of, { mean }, new Map([["s21", 5]]), from as UnixMs, false);

describe("a machine's line", () => {
  test("has the machine's colour and dashes; the power price is in front", () => {
    expect(strokes(columns(line({}))).map(({ colour, values }) => [colour, values])).toEqual([
      ["series-5", [9, 8, 7, 6]],
      ["power", [5, 5, 5, 5]],
    ]);
    expect(strokes(columns(line({})))[0]?.dash).toEqual(dashOf(5, false));
  });

  test("is dotted before the machine was sold, up to the first point after that", () => {
    const [before, after] = strokes(columns(line({ soldFrom: 15 as UnixMs })));

    expect(before?.values).toEqual([9, 8, 7, null]);
    expect(before?.dash).not.toEqual(after?.dash);
    expect(after?.values).toEqual([null, null, 7, 6]);
  });

  test("is dotted as a whole if the machine is sold later, and nowhere if it was sold earlier", () => {
    expect(strokes(columns(line({ soldFrom: 99 as UnixMs })))[1]?.values).toEqual([null, null, null, null]);
    expect(strokes(columns(line({ soldFrom: 15 as UnixMs })), 0, 15)).toHaveLength(2);
  });

  test("of a moving average is in front of a fainter one of the values", () => {
    const [faint, main] = strokes(columns(line({ mean: [null, 1, 2, 3] })), 7);

    expect(faint?.values).toEqual([9, 8, 7, 6]);
    expect(faint?.alpha).toBeLessThan(main?.alpha ?? 0);
    expect(main?.values).toEqual([null, 1, 2, 3]);
  });
});

test("where all lines have the same colour, no two have the same dashes", () => {
  const dashes = ([1, 2, 3, 4, 5, 6, 7, 8, "second"] as const).map((colour) => dashOf(colour, true).join());

  expect(new Set(dashes).size).toBe(9);
});

test("a point without neighbours is found, also at the ends", () => {
  expect(lonelyPoints([1, null, 2, 3, null, 4], 0, 5)).toEqual([0, 5]);
  expect(lonelyPoints([1], 0, 0)).toEqual([0]);
  expect(lonelyPoints([null, 1, 2], 0, 2)).toEqual([]);
});
