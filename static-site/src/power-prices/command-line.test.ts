import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "read-power-"));
  const csv = "time,USD/MWh\n2024-01-15 00:00,21.5\n2024-01-15 01:00,-4.25\n";
  writeFileSync(join(folder, "prices.csv"), csv);
  writeFileSync(join(folder, "prices.zip"), zipSync({ "prices.csv": new TextEncoder().encode(csv) }));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["read-power.mjs", ...args], {
    encoding: "utf8",
    env: { ...process.env, INIT_CWD: folder },
  });
  return { status, json: stdout === "" ? null : JSON.parse(stdout), stderr };
}

test("what a file does not say is asked for, and --choose answers it, also in an archive", () => {
  expect(run("prices.csv")).toMatchObject({
    status: 0,
    json: {
      status: "asks",
      message: "Which time zone are the times in (the first is “2024-01-15 00:00”)? The file does not say.",
      asks: [{ key: "zone" }],
    },
  });
  expect(run("prices.zip", "--choose", "zone=America/New_York")).toMatchObject({
    status: 0,
    json: {
      status: "read",
      choices: { zone: { value: "America/New_York", found: "chosen" } },
      series: [
        {
          currency: "USD",
          intervals: [
            ["2024-01-15T05:00:00Z", "2024-01-15T06:00:00Z", 21.5],
            ["2024-01-15T06:00:00Z", "2024-01-15T07:00:00Z", -4.25],
          ],
        },
      ],
    },
  });
});

test.each([
  [["no-such-file.csv"], /^Cannot read no-such-file\.csv: ENOENT/],
  [
    ["prices.csv", "--choose", "colour=blue"],
    /^Cannot read --choose colour=blue: write KEY=VALUE, with one of price, /,
  ],
  [[], /^Usage: /],
])("arguments %j are refused with exit code 2", (args, message) => {
  expect(run(...args)).toMatchObject({ status: 2, json: null, stderr: expect.stringMatching(message) });
});
