// Prints how long a million rows of power prices take to read, and how much memory: `npm run bench:read-power`
//
// Each layout is read in a process of its own. Memory is what reading adds to the process's, text included.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { loadSource } from "./load-source.mjs";

const ROWS = 1_000_000;
const two = (value) => String(value).padStart(2, "0");
const price = (at) => (30 + 40 * Math.sin(at * 1.7)).toFixed(2);

/** Five-minute prices, with times as `write` has them. */
const fiveMinutes = (header, write) => {
  const rows = Array.from({ length: ROWS }, (_, at) => write(new Date(Date.UTC(2015, 0, 1) + at * 300_000), at));
  return [header, ...rows].join("\n");
};

const LAYOUTS = {
  "one place, ISO times": () =>
    fiveMinutes(
      "time (UTC),price (USD/MWh)",
      (time, at) => `${time.toISOString().slice(0, 16).replace("T", " ")},${price(at)}`,
    ),
  "starts and ends, day first, decimal commas": () => {
    const text = (time) => {
      const [year, month, day] = [time.getUTCFullYear(), two(time.getUTCMonth() + 1), two(time.getUTCDate())];
      return `${day}.${month}.${year} ${time.toISOString().slice(11, 19)}`;
    };
    return fiveMinutes("Start (UTC);End (UTC);Price (EUR/MWh)", (time, at) => {
      return `${text(time)};${text(new Date(time.getTime() + 300_000))};${price(at).replace(".", ",")}`;
    });
  },
  "ERCOT real-time, 30 places": () => {
    const rows = [
      "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag",
    ];
    for (let at = 0; at < ROWS; at += 1) {
      const quarter = Math.floor(at / 30);
      const day = new Date(Date.UTC(2024, 0, 1) + Math.floor(quarter / 96) * 86_400_000);
      const date = `${two(day.getUTCMonth() + 1)}/${two(day.getUTCDate())}/${day.getUTCFullYear()}`;
      rows.push(`${date},${Math.floor((quarter % 96) / 4) + 1},${(quarter % 4) + 1},HB_${at % 30},HU,${price(at)},N`);
    }
    return rows.join("\n");
  },
};

const [file] = process.argv.slice(2);
if (file === undefined) {
  const folder = mkdtempSync(join(tmpdir(), "read-power-"));
  for (const [name, write] of Object.entries(LAYOUTS)) {
    const path = join(folder, `${name}.csv`);
    writeFileSync(path, write());
    spawnSync(process.execPath, [fileURLToPath(import.meta.url), path], { stdio: "inherit" });
  }
  rmSync(folder, { recursive: true });
} else {
  const { module, close } = await loadSource("./src/power-prices/read-files.ts");
  let most = process.memoryUsage().rss;
  const before = most;
  const look = () => {
    most = Math.max(most, process.memoryUsage().rss);
  };
  const started = performance.now();
  const used = process.cpuUsage();
  const { series } = await module.readFiles([{ name: "prices.csv", bytes: readFileSync(file) }], {}, look);
  const seconds = ((performance.now() - started) / 1_000).toFixed(2);
  const cpu = process.cpuUsage(used);
  look();
  const count = series.reduce((sum, { intervals }) => sum + intervals.length, 0);
  const processor = ((cpu.user + cpu.system) / 1e6).toFixed(2);
  console.log(
    `${basename(file, ".csv")}: ${count} prices in ${seconds} s (${processor} s of processor time), ${Math.round((most - before) / 1e6)} MB`,
  );
  await close();
}
