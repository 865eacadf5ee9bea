// Reads power prices from files: CSV in any encoding, ZIP archives, Excel workbooks and HTML tables.
// The same for the page and the command line.

import { noPlace, notUsedHere, OLD_OR_LOCKED_EXCEL, otherFile, tooLong, tooMany } from "../words/reader";
import { MAX_PRICES, MAX_TEXT_BYTES } from "./bounds";
import type { NamedReading } from "./join";
import { whenLoaded } from "./on-demand";
import { PowerPricesError } from "./power-file";
import type { Progress } from "./read-rows";
import { readTable } from "./read-table";
import { CHOICE_KEYS, type ChoiceKey, type Choices, type Reading, refusal } from "./reading";
import type { SourceFile } from "./source-file";
import { type Table, tableOfText } from "./table";
import { decodeText } from "./text-encoding";

export type { SourceFile } from "./source-file";

const MAX_TABLES = 1_000;
const MAX_DEPTH = 3;
const FIRST_BYTES = 4_000;

/** Never throws because of what is in the files: those that cannot be read are refused. */
export async function readFiles(
  files: readonly SourceFile[],
  choices: Choices = {},
  progress: Progress = () => {},
): Promise<Reading> {
  const reading = await readChosen(files, choices, progress);
  if (choices.place === undefined || reading.status === "read") return reading;
  // The place may be one of the files or sheets, which are told apart only when they are joined.
  const all = await readChosen(files, without(["place"], choices), progress);
  const series = all.series.filter(({ name }) => name.toLowerCase() === choices.place?.trim().toLowerCase());
  const [first] = series;
  if (first === undefined) return reading;
  const place = { ...all.choices.place, value: first.name, found: "chosen" } as const;
  const message = [all.layout, ...all.notes].join(". ");
  return { ...all, status: "read", asks: [], message, series, preferred: 0, choices: { ...all.choices, place } };
}

async function readChosen(files: readonly SourceFile[], choices: Choices, progress: Progress): Promise<Reading> {
  const opened: Opened = { tables: [], heldBytes: 0 };
  for (const file of files) await addTables(file, opened, 0);
  const { tables } = opened;
  if (tables.length > MAX_TABLES) return refusal(`There are more than ${MAX_TABLES} tables. Choose fewer files.`);
  const read = async ({ name, open }: NamedTable, at: number, all: Choices): Promise<NamedReading> => {
    const share: Progress = (part) => progress((at + part) / tables.length);
    return {
      name,
      reading: await refusing(async () => readAny(await open(), (one) => readTable(one, name, all, share))),
    };
  };
  const readings: NamedReading[] = [];
  let prices = 0;
  for (const [at, table] of tables.entries()) {
    const one = await read(table, at, choices);
    prices += one.reading.series.reduce((sum, { intervals }) => sum + intervals.length, 0);
    if (prices > MAX_PRICES) return refusal(tooMany(MAX_PRICES));
    readings.push(one);
  }
  // A file of one day may leave the order of its dates open, which the others of its kind show.
  const ordered: NamedReading[] = [];
  for (const [at, one] of readings.entries()) {
    const table = tables[at];
    const order = one.reading.asks.some(({ key }) => key === "order") ? orderOfOthers(one, readings) : null;
    ordered.push(table === undefined || order === null ? one : await read(table, at, { ...choices, order }));
  }
  const fitting: NamedReading[] = [];
  for (const [at, one] of ordered.entries()) {
    const table = tables[at];
    const misfits = misfitsOf(one.reading, choices).filter((key) => ordered.some(({ reading }) => fits(reading, key)));
    if (table === undefined || misfits.length === 0) fitting.push(one);
    else if (choices.place !== undefined && misfits.includes("place"))
      fitting.push({ ...one, reading: refusal(noPlace(choices.place)) });
    else fitting.push(withNote(await read(table, at, without(misfits, choices)), notUsedHere(misfits, choices)));
  }
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only.reading;
  const { joinReadings } = await import("./join");
  return joinReadings(fitting);
}

// A choice may fit one table only: the others are read without it.

const misfitsOf = ({ choices }: Reading, chosen: Choices): ChoiceKey[] =>
  CHOICE_KEYS.filter((key) => chosen[key] !== undefined && choices[key].found === "needed");

const fits = ({ choices }: Reading, key: ChoiceKey): boolean => choices[key].found === "chosen";

const without = (keys: readonly ChoiceKey[], choices: Choices): Choices =>
  Object.fromEntries(Object.entries(choices).filter(([key]) => !keys.some((one) => one === key)));

const withNote = ({ name, reading }: NamedReading, note: string): NamedReading => ({
  name,
  reading: { ...reading, notes: [note, ...reading.notes] },
});

function orderOfOthers({ reading: { header } }: NamedReading, readings: readonly NamedReading[]): string | null {
  const others = readings.filter(({ reading }) => reading.header === header && reading.choices.order.value !== null);
  return others[0]?.reading.choices.order.value ?? null;
}

/** Tables are opened one at a time, so that only one is in memory. */
type NamedTable = { readonly name: string; readonly open: () => Table | Promise<Table> };

type Opened = {
  readonly tables: NamedTable[];
  /** The bytes of archives in archives, which are kept until their tables are read. */
  heldBytes: number;
};

async function addTables(file: SourceFile, opened: Opened, depth: number): Promise<void> {
  const { name, bytes } = file;
  const { tables } = opened;
  if (!isArchive(bytes)) {
    tables.push({ name, open: () => openTable(file) });
    return;
  }
  const { openArchive } = await import("./archive");
  const entries = attempt(() => openArchive(file));
  if (entries instanceof PowerPricesError) {
    tables.push({ name, open: () => failWith(entries) });
    return;
  }
  for (const entry of entries) {
    if (tables.length > MAX_TABLES) return;
    if (entry.kind === "sheet") tables.push({ name: `${name}, sheet ${entry.name}`, open: entry.open });
    else if (!ARCHIVE_NAME.test(entry.name)) {
      const { name, open } = entry;
      tables.push({ name, open: () => openTable({ name, bytes: open() }) });
    } else if (depth < MAX_DEPTH) {
      const inner = attempt(() => hold(entry.open(), name, opened));
      if (inner instanceof PowerPricesError) tables.push({ name: entry.name, open: () => failWith(inner) });
      else await addTables({ name: entry.name, bytes: inner }, opened, depth + 1);
    }
  }
}

function hold(bytes: Uint8Array, archive: string, opened: Opened): Uint8Array {
  if (opened.heldBytes + bytes.length > MAX_TEXT_BYTES) throw new PowerPricesError(tooLong(archive, MAX_TEXT_BYTES));
  opened.heldBytes += bytes.length;
  return bytes;
}

const ARCHIVE_NAME = /\.(zip|gz|xlsx|xlsm|ods)$/i;

function failWith(error: PowerPricesError): never {
  throw error;
}

const isArchive = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5)) || // 5 if it is empty.
  (bytes[0] === 0x1f && bytes[1] === 0x8b);

async function openTable({ name, bytes }: SourceFile): Promise<Table> {
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf && bytes[2] === 0x11) {
    throw new PowerPricesError(OLD_OR_LOCKED_EXCEL);
  }
  // Binary files have zeros; but for a PDF document, which may begin with text.
  if (bytes[0] === 0x25 || bytes.subarray(0, FIRST_BYTES).includes(0)) {
    const { kindOfFile } = await import("./other-files");
    const kind = kindOfFile(bytes);
    if (kind !== null) throw new PowerPricesError(otherFile(kind));
  }
  if (bytes.length > MAX_TEXT_BYTES) throw new PowerPricesError(tooLong(name, MAX_TEXT_BYTES));
  const text = await decodeText(bytes);
  if (!/^[\s\uFEFF]*</.test(text.slice(0, 200))) return tableOfText(text);
  const { tableOfMarkup } = await import("./markup");
  return tableOfMarkup(text) ?? tableOfText(text);
}

function attempt<Result>(open: () => Result): Result | PowerPricesError {
  try {
    return open();
  } catch (error) {
    if (error instanceof PowerPricesError) return error;
    throw error;
  }
}

async function readAny(table: Table, read: (table: Table) => Reading): Promise<Reading> {
  const first = await refusing(() => whenLoaded(() => read(table)));
  if (first.status !== "refused") return first;
  const [{ readUnusual }, { withCause }] = await Promise.all([import("./unusual-shapes"), import("./no-times")]);
  return (await whenLoaded(() => readUnusual(table, read))) ?? withCause(first, table);
}

async function refusing(read: () => Promise<Reading>): Promise<Reading> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof PowerPricesError) return refusal(error.message);
    throw error;
  }
}
