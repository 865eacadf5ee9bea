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
  ["Time (UTC−5)", "UTC-05:00"],
  ["Time (GMT–5)", "UTC-05:00"],
  ["Time (UTC - 5)", "UTC-05:00"],
  ["Time (UTC-5h)", "UTC-05:00"],
  ["Time UTC(+3)", "UTC+03:00"],
  ["Time (GMT +0530)", "UTC+05:30"],
  ["Time (GMT/BST)", "Europe/London"],
  ["INTERVALSTARTTIME_GMT", "UTC"],
  ["startTimeUTC", "UTC"],
  ["Start (UTC), yyyy-mm-dd hh:mm:ss", "UTC"],
  ["Local time (UTC+01:00)", "UTC+01:00"],
  ["Time (local - not UTC)", null],
  ["Time (UTC+1/+2)", null],
  ["Time (UTC is 2 h behind)", null],
  ["Time (UTC offset in minutes: 120)", null],
  ["Converted from UTC to local time", null],
  ["Time (UTC-06:00 Central Time US & Canada)", null],
  ["Time (CET, no DST)", "UTC+01:00"],
  ["Time (CET all year)", "UTC+01:00"],
  ["Zeit (MEZ, ohne Sommerzeit)", "UTC+01:00"],
  ["Time (winter time, EET)", "UTC+02:00"],
  ["CET (winter time), CEST (summer time)", "Europe/Paris"],
  ["Eastern time, no DST", null],
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

test("IST is the zone of several countries", () => {
  expect(zoneNamed("IST")).toBeNull();
});

test("a column that says Central may name a region", () => {
  expect(zoneNamed("Central")).toBeNull();
});
