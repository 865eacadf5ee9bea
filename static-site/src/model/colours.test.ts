import { expect, test } from "vitest";
import { assignColours } from "./colours";

const colours = (...ids: readonly string[]) => assignColours(new Map(), ids);

test("the first machines have the first colours, in their order", () => {
  expect([...colours("a", "b", "c")]).toEqual([
    ["a", 1],
    ["b", 2],
    ["c", 3],
  ]);
});

test("a machine keeps its colour when another is removed or another leads", () => {
  expect([...assignColours(colours("a", "b", "c"), ["c", "b"])]).toEqual([
    ["c", 3],
    ["b", 2],
  ]);
});

test("a new machine gets the first colour that is free", () => {
  const without = assignColours(colours("a", "b", "c", "d"), ["a", "d"]);

  expect(Object.fromEntries(assignColours(without, ["x", "a", "d", "y", "z"]))).toEqual({
    x: 2,
    a: 1,
    d: 4,
    y: 3,
    z: 5,
  });
});
