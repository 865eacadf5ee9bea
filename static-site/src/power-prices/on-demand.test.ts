import { expect, test } from "vitest";
import { uncommon, whenLoaded } from "./on-demand";
import { readFiles } from "./read-files";

// The modules of each file of tests are loaded anew, and the tests of a file run in order.

test("tables that need code which is not loaded are read again with it", async () => {
  expect(() => uncommon()).toThrow("not loaded");
  const text = "Date,USD/MWh\n2025-06-01,40\n2025-06-02,41\n2025-06-03,42\n";

  const reading = await readFiles([{ name: "days.csv", bytes: new TextEncoder().encode(text) }], { zone: "UTC" });

  expect(reading.status).toBe("read");
  expect(reading.series[0]?.intervals.map(({ price }) => price)).toEqual([40, 41, 42]);
  expect(() => uncommon()).not.toThrow();
});

test("other errors are those of the reading", async () => {
  let calls = 0;
  const failing = (): never => {
    calls += 1;
    throw new Error("No prices.");
  };

  await expect(whenLoaded(failing)).rejects.toThrow("No prices.");
  expect(calls).toBe(1);
});
