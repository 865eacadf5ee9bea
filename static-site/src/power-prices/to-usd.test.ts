import { expect, test } from "vitest";

import type { UnixMs } from "../model/units";
import { toUsd } from "./to-usd";

test("prices in another currency are converted at the user's rate", () => {
  const interval = (price: number) => ({ start: 0 as UnixMs, end: 1 as UnixMs, price });

  expect(toUsd([interval(40), interval(-10)], 1.1)).toEqual([
    interval(expect.closeTo(44, 9)),
    interval(expect.closeTo(-11, 9)),
  ]);
});
