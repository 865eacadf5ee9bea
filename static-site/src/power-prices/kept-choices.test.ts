import { expect, test } from "vitest";

import { NO_FILE_CHOICES } from "./file-choices";
import { keptChoices } from "./kept-choices";

test("choices return for a file with the same header, and rates for the same currency", () => {
  const kept = keptChoices(NO_FILE_CHOICES);
  kept.keep({ header: "a", choices: { zone: "Europe/Oslo" }, rate: { currency: "EUR", usd: 1.1 } });
  kept.keep({ header: "b", choices: { unit: "kWh" }, rate: { currency: "GBP", usd: 1.3 } });

  expect(kept.find("a").choices).toEqual({ zone: "Europe/Oslo" });
  expect(kept.find("b").choices).toEqual({ unit: "kWh" });
  expect(kept.find("c")).toEqual({ choices: {}, isFromOther: false });
  expect(kept.rate("EUR")).toEqual({ currency: "EUR", usd: 1.1 });
  expect(kept.rate("USD")).toBeNull();
  expect(kept.rate(null)).toBeNull();
});

test("a link's choices without a header are for any file", () => {
  const kept = keptChoices({ header: "", choices: { zone: "Europe/Oslo" }, rate: null });

  expect(kept.find("a")).toEqual({ choices: { zone: "Europe/Oslo" }, isFromOther: false });
});

test("a link's choices for another header are not used, which is said once", () => {
  const kept = keptChoices({ header: "b", choices: { zone: "Europe/Oslo" }, rate: null });

  expect(kept.find("a")).toEqual({ choices: {}, isFromOther: true });
  expect(kept.find("a")).toEqual({ choices: {}, isFromOther: false });
  expect(kept.find("b").choices).toEqual({ zone: "Europe/Oslo" });
});
