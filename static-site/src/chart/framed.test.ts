import { expect, test } from "vitest";
import { wrapped } from "./framed";

test("a text is broken between words so that each line fits, unless a word alone is too wide", () => {
  const measure = (text: string) => text.length;

  expect(wrapped("one two three four", 9, measure)).toEqual(["one two", "three", "four"]);
  expect(wrapped("one two", 7, measure)).toEqual(["one two"]);
  expect(wrapped("a-long-word b", 4, measure)).toEqual(["a-long-word", "b"]);
  expect(wrapped("a verylongword b", 5, measure)).toEqual(["a", "verylongword", "b"]);
});

test("an address is broken between its settings, but no number is", () => {
  const measure = (text: string) => text.length;

  expect(wrapped("a.org/?asics=s21,t21&power=60", 16, measure)).toEqual(["a.org/?asics=s21,", "t21&power=60"]);
  expect(wrapped("over 43,200 hours", 7, measure)).toEqual(["over", "43,200", "hours"]);
});
