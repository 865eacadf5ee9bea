import { expect, test } from "vitest";

import { zoneIn, zoneNamed, zoneTyped } from "./zone-names";

test.each([
  ["Eastern Time", "America/New_York"],
  ["Hour (Central Prevailing Time)", "America/Chicago"],
  ["Pacific Standard Time", "UTC-08:00"],
  ["Start, Eastern European Time", "Europe/Helsinki"],
  ["Start, Central European Summer Time", "Europe/Paris"],
  ["Start (Central Europe Standard Time)", "Europe/Paris"],
  ["Australian Eastern Standard Time", "UTC+10:00"],
  ["Australian Central Standard Time", "UTC+09:30"],
  ["AUS Eastern Standard Time", null],
  ["Central Africa Time", null],
  ["Central America Standard Time", null],
  ["Pacific SA Standard Time", null],
])("the zone of %s is %s", (header, zone) => {
  expect(zoneIn(header)).toBe(zone);
});

test.each([
  ["Central", "America/Chicago"],
  ["central time", "America/Chicago"],
  ["Mountain", "America/Denver"],
  ["US/Eastern time", "America/New_York"],
  ["Pacific", "America/Los_Angeles"],
  ["CST", "UTC-06:00"],
  ["Central European Time", "Europe/Paris"],
  ["nowhere", null],
])("a user who types %s means %s", (text, zone) => {
  expect(zoneTyped(text)).toBe(zone);
});

test("a column that says Central may name a region", () => {
  expect(zoneNamed("Central")).toBeNull();
});
