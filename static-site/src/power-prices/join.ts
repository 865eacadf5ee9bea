// Joins what was read from several files or sheets that continue one another. Loaded only when there are several.

import { inTwoFiles, joinedTables, leftOutTable, otherPrices, whichFile } from "../words/joined-files";
import { hoursAre, missingNote } from "./left-out";
import type { PowerInterval, PowerSeries } from "./power-file";
import { type Ask, CHOICE_KEYS, type Choice, type ChoiceKey, noChoices, type Reading, refusal } from "./reading";

export type NamedReading = { readonly name: string; readonly reading: Reading };

/** The message has no more notes on single files than these. */
const MAX_NOTES = 6;
const MAX_NAMES = 4;

/**
 * One reading for all: series of the same name become one, in order of time. What is missing
 * between files, or in two of them, is told.
 */
export function joinReadings(all: readonly NamedReading[]): Reading {
  const [only] = all;
  if (only === undefined) return refusal("There is no file to read. Choose a file with times and prices.");
  if (all.length === 1) return only.reading;
  // A file whose series only have to be chosen from has been read.
  const asking = all.filter(({ reading }) => reading.status === "asks" && reading.series.length === 0);
  const read = all.filter(({ reading }) => reading.series.length > 0);
  const refused = all.filter(({ reading }) => reading.status === "refused");
  const [firstAsking] = asking;
  if (firstAsking !== undefined) {
    const asks = joinAsks(asking);
    const questions = asks.map(({ question }) => question);
    const needed = asks.map(({ key, options }) => [key, { value: null, found: "needed", options }] as const);
    const choices = { ...joinChoices([firstAsking, ...all]), ...Object.fromEntries(needed) };
    return { ...firstAsking.reading, asks, choices, message: `${firstAsking.name}: ${questions.join(" ")}` };
  }
  const [first] = read;
  if (first === undefined) return { ...only.reading, message: `${only.name}: ${only.reading.message}` };

  const { reading } = first;
  const { currency } = reading;
  const same = read.filter(({ reading }) => reading.currency === currency);
  const notes = [
    ...refused.map(({ name, reading }) => leftOutTable(name, reading.message)),
    ...read
      .filter((one) => !same.includes(one))
      .map(({ name, reading }) => `Left out ${name}: its prices are in ${reading.currency}`),
  ];
  const byKind = same.map(({ reading }) => seriesByKind(reading, hasKinds(same)));
  const isByFile = haveOtherPrices(byKind);
  const ofSame = listed(same.map(({ name }) => name));
  notes.unshift(isByFile ? otherPrices(same.length, ofSame) : joinedTables(same.length, ofSame));
  const parts = isByFile ? byKind.map((series, at) => seriesByFile(series, same[at]?.name ?? "")) : byKind;
  const names = [...new Set(parts.flatMap((series) => series.map(({ name }) => name)))];
  const preferredName = parts[0]?.[reading.preferred]?.name;
  const preferred = Math.max(0, names.indexOf(preferredName ?? ""));
  const joined = names.map((name) =>
    joinSeries(
      name,
      parts.flatMap((series) => series.filter((one) => one.name === name)),
      reading.choices.zone.value,
    ),
  );
  const shown = joined[preferred];
  const isOfOne = joined.length > 1 ? `${shown?.series.name}: ` : "";
  if (shown !== undefined) notes.push(...shown.notes.map((note) => isOfOne + note));
  const ofFiles = notesOfFiles(same);
  const message = [reading.layout, ...notes, ...ofFiles.slice(0, MAX_NOTES)];
  if (ofFiles.length > MAX_NOTES) message.push(`and ${ofFiles.length - MAX_NOTES} more notes on single files`);
  const choices = joinChoices(same);
  const asked = same.flatMap(({ reading }) => reading.asks)[0]?.question;
  const question = isByFile ? whichFile(names) : asked;
  const isAsked = question !== undefined;
  const place = {
    found: isAsked ? "needed" : choices.place.found,
    value: isAsked ? null : (shown?.series.name ?? null),
    options: names,
  } as const;
  return {
    ...reading,
    status: isAsked ? "asks" : "read",
    asks: isAsked ? [{ key: "place", question, options: names }] : [],
    message: isAsked ? question : message.join(". "),
    choices: {
      ...choices,
      place: names.length > 1 && place.found === "recognised" ? { ...place, found: "assumed" } : place,
    },
    series: joined.map(({ series }) => series),
    preferred,
    notes: [...notes, ...ofFiles],
  };
}

/** Each question once, with the options of all tables that ask it. */
function joinAsks(asking: readonly NamedReading[]): Ask[] {
  const asks = new Map<ChoiceKey, Ask>();
  for (const ask of asking.flatMap(({ reading }) => reading.asks)) {
    const { question, options } = asks.get(ask.key) ?? ask;
    asks.set(ask.key, { key: ask.key, question, options: [...new Set([...options, ...ask.options])] });
  }
  return [...asks.values()];
}

/** The first table's choices, with the options of all. */
function joinChoices(all: readonly NamedReading[]): Record<ChoiceKey, Choice> {
  const choices = noChoices();
  for (const key of CHOICE_KEYS) {
    const each = all.map(({ reading }) => reading.choices[key]);
    const options = [...new Set(each.flatMap((one) => one.options))];
    choices[key] = { ...choices[key], ...each[0], options };
  }
  return choices;
}

function listed(names: readonly string[]): string {
  const each = byWorkbook(names);
  return each.length > MAX_NAMES
    ? `${each.slice(0, MAX_NAMES).join(", ")} and ${each.length - MAX_NAMES} more`
    : each.join(", ");
}

/** "a.xlsx, sheet Jan" and "a.xlsx, sheet Feb" are "a.xlsx (sheets Jan, Feb)". */
function byWorkbook(names: readonly string[]): string[] {
  const sheets = new Map<string, string[]>();
  for (const name of names) {
    const [, book = name, sheet] = /^(.*), sheet (.*)$/.exec(name) ?? [];
    sheets.set(book, [...(sheets.get(book) ?? []), ...(sheet === undefined ? [] : [sheet])]);
  }
  return [...sheets].map(([book, all]) =>
    all.length === 0 ? book : `${book} (sheet${all.length === 1 ? "" : "s"} ${all.join(", ")})`,
  );
}

/** The notes on each file; those that are not on all of them with the names of their files. */
function notesOfFiles(files: readonly NamedReading[]): string[] {
  const namesByNote = new Map<string, string[]>();
  for (const { name, reading } of files)
    for (const note of reading.notes) namesByNote.set(note, [...(namesByNote.get(note) ?? []), name]);
  return [...namesByNote].map(([note, names]) => (names.length === files.length ? note : `${listed(names)}: ${note}`));
}

/** Whether files are of different kinds: day-ahead and real-time prices are not one series. */
const hasKinds = (all: readonly NamedReading[]): boolean =>
  new Set(all.map(({ reading }) => reading.choices.kind.value)).size > 1;

function seriesByKind({ series, choices }: Reading, isNamed: boolean): readonly PowerSeries[] {
  const kind = choices.kind.value;
  return isNamed && kind !== null ? series.map((one) => ({ ...one, name: `${one.name}, ${kind}` })) : series;
}

/** "de.csv" has the series "de"; of several in a file, each also has its name. */
function seriesByFile(series: readonly PowerSeries[], file: string): readonly PowerSeries[] {
  const label = /, sheet (.*)$/.exec(file)?.[1] ?? file.replace(/^.*\//, "").replace(/\.\w+$/, "");
  return series.map((one) => ({ ...one, name: series.length === 1 ? label : `${label}, ${one.name}` }));
}

/** Less than this part of equal times have other prices in files that continue one another. */
const MAX_OTHER = 0.05;

/** Whether files have the same times, and other prices: then they are those of different places. */
function haveOtherPrices(parts: readonly (readonly PowerSeries[])[]): boolean {
  const seen = new Map<string, PowerSeries>();
  for (const one of parts.flat()) {
    const first = seen.get(one.name);
    seen.set(one.name, first ?? one);
    if (first === undefined) continue;
    const equal = one.intervals.flatMap(({ start, price }) => {
      const other = priceAt(first.intervals, start);
      return other === null ? [] : [other === price];
    });
    const isMost = equal.length * 2 > Math.min(first.intervals.length, one.intervals.length);
    if (isMost && equal.filter((isEqual) => !isEqual).length > equal.length * MAX_OTHER) return true;
  }
  return false;
}

/** The price of the interval that starts at a time; null if there is none. */
function priceAt(intervals: readonly PowerInterval[], start: number): number | null {
  let [from, to] = [0, intervals.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((intervals[middle]?.start ?? Infinity) < start) from = middle + 1;
    else to = middle;
  }
  const found = intervals[from];
  return found?.start === start ? found.price : null;
}

function joinSeries(
  name: string,
  parts: readonly PowerSeries[],
  zone: string | null,
): { series: PowerSeries; notes: string[] } {
  const sorted = parts.toSorted((a, b) => (a.intervals[0]?.start ?? 0) - (b.intervals[0]?.start ?? 0));
  const intervals: PowerInterval[] = [];
  let overlapping = 0;
  let overlapMs = 0;
  let others = 0;
  const gaps = { ms: 0, count: 0, first: Infinity, zone };
  for (const part of sorted) {
    const covered = intervals.at(-1)?.end ?? Number.NEGATIVE_INFINITY;
    const rest = part.intervals.filter(({ start }) => start >= covered);
    for (const { start, end, price } of part.intervals) {
      if (start >= covered) break;
      overlapping += 1;
      overlapMs += end - start;
      if (priceAt(intervals, start) !== price) others += 1;
    }
    const from = rest[0]?.start;
    if (from !== undefined && Number.isFinite(covered) && from > covered) {
      gaps.count += 1;
      gaps.ms += from - covered;
      gaps.first = Math.min(gaps.first, covered);
    }
    for (const interval of rest) intervals.push(interval);
  }
  const notes: string[] = [];
  if (gaps.count > 0) notes.push(missingNote(gaps, " between the files"));
  if (overlapping > 0) notes.push(inTwoFiles(hoursAre(overlapMs), others));
  return { series: { name, intervals, written: sorted[0]?.written ?? [] }, notes };
}
