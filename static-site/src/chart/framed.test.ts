import { expect, test } from "vitest";
import { wrapped } from "./framed";

test("a text is broken between words so that each line fits, unless a word alone is too wide", () => {
  const measure = (text: string) => text.length;

  expect(wrapped("one two three four", 9, measure)).toEqual(["one two", "three", "four"]);
  expect(wrapped("one two", 7, measure)).toEqual(["one two"]);
  expect(wrapped("a-long-word b", 4, measure)).toEqual(["a-long-word", "b"]);
  expect(wrapped("a verylongword b", 5, measure)).toEqual(["a", "verylongword", "b"]);
});
