import { expect, test } from "vitest";
import type { View } from "../model/view";
import { changeOfRange } from "./sentences";
import type { ShownChart } from "./shown-chart";

function changeOf(values: readonly (number | null)[], points = values.map((_, at) => at), chart = "hashprice"): string {
  const line = { id: "hashprice", name: "Hashprice", values, mean: null, watts: null, soldFrom: null };
  return changeOfRange({
    view: { chart, unit: "usd" } as View,
    columns: { lines: [line] } as unknown as ShownChart["columns"],
    points,
  });
}

test("the change over the shown range is from its first to its last known value", () => {
  // 35.34 / 58.78 - 1 = -0.3988
  expect(changeOf([1, null, 58.78, 70, 35.34, null, 2], [1, 2, 3, 4, 5])).toBe(
    "Hashprice: from 58.78 to 35.34 USD/PH/day, \u221239.9%",
  );
  expect(changeOf([0, 5])).toBe("Hashprice: from 0.00 to 5.00 USD/PH/day");
});

test("there is no change without two values, or where single points are luck", () => {
  expect(changeOf([0.009, 0.058], [0, 1], "fees")).toBe("");
  expect(changeOf([null, 58.78, null])).toBe("");
  expect(changeOf([])).toBe("");
});
