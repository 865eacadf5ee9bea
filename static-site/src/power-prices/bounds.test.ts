// With bounds that a test can reach.

import { gzipSync, zipSync } from "fflate";
import { expect, test, vi } from "vitest";

import { readFiles } from "./read-files";

vi.mock("./bounds", () => ({ MAX_TEXT_BYTES: 2_000_000, MAX_PRICES: 100 }));

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const zeros = new Uint8Array(2_000_001);
const half = gzipSync(zeros.subarray(0, 1_200_000));
const parts = new Uint8Array([...half, ...half]);

test.each([
  ["a CSV file", "year.csv", zeros],
  ["a file in a ZIP archive", "archive.zip", zipSync({ "year.csv": zeros })],
  ["a compressed file", "year.csv.gz", gzipSync(zeros)],
  ["a compressed file in parts", "year.csv.gz", parts],
])("%s that is too long for the memory is refused in one sentence", async (_, name, bytes) => {
  expect(await readFiles([{ name, bytes }])).toMatchObject({
    status: "refused",
    message: "year.csv has more than 2 MB, the most that can be read. Choose a shorter period, such as a month.",
  });
});

/** Hourly prices of places, one in each column. */
function csv(hours: number, places: number): Uint8Array {
  const columns = (text: (place: number) => string): string =>
    Array.from({ length: places }, (_, at) => text(at)).join();
  const rows = Array.from({ length: hours }, (_, at) => {
    const time = new Date(Date.UTC(2024, 0, 1, at)).toISOString().slice(0, 16);
    return `${time},${columns((place) => `${place + 20}`)}`;
  });
  return bytesOf([`time (UTC),${columns((place) => `Node ${place} (USD/MWh)`)}`, ...rows].join("\n"));
}

test.each([
  ["columns", [csv(21, 5)]],
  ["rows", [csv(101, 1)]],
  ["files", [csv(20, 3), csv(20, 3)]],
])("more prices than the memory holds are refused, by their %s", async (_, files) => {
  const reading = await readFiles(files.map((bytes, at) => ({ name: `${at}.csv`, bytes })));

  expect(reading).toMatchObject({
    status: "refused",
    message: "There are more than 100 prices, the most that can be read. Choose fewer places or a shorter period.",
  });
});

test("archives in an archive are bounded together", async () => {
  const inner = zipSync({ "prices.csv": csv(20, 1), "noise.png": zeros.subarray(0, 1_500_000) }, { level: 0 });
  const reading = await readFiles([{ name: "all.zip", bytes: zipSync({ "a.zip": inner, "b.zip": inner }) }]);

  expect(reading.series[0]?.intervals).toHaveLength(20);
  expect(reading.notes.filter((note) => note.startsWith("Left out"))).toEqual([
    expect.stringMatching(/^Left out b\.zip: all\.zip has more than 2 MB/),
  ]);
});

test("as much as the bounds say is read", async () => {
  expect((await readFiles([{ name: "prices.csv", bytes: csv(20, 5) }])).series).toHaveLength(5);
});
