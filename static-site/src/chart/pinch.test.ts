import { expect, test } from "vitest";
import { pinchedRange } from "./pinch";

test("what two fingers touch stays under them", () => {
  // 100 ms between the fingers, 200 px apart: 0.5 ms a pixel. The first is 50 px from the left: 25 ms.
  expect(pinchedRange([1_000, 1_100], [50, 250], 400)).toEqual({ from: 975, to: 1_175 });
  // The same with the right finger first.
  expect(pinchedRange([1_100, 1_000], [250, 50], 400)).toEqual({ from: 975, to: 1_175 });
});

test("fingers that meet or cross give no range", () => {
  expect(pinchedRange([1_000, 1_100], [50, 50], 400)).toBeNull();
  expect(pinchedRange([1_000, 1_100], [250, 50], 400)).toBeNull();
});
