// How a file was read, as rows and sentences to show: one row for each choice.

import { dayIn, plain, timesIn, whole } from "../lib/format";
import { HOUR_MS, MINUTE_MS, type UnixMs } from "../model/units";
import * as words from "../words/reading";
import type { FileChoices, Rate } from "./file-choices";
import { type PowerSeries, WRITTEN } from "./power-file";
import { CHOICE_KEYS, type ChoiceKey, type Choices, type Found, type Reading } from "./reading";
import { AMERICAN_SUMMER, fixedOffset, isZone, zoneNamed } from "./zone-names";

export type Option = { readonly value: string; readonly label: string };

/** A choice to show, with the options to change it: none if there is nothing to choose. */
export type ReadingRow = {
  readonly key: ChoiceKey | "rate";
  readonly label: string;
  /** The value of one of the options; empty if it is needed. */
  readonly value: string;
  readonly options: readonly Option[];
  /** "search": there are many options to search in, or other values than these. */
  readonly control: "none" | "select" | "search" | "number";
  readonly found: Found;
  /** More on the value; or the question if it is needed. */
  readonly detail: string;
};

/** More options than this are searched in. */
const MAX_SELECT = 20;
const KEYS = ["place", "price", "unit", "sign", "currency", "rate", "time", "zone", "stamp", "order", "kind"] as const;
const URGENCY: readonly Found[] = ["needed", "assumed", "chosen", "recognised"];

/**
 * The series that the user chose, or else the one to show first; null if the file is not read, or if
 * one must be chosen.
 */
export function shownSeries(reading: Reading, choices: Choices): PowerSeries | null {
  const wanted = choices.place?.toLowerCase();
  const first = reading.choices.place.found === "needed" ? undefined : reading.series[reading.preferred];
  return reading.series.find(({ name }) => name.toLowerCase() === wanted) ?? first ?? null;
}

/** A file of which one series must be chosen is read once it is: the reader does not receive this choice. */
export function withPlace(reading: Reading, choices: Choices): Reading {
  if (reading.choices.place.found !== "needed" || reading.series.length === 0) return reading;
  return { ...reading, status: shownSeries(reading, choices) === null ? "asks" : "read" };
}

/** The rate that applies to the file; null if the user must enter it. */
export function rateFor(reading: Reading, rate: Rate | null): Rate | null {
  const currency = rowCurrency(reading);
  if (currency === "USD") return { currency, usd: 1 };
  return rate?.currency === currency ? rate : null;
}

/** The currency of the prices; null if it is not known. */
export const rowCurrency = ({ currency, choices }: Reading): string | null => currency ?? choices.currency.value;

export function readingRows(reading: Reading, chosen: FileChoices): readonly ReadingRow[] {
  return KEYS.flatMap((key) => (key === "rate" ? rateRow(reading, chosen) : choiceRow(key, reading, chosen)));
}

/** The keys of rows in the order to show them: first what the user should look at. */
export function rowOrder(rows: readonly ReadingRow[]): readonly ReadingRow["key"][] {
  const urgencyOf = (key: ReadingRow["key"]): number => {
    const row = rows.find((one) => one.key === key);
    if (row !== undefined) return URGENCY.indexOf(row.found);
    // Another currency brings this row, below its own.
    return key === "rate" ? urgencyOf("currency") : URGENCY.length;
  };
  return KEYS.toSorted((one, other) => urgencyOf(one) - urgencyOf(other));
}

function rateRow(reading: Reading, chosen: FileChoices): ReadingRow[] {
  const currency = rowCurrency(reading);
  // Another answer may change the currency.
  if (reading.status !== "read" || currency === null || currency === "USD") return [];
  const rate = rateFor(reading, chosen.rate);
  return [
    {
      key: "rate",
      label: words.rateLabel(currency),
      value: rate === null ? "" : String(rate.usd),
      options: [],
      control: "number",
      found: rate === null ? "needed" : "chosen",
      detail: rate === null ? words.rateQuestion(currency) : "",
    },
  ];
}

function choiceRow(key: ChoiceKey, reading: Reading, { choices }: FileChoices): ReadingRow[] {
  const { found, options } = reading.choices[key];
  const series = shownSeries(reading, choices);
  const value = key === "place" ? (series?.name ?? "") : (reading.choices[key].value ?? "");
  const isPlaceChosen = key === "place" && choices.place?.toLowerCase() === value.toLowerCase() && options.length > 1;
  if (value === "" && found !== "needed") return [];
  if (key === "order" && options.length === 0) return []; // The year comes first.
  if (key === "place" && found === "recognised" && options.length < 2 && isOfPriceColumn(value, reading)) return [];
  const values = value === "" || options.includes(value) ? options : [value, ...options];
  const isFixed = found !== "needed" && (values.length < 2 || !options.some((option) => option !== value));
  const isSearched = key === "zone" || values.length > MAX_SELECT;
  return [
    {
      key,
      label: words.LABELS[key],
      value,
      options: values.map((option) => ({ value: option, label: labelOf(key, option, reading) })),
      control: isFixed ? "none" : isSearched && key !== "currency" ? "search" : "select",
      found: isPlaceChosen ? "chosen" : found,
      detail: detailOf(key, reading, series),
    },
  ];
}

/** Whether the name of a single series says no more than its column. */
const isOfPriceColumn = (name: string, { choices: { price } }: Reading): boolean =>
  name === "Price" || price.value?.includes(name) === true;

function labelOf(key: ChoiceKey, value: string, reading: Reading): string {
  if (key === "price" && reading.series.length > 1 && !reading.choices.price.options.includes(value))
    return words.SEVERAL_COLUMNS;
  if (key === "unit") return words.perUnit(rowCurrency(reading), value);
  if (key === "stamp") return words.STAMPS[value] ?? value;
  if (key === "sign") return words.SIGNS[value] ?? value;
  if (key === "order") return words.ORDERS[value] ?? value;
  return value;
}

function detailOf(key: ChoiceKey, { asks, choices }: Reading, series: PowerSeries | null): string {
  const question = asks.find((ask) => ask.key === key)?.question;
  if (question !== undefined && !(key === "place" && series !== null)) return question;
  const summer = key === "zone" ? AMERICAN_SUMMER[choices.zone.value ?? ""] : undefined;
  if (summer !== undefined) return words.noSummerTime(summer);
  return key === "stamp" && series !== null ? words.lasting(lengthOf(series)) : "";
}

const LOOKED_AT = 500;

/** How long the prices of a series last: "15 min"; null if they differ. */
function lengthOf({ intervals }: PowerSeries): string | null {
  const lengths = new Set(intervals.slice(0, LOOKED_AT).map(({ start, end }) => end - start));
  const [length = 0] = lengths;
  if (lengths.size > 1) return null;
  return length % HOUR_MS === 0 ? words.hours(length / HOUR_MS) : words.minutes(plain(length / MINUTE_MS));
}

/** What was found in one way, by its names. */
export const namesOf = (rows: readonly ReadingRow[], found: Found): readonly string[] =>
  rows.filter((row) => row.found === found).map(({ key }) => words.NAMES[key]);

/** One sentence on how the file is read, and on what the user should look at. */
export function summaryOf(reading: Reading, chosen: FileChoices): string {
  const rows = readingRows(reading, chosen);
  if (reading.status === "refused") return words.REFUSED_AS;
  if (reading.status === "asks") return words.ANSWER_NEEDED;
  const series = shownSeries(reading, chosen.choices);
  const { unit, zone, stamp } = reading.choices;
  const what = [
    ...(reading.series.length > 1 && series !== null ? [series.name] : []),
    words.perUnit(rowCurrency(reading), unit.value ?? ""),
    zone.value !== null && isZone(zone.value) ? words.inZone(zone.value) : words.WITH_OFFSETS,
    ...(series === null ? [] : [words.intervals(stamp.value ?? "start", lengthOf(series))]),
  ];
  const assumed = namesOf(rows, "assumed");
  return [words.readsAs(reading.layout, what), ...(assumed.length > 0 ? [words.checkAssumed(assumed)] : [])].join(" ");
}

/** A price as it was read: from and to in the file's zone, and in UTC. */
export type FirstPrice = {
  /** Null if the file is in UTC, or each time has an offset of its own. */
  readonly local: string | null;
  readonly utc: string;
  /** As the file writes it; empty if that is not known. */
  readonly written: string;
  /** In the file's currency per MWh. */
  readonly price: number;
  /** Null until the rate is known. */
  readonly usd: number | null;
};

export function firstPrices(reading: Reading, chosen: FileChoices): readonly FirstPrice[] {
  const rate = rateFor(reading, chosen.rate);
  const zone = localZone(reading);
  const local = zone === null ? null : timesIn(zone, fixedOffset(zone));
  const { intervals, written } = shownSeries(reading, chosen.choices) ?? { intervals: [], written: [] };
  return intervals.slice(0, WRITTEN).map(({ start, end, price }, at) => ({
    local: local === null ? null : local.range(start, end),
    utc: utcTimes().range(start, end),
    written: written[at] ?? "",
    price,
    usd: rate === null ? null : price * rate.usd,
  }));
}

const utcTimes = () => timesIn("UTC", 0);

/** The file's time zone; null if it is UTC, or not the same in all rows. */
export function localZone({ choices: { zone } }: Reading): string | null {
  return zone.value === null || zone.value === "UTC" || !isZone(zone.value) ? null : zone.value;
}

/** "farm.csv: 240 prices from .. to ..": what was read, or what is needed to read it. */
export function describeFile(name: string, reading: Reading, chosen: FileChoices): string {
  if (reading.status === "refused") return reading.message;
  const needed = namesOf(readingRows(reading, chosen), "needed");
  const rest = needed.length > 0 ? ` ${words.isNeeded(needed)}` : "";
  const intervals = shownSeries(reading, chosen.choices)?.intervals ?? [];
  const [first, last] = [intervals[0], intervals.at(-1)];
  if (first === undefined || last === undefined) return `${name}:${rest}`;
  const zone = localZone(reading) ?? "UTC";
  const day = dayIn(zone, fixedOffset(zone));
  const prices = words.pricesCounted(intervals.length, whole(intervals.length));
  return `${words.wasRead(name, prices, day(first.start), day((last.end - 1) as UnixMs))}${rest}`;
}

/** What a change of one choice did to the prices. */
export function whatChanged(
  key: ChoiceKey | "undo",
  before: ReadingWith,
  after: ReadingWith,
  rate: Rate | null,
): string {
  const { reading } = after;
  const chosen = { header: "", choices: after.choices, rate };
  const rows = readingRows(reading, chosen);
  const labelOfRow = ({ value, options }: ReadingRow): string =>
    options.find((option) => option.value === value)?.label ?? value;
  const row = rows.find((one) => one.key === key);
  const said = [
    ...(key === "undo" ? [words.CHOICES_UNDONE] : []),
    ...(row === undefined ? [] : [words.changedTo(row.label, labelOfRow(row))]),
  ];
  for (const other of rows) {
    if (other.key === key || other.key === "rate" || other.key === "place" || other.value === "") continue;
    const isNew = before.reading.choices[other.key].value !== reading.choices[other.key].value;
    if (isNew) said.push(words.changedTo(other.label, labelOfRow(other)));
  }
  if (reading.status === "refused") return [...said, reading.message].join(" ");
  if (reading.status === "read" && before.reading.status !== "read")
    return [...said, describeFile(after.name, reading, chosen)].join(" ");
  const [old, now] = [shownSeries(before.reading, before.choices), shownSeries(reading, after.choices)];
  if (now !== null && old !== null)
    said.push(...differences(old, now, rowCurrency(before.reading), rowCurrency(reading)));
  const needed = namesOf(rows, "needed");
  if (needed.length > 0) said.push(words.isNeeded(needed));
  return said.join(" ");
}

/** Files as they were read with some choices. */
export type ReadingWith = { readonly name: string; readonly reading: Reading; readonly choices: Choices };

function differences(
  old: PowerSeries,
  now: PowerSeries,
  oldCurrency: string | null,
  currency: string | null,
): string[] {
  const [was, is] = [old.intervals[0], now.intervals[0]];
  if (was === undefined || is === undefined) return [];
  const { time } = utcTimes();
  const price = (value: number, of: string | null): string => `${plain(value)} ${of}/MWh`;
  const found: string[] = [];
  if (was.start !== is.start) found.push(words.firstNow(time(is.start), time(was.start)));
  if (was.price !== is.price || oldCurrency !== currency)
    found.push(words.priceNow(price(is.price, currency), price(was.price, oldCurrency)));
  if (old.intervals.length !== now.intervals.length)
    found.push(words.countNow(whole(now.intervals.length), whole(old.intervals.length)));
  const isSame = old.intervals.every(({ start, end, price }, at) => {
    const other = now.intervals[at];
    return start === other?.start && end === other.end && price === other.price;
  });
  return found.length === 0 ? [isSame ? words.SAME_PRICES : words.OTHER_PRICES] : found;
}

/** Labels and values of choices. */
export type Misfits = readonly (readonly [string, string])[];

/** The choices that are possible for a file, and those that are not. */
export function fitting(choices: Choices, reading: Reading): { readonly fits: Choices; readonly misfits: Misfits } {
  const entries = CHOICE_KEYS.flatMap((key) => {
    const value = choices[key];
    return value === undefined ? [] : [{ key, value, isPossible: isPossible(key, value, reading) }];
  });
  return {
    fits: Object.fromEntries(entries.filter(({ isPossible }) => isPossible).map(({ key, value }) => [key, value])),
    misfits: entries
      .filter(({ isPossible }) => !isPossible)
      .map(({ key, value }) => [words.NAMES[key], value] as const),
  };
}

function isPossible(key: ChoiceKey, value: string, { status, choices }: Reading): boolean {
  const { options } = choices[key];
  // The places are known only when all is answered.
  if (key === "place" && status !== "read") return true;
  if (key === "zone") return options.includes(value) || (zoneNamed(value) !== null && options.length !== 1);
  return options.some((option) => option.toLowerCase() === value.toLowerCase());
}

/** The choices as the reader of files needs them: it reads all places, of which one is shown. */
export function withoutPlace({ place: _, ...others }: Choices): Choices {
  return others;
}

export const hasChoices = (choices: Choices): boolean => CHOICE_KEYS.some((key) => choices[key] !== undefined);

export const isSame = (one: Choices, other: Choices): boolean => CHOICE_KEYS.every((key) => one[key] === other[key]);

/** The option that a text means: itself, or the only one that has all its words. Null if there is none. */
export function matchOption(text: string, options: readonly string[]): string | null {
  const plainText = (value: string): string => value.toLowerCase().replaceAll("_", " ");
  const wanted = plainText(text.trim());
  const exact = options.find((option) => plainText(option) === wanted);
  if (exact !== undefined || wanted === "") return exact ?? null;
  const near = options.filter((option) => wanted.split(/\s+/).every((word) => plainText(option).includes(word)));
  return near.length === 1 ? (near[0] ?? null) : null;
}
