import { describe, expect, test } from "vitest";
import type { DifficultyJson } from "../model/api-types";
import type { UnixMs } from "../model/units";
import type { View } from "../model/view";
import { forecastLayer, forecastOf } from "./forecast";

describe("the forecast", () => {
  const json: DifficultyJson = {
    block: { height: 924_778, hash: "00", time: "2025-11-22T23:53:57Z" },
    difficulty: 152e12,
    period_first_height: 923_328,
    period_first_time: "2025-11-12T21:31:13Z",
    period_blocks: 1_451,
    retarget: {
      height: 925_344,
      blocks_left: 566,
      time: "2025-11-26T23:41:10Z",
      change: -0.015,
      change_low: -0.03,
      change_high: 0.01,
    },
    halving: { height: 1_050_000, blocks_left: 125_222, time: "2028-04-10T15:41:10Z", subsidy_sat: 156_250_000 },
  };

  test("is the difficulty after the expected change, and its interval", () => {
    expect(forecastOf(json)).toEqual({
      from: Date.UTC(2025, 10, 22, 23, 53, 57),
      difficulty: 152e12,
      to: Date.UTC(2025, 10, 26, 23, 41, 10),
      low: 152e12 * 0.97,
      expected: 152e12 * 0.985,
      high: 152e12 * 1.01,
    });
  });

  test("is unknown without a change, and on networks without adjustments", () => {
    const { retarget } = json;
    expect(forecastOf({ ...json, retarget: null })).toBeNull();
    expect(forecastOf({ ...json, retarget: retarget && { ...retarget, time: null, change: null } })).toBeNull();
  });

  test("is part of the chart of difficulty, up to the newest block", () => {
    const layer = (chart: View["chart"], range: View["range"]) => forecastLayer(json, { chart, range });

    expect(layer("difficulty", "30d")).toMatchObject({ to: Date.UTC(2025, 10, 26, 23, 41, 10), low: 152e12 * 0.97 });
    expect(layer("hashrate", "30d")).toBeNull();
    expect(layer("difficulty", { from: 0 as UnixMs, to: 1 as UnixMs })).toBeNull();
  });
});
