import { expect, test } from "vitest";

import { fileChoicesQuery, headerKey, NO_FILE_CHOICES, parseFileChoices } from "./file-choices";

test("nothing is written if nothing was chosen, even for a file that was read", () => {
  expect(fileChoicesQuery(NO_FILE_CHOICES)).toEqual({});
  expect(fileChoicesQuery({ header: "abc", choices: {}, rate: null })).toEqual({});
});

test("a rate is for its currency in any file, so it has no header", () => {
  expect(fileChoicesQuery({ header: "abc", choices: {}, rate: { currency: "EUR", usd: 1.17 } })).toEqual({
    "sell.rate": "EUR:1.17",
  });
});

test("choices without a header are for any file", () => {
  expect(parseFileChoices(new URLSearchParams("sell.zone=Europe/Oslo"))).toEqual({
    header: "",
    choices: { zone: "Europe/Oslo" },
    rate: null,
  });
});

test("a choice is at most 200 characters long", () => {
  const { choices } = parseFileChoices(new URLSearchParams({ "sell.place": "é".repeat(500) }));

  expect(choices.place).toBe("é".repeat(200));
});

test("the key of a header is its FNV-1a hash to the base of 36", () => {
  // Test vectors of the FNV specification: "" is 0x811c9dc5, "a" is 0xe40c292c, "foobar" is 0xbf9cf968.
  expect(headerKey("")).toBe((0x811c9dc5).toString(36));
  expect(headerKey("a")).toBe((0xe40c292c).toString(36));
  expect(headerKey("foobar")).toBe((0xbf9cf968).toString(36));
});
