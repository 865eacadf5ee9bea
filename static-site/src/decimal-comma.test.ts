import { expect, test } from "vitest";
import { withPoint } from "./decimal-comma";

test.each([
  [",", "."], // One key.
  ["0,071", "0.071"],
  ["-1,5", "-1.5"],
  ["1.234,5", "1234.5"],
  ["1,234.5", "1234.5"],
  ["1,234,567", "1234567"],
])("%s is %s", (typed, read) => {
  expect(withPoint(typed)).toBe(read);
});
