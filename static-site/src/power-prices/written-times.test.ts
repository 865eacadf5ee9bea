import { describe, expect, test } from "vitest";

import { lines, readAnswered } from "./testing";

describe("times written as", () => {
  test.each([
    ["a date and a time", "2024-01-31 13:00", "2024-01-31 14:00"],
    ["ISO 8601 without offset", "2024-01-31T13:00:00", "2024-01-31T14:00:00"],
    ["ISO 8601 in UTC", "2024-01-31T13:00:00.000Z", "2024-01-31T14:00:00.000Z"],
    ["ISO 8601 with an offset", "2024-01-31T07:00:00-06:00", "2024-01-31T08:00:00-06:00"],
    ["an offset without a colon", "2024-01-31 14:00:00+0100", "2024-01-31 15:00:00+01"],
    ["UNIX seconds", "1706706000", "1706709600"], // date -u -d "2024-01-31 13:00" +%s
    ["UNIX milliseconds", "1706706000000", "1706709600000"],
    ["day first with points", "31.01.2024 13:00", "31.01.2024 14:00"],
    ["day first with slashes", "31/01/2024 13:00", "31/01/2024 14:00"],
    ["month first, with AM and PM", "1/31/2024 1:00 PM", "1/31/2024 2:00 PM"],
    ["in Hungary", "2024. 01. 31. 13:00", "2024.01.31. 14:00"],
    ["in Croatia", "31.01.2024. 13:00", "31. 1. 2024. 14:00"],
    ["in Finland", "31.1.2024 klo 13:00", "31.1.2024 klo 14:00"],
    ["in France", "31/01/2024 à 13h00", "31/01/2024 à 14h00"],
    ["in Japan", "2024年1月31日 13時", "2024年1月31日 14時"],
    ["SAS", "31JAN2024:13:00:00", "31JAN2024:14:00:00"],
    ["a date and the end of an hour", "2024-01-31 HE14", "2024-01-31 HE15"],
    ["a date and a range with a dash", "31.01.2024 13:00–14:00", "31.01.2024 14:00–15:00"],
  ])("%s", (_, first, second) => {
    const file = readAnswered(`time,price\n${first},42.50\n${second},-7\n`);

    expect(file).toMatchObject({ layout: "Times and prices", currency: "USD" });
    expect(lines(file)).toEqual([
      ["2024-01-31T13:00", "2024-01-31T14:00", 42.5],
      ["2024-01-31T14:00", "2024-01-31T15:00", -7],
    ]);
  });
});
