// Reads power prices from a table: finds out what the columns hold, asks what is not known, and
// reads the rows.

import { DAY_MS, HOUR_MS } from "../model/units";
import {
  asHours,
  earlierVersions,
  HELD_ALL_DAY,
  isHourOrPlace,
  mostlyUnreadable,
  NO_PRICE,
  NOTHING_IS_PRICE,
  readAsStamps,
  whichSeries,
  whichTime,
} from "../words/reader";
import { Answers } from "./answers";
import { chooseMoney, type Money } from "./choose-money";
import { chooseKind, choosePrices } from "./choose-price";
import { chooseSign } from "./choose-sign";
import { chooseOrder, chooseStamp, chooseZone, doubtZone, hasMidnightEnds, zoneOfPlace } from "./choose-times";
import { type Column, isVersion } from "./column-profile";
import type { Known } from "./known";
import { look } from "./known-table";
import { leftOutNotes } from "./left-out";
import { chosenPlaces, nameSeries, preferredOf } from "./name-series";
import { uncommon } from "./on-demand";
import { PowerPricesError, type PowerSeries } from "./power-file";
import { doubt, medianOf } from "./price-units";
import { type Progress, type RowPlan, type RowsRead, readRows } from "./read-rows";
import { CHOICE_KEYS, type Choices, type Reading, refusal } from "./reading";
import { kindColumn, namesPlaces, placeColumn } from "./series-columns";
import { cell, type Table } from "./table";
import { isDaily, type TimePlan } from "./time-plan";
import { isZone } from "./zone-names";

const FIRST_ROWS = 3_000;
const MAX_KEYS = 4;
/** So many series may have a single price each. */
const MAX_ALONE = 20;
const MEDIAN_OF = 2_000;
/** More prices than this part at a time that another row has: the file cannot be understood. */
const MAX_CONFLICTS = 0.01;
/** Before the time zone is known, when the hour that autumn repeats cannot be told. */
const MAX_CONFLICTS_ASKED = 0.1;
const IRREGULAR = "The times are irregular: each price is taken to last until the next";

/** Throws `PowerPricesError` if the table has no times or no prices. */
export function readTable(table: Table, fileName: string, choices: Choices, progress: Progress = () => {}): Reading {
  const known = look(table, fileName, choices);
  const { columns, market, time } = known;
  const answers = new Answers();
  const days = mayBeOfParts(known) ? uncommon() : null;
  days?.refuseContracts(known);
  days?.refuseLateDays(known);
  const part = kindColumn(columns, market, choices.kind);
  const wholeDays = days?.rowsOfWholeDays(known, answers) ?? null;
  const place = placeColumn(columns, market, time);
  const possible = choosePrices(
    known,
    new Set([place?.at, part?.at, wholeDays?.at].filter((at) => at !== undefined)),
    answers,
  );
  days?.refuseBlocks(known);
  const layout = market?.name ?? "Times and prices";
  const shown = { layout, header: known.header.headers.join("|"), choices: answers.choices };
  if (answers.choices.price.value === NO_PRICE) return { ...refusal(NOTHING_IS_PRICE), ...shown };
  if (time.isUnclear && choices.time === undefined) answers.ask("time", whichTime(time.options), time.options);
  else if (known.unclearPeriods !== null && choices.time === undefined) {
    const { header, labels } = known.unclearPeriods;
    answers.ask("time", isHourOrPlace(header, labels[0] ?? ""), [asHours(time.name, header), time.name]);
  } else answers.sayOneOf("time", time.name, choices.time, true, time.options);
  const order = chooseOrder(known, answers);
  const zone = chooseZone(known, order, answers);
  const stamp = chooseStamp(known, order, zone, answers);
  const kinds = part === null ? chooseKind(known, possible, answers) : possible;
  if (part !== null) answers.sayOneOf("kind", part.value, choices.kind, true, part.options);
  const kept = days?.columnsOfWholeDays(known, kinds, answers) ?? kinds;
  const money = chooseMoney(known, kept, zoneOfPlace(known, zone), answers);
  doubtZone(known, answers.choices.currency.value, answers);
  const sign = money === null ? "." : chooseSign(known, money, answers);
  const prices = money?.prices ?? kept.map((column) => ({ ...column, perMwh: 1 }));
  const plan: RowPlan = {
    headers: known.header.headers,
    time,
    zone: zone ?? "UTC",
    isZoneChosen: answers.choices.zone.found === "chosen" && isZone(answers.choices.zone.value ?? ""),
    order: order ?? "day first",
    stamp,
    hasMidnightEnds: stamp === "end" && hasMidnightEnds(known),
    prices,
    sign,
    keys: place === undefined ? [] : [place.at],
    only: part ?? wholeDays,
    currencyAt: money?.currencyAt ?? null,
    currency: money?.currency ?? "",
    unitAt: money?.unitAt ?? null,
  };
  try {
    const isAsked = answers.asks.length > 0 || money === null || zone === null || order === null;
    const to = Math.min(known.table.length, isAsked ? known.header.firstRow + FIRST_ROWS : Infinity);
    const rows = readBySeries(known, plan, to, isAsked ? MAX_CONFLICTS_ASKED : MAX_CONFLICTS, progress);
    if (rows.nextHeader !== null) {
      const joined = uncommon().withTableBelow(known.table, known.header.headers, rows.nextHeader, time.timeAt ?? 0);
      return readTable(joined, fileName, choices, progress);
    }
    return isAsked ? asking(answers, shown) : finish(known, plan, rows, money, answers, shown);
  } catch (error) {
    // Another choice may lead to a right reading.
    if (error instanceof PowerPricesError) return { ...refusal(error.message), ...shown };
    throw error;
  }
}

/** Whether prices may be those of peak hours, blocks or contracts: they are of dates, and no market numbers its hours. */
const mayBeOfParts = ({ time, market }: Known): boolean =>
  time.isDay && (market === null || time.clockAt !== null || isDaily(time));

type Shown = Pick<Reading, "layout" | "header" | "choices">;

function asking({ asks: all, choices, notes }: Answers, shown: Shown): Reading {
  const asks = CHOICE_KEYS.flatMap((key) => all.filter((ask) => ask.key === key));
  const message = asks.map(({ question }) => question).join(" ");
  return { status: "asks", message, asks, ...shown, choices, currency: null, series: [], preferred: 0, notes };
}

/** What was read, and the columns that tell series apart without being those of places. */
type SeriesFound = RowsRead & { readonly unsure: readonly Column[]; readonly earlier: number };

/** Reads the rows; where several have one time, by the columns that tell them apart. */
function readBySeries(known: Known, plan: RowPlan, end: number, most: number, progress: Progress): SeriesFound {
  const { header, time } = known;
  let { table, columns } = known;
  let keys = [...plan.keys];
  let unsure: readonly Column[] = [];
  let earlier = 0;
  const firstTo = Math.min(end, header.firstRow + FIRST_ROWS);
  for (let to = firstTo; ; ) {
    const isAll = to === end;
    const rows = readRows(table, header.firstRow, to, { ...plan, keys }, isAll ? progress : undefined);
    if (rows.nextHeader !== null) return { ...rows, unsure, earlier };
    const last = unsure.at(-1);
    const isId = rows.series.length > MAX_ALONE && rows.series.length * 2 > rows.rowCount;
    if (last !== undefined && isId) {
      // A column that is different in each row names no series: it is that of ids, or of trades.
      columns = columns.filter((column) => column !== last);
      keys = keys.filter((at) => at !== last.at);
      unsure = unsure.slice(0, -1);
      continue;
    }
    const found =
      rows.conflicts.length === 0 || keys.length >= MAX_KEYS
        ? null
        : uncommon().differingColumn(table, rows.conflicts, columns, time, plan.prices, keys);
    if (found === null && !isAll) to = end;
    else if (found === null) {
      refuseUnreadable(rows, end === table.length);
      const [first] = rows.conflicts;
      if (first !== undefined && rows.conflicts.length > rows.priceCount * most)
        throw uncommon().twoPricesAt(first, known, plan.zone, most === MAX_CONFLICTS);
      return { ...rows, unsure, earlier };
    } else if (isVersion(found)) {
      ({ table, earlier } = uncommon().latestRows(table, header.firstRow, time, keys, found.at));
      columns = columns.filter((column) => column !== found);
    } else {
      keys = [...keys, found.at];
      if (!namesPlaces(found)) unsure = [...unsure, found];
    }
  }
}

function refuseUnreadable({ leftOut, rowCount }: RowsRead, isAll: boolean): void {
  if (isAll && leftOut.unreadable * 2 > rowCount)
    throw new PowerPricesError(mostlyUnreadable(leftOut.firstUnreadable, leftOut.firstText));
}

function finish(known: Known, plan: RowPlan, rows: SeriesFound, money: Money, answers: Answers, shown: Shown): Reading {
  const { market, choices } = known;
  const { leftOut } = rows;
  const keyHeaders = rows.keyColumns.map((at) => cell(known.header.headers, at));
  const named = nameSeries(rows.series, keyHeaders, plan.prices.length > 1);
  const all = named.filter(({ intervals }) => intervals.length > 0);
  if (all.length === 0) throw noPrices(rows);
  const names = all.map(({ name }) => name);
  const wanted = choices.place === undefined ? [] : chosenPlaces(all, choices.place);
  if (choices.place !== undefined && wanted.length === 0) {
    answers.refuse("place", choices.place, names);
    return asking(answers, shown);
  }
  const series = wanted.length > 0 ? wanted : all;
  const preferred = wanted.length > 0 ? 0 : preferredOf(all, market);
  const found = { ...shown.choices };
  found.place = {
    value: series[preferred]?.name ?? null,
    found: wanted.length > 0 ? "chosen" : all.length > 1 ? "assumed" : "recognised",
    options: names,
  };
  const isClear = names.some((name) => market?.preferred?.test(name));
  const isAsked = wanted.length === 0 && all.length > 1 && rows.unsure.length > 0 && !isClear;
  const question = whichSeries(names, rows.unsure.map(({ header }) => header).join(", "));
  if (isAsked) found.place = { value: null, found: "needed", options: names };
  const empty = named.filter(({ intervals }) => intervals.length === 0).map(({ name }) => name);
  const areEvents = rows.series.some((one) => one.areEvents);
  const notes = [
    ...answers.notes,
    ...money.notes,
    ...(rows.earlier > 0 ? [earlierVersions(rows.earlier)] : []),
    ...(found.stamp.found === "assumed" && !isDaily(plan.time) && !areEvents ? [readAsStamps(plan.stamp)] : []),
    ...(!known.time.saysEvents && areEvents ? [IRREGULAR] : []),
    ...leftOutNotes(leftOut, all.length, found.zone.value),
    ...emptyNotes(empty),
    ...(areWholeDays(known.time, all) ? [HELD_ALL_DAY] : []),
    ...(isAsked ? [] : doubts(series[preferred], money.currency)),
  ];
  return {
    status: isAsked ? "asks" : "read",
    message: isAsked ? question : [shown.layout, ...notes].join(". "),
    asks: isAsked ? [{ key: "place", question, options: names }] : [],
    ...shown,
    choices: found,
    currency: money.currency,
    series,
    preferred,
    notes,
  };
}

/** Whether each price is that of a date, and no end or event says how long it holds. */
const areWholeDays = (time: TimePlan, [first]: readonly PowerSeries[]): boolean =>
  isDaily(time) && time.endAt === null && !time.saysEvents && first?.intervals.every(isDay) === true;

/** Days are of 23 to 25 hours. */
const isDay = ({ start, end }: PowerSeries["intervals"][number]): boolean => Math.abs(end - start - DAY_MS) <= HOUR_MS;

function doubts(series: PowerSeries | undefined, currency: string): string[] {
  const all = series?.intervals ?? [];
  const step = Math.ceil(all.length / MEDIAN_OF);
  const prices = all.filter((_, at) => at % step === 0).map(({ price }) => price);
  const said = doubt(medianOf(prices), currency);
  return said === null ? [] : [said];
}

function noPrices({ leftOut }: RowsRead): PowerPricesError {
  return new PowerPricesError(
    leftOut.tallies.withoutLength.rows > 0
      ? "The file has a single price, so it does not say how long that holds. Add rows, or a column with the end of each."
      : "The file has times but no price. Check that the column of prices holds numbers such as 42.50.",
  );
}

function emptyNotes(names: readonly string[]): string[] {
  const others = names.length > 5 ? ` and ${names.length - 5} more` : "";
  return names.length === 0 ? [] : [`Left out, with too few prices: ${names.slice(0, 5).join(", ")}${others}`];
}
