// `npm run --silent read-power -- FILE.. [--choose KEY=VALUE ..]`: prints how files of power prices
// are read, as JSON.

import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";

import { readFiles } from "./read-files";
import { CHOICE_KEYS, type ChoiceKey, type Reading } from "./reading";

const USAGE = `Usage: npm run --silent read-power -- FILE.. [--choose KEY=VALUE ..]

Prints how files of power prices are read, as JSON. Keys: ${CHOICE_KEYS.join(", ")}.

  npm run --silent read-power -- prices.csv
  npm run --silent read-power -- prices.csv --choose zone=America/New_York --choose unit=kWh
`;

/** Returns the exit code: 0 if JSON was printed, also for a refusal; 2 for bad arguments. */
export async function main(args: readonly string[], folder: string): Promise<number> {
  const files: string[] = [];
  const choices: Partial<Record<ChoiceKey, string>> = {};
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? "";
    if (arg === "--help" || arg === "-h") {
      process.stdout.write(USAGE);
      return 0;
    }
    if (arg !== "--choose" && !arg.startsWith("--choose=")) {
      files.push(arg);
      continue;
    }
    if (arg === "--choose") at += 1;
    const choice = arg === "--choose" ? (args[at] ?? "") : arg.slice("--choose=".length);
    const [key = "", ...rest] = choice.split("=");
    const known = CHOICE_KEYS.find((one) => one === key.trim());
    if (known === undefined || rest.length === 0) {
      process.stderr.write(`Cannot read --choose ${choice}: write KEY=VALUE, with one of ${CHOICE_KEYS.join(", ")}.\n`);
      return 2;
    }
    choices[known] = rest.join("=");
  }
  if (files.length === 0) {
    process.stderr.write(USAGE);
    return 2;
  }
  const sources = [];
  for (const name of files) {
    try {
      sources.push({ name: basename(name), bytes: readFileSync(resolve(folder, name)) });
    } catch (error) {
      process.stderr.write(`Cannot read ${name}: ${error instanceof Error ? error.message : String(error)}.\n`);
      return 2;
    }
  }
  process.stdout.write(`${JSON.stringify(toJson(await readFiles(sources, choices)))}\n`);
  return 0;
}

/** The reading with times in RFC 3339; the series to show first comes first. */
function toJson({ status, message, asks, choices, layout, series, preferred, currency, notes }: Reading): object {
  const time = (ms: number): string => new Date(ms).toISOString().replace(".000Z", "Z");
  const shown = series[preferred];
  const ordered =
    status !== "read" ? [] : shown === undefined ? series : [shown, ...series.filter((one) => one !== shown)];
  return {
    status,
    message,
    layout,
    asks: asks.map(({ key, question, options }) => ({ key, question, options })),
    choices,
    notes,
    series: ordered.map(({ name, intervals }) => ({
      name,
      currency,
      intervals: intervals.map(({ start, end, price }) => [time(start), time(end), price]),
    })),
  };
}
