import { expect, test } from "vitest";
import { parseView } from "../model/view";
import { embedCode } from "./embed-code";

test("the code has all settings of the view, and is valid HTML", () => {
  const view = parseView("?asics=antminer-s21-pro-234&power=60&theme=dark&name=custom:1:2+%22A%26B%22");

  expect(embedCode("https://example.org/mwh/", view, "chart")).toBe(
    '<iframe src="https://example.org/mwh/?asics=antminer-s21-pro-234&amp;power=60&amp;theme=dark&amp;embed=chart" ' +
      'width="100%" height="400" style="border:0" loading="lazy" title="hashlake: Bitcoin mining revenue per MWh"></iframe>',
  );
});

test("a custom name cannot end the attribute", () => {
  const view = parseView("?asics=custom:1:2&name=custom:1:2+%22A%26B%22%3E");

  const [, address = ""] = /src="([^"]*)"/.exec(embedCode("https://example.org/", view, "tiles")) ?? [];

  expect(address).toBe("https://example.org/?asics=custom:1:2&amp;embed=tiles&amp;name=custom:1:2+%22A%26B%22%3E");
});

test("more miners need a higher frame", () => {
  const eight = parseView(`?asics=${Array.from({ length: 8 }, (_, at) => `custom:${at + 1}:1`)}`);

  expect(embedCode("https://example.org/", eight, "chart")).toContain('height="540"');
  expect(embedCode("https://example.org/", eight, "tiles")).toContain('height="850"'); // Three rows.
});
