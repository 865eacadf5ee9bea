import { expect, test } from "vitest";

import { wrapped } from "./picture";

test("text is cut into lines between words", () => {
  const measure = (text: string) => text.length;

  expect(wrapped("one two three four", 9, measure)).toEqual(["one two", "three", "four"]);
  expect(wrapped("one two", 7, measure)).toEqual(["one two"]);
  expect(wrapped("a-long-word b", 4, measure)).toEqual(["a-long-word", "b"]);
});
