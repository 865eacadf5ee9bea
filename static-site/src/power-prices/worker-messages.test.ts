import { expect, test } from "vitest";

import { readText } from "./read-power-prices";
import { pack, unpack } from "./worker-messages";

test("a reading that is packed and unpacked is the same", () => {
  const reading = readText("time (UTC),SE3 (EUR/MWh),NO1 (EUR/MWh)\n2024-01-15 00:00,1.5,-2\n2024-01-15 01:00,3,", "");
  const { series, ...others } = unpack(pack(reading));

  expect(reading.series.map(({ name }) => name)).toEqual(["SE3", "NO1"]);
  expect(series.map(({ name, intervals, written }) => ({ name, intervals, written }))).toEqual(reading.series);
  expect({ ...others, series: reading.series }).toEqual(reading);
  expect(series[0]?.intervals).toBe(series[0]?.intervals); // It is made once.
});
