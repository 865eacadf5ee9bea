import { expect, test } from "vitest";

import { zoneIn } from "./zone-names";

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
