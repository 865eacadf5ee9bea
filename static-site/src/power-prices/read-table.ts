// Reads power prices from a table: finds out what the columns hold, asks what is not known, and
// reads the rows.

import { DAY_MS, HOUR_MS, MINUTE_MS } from "../units";
import { type Column, profileColumns, sampleRows } from "./column-profile";
import { findDateOrder } from "./date-order";
import { hourNumber } from "./hour-headers";
import { commonStep } from "./intervals";
import { kindIn } from "./kinds";
import { leftOutNotes } from "./left-out";
import { MARKETS } from "./markets";
import { type Market, recognise } from "./markets/market";
import { PowerPricesError, type PowerSeries, quoted } from "./power-file";
import { decimalSign } from "./price-cells";
import { areaName, findPrices, inOneCurrency, type PriceColumn, type PriceColumns } from "./price-columns";
import { CURRENCIES, codeIn, doubt, NO_UNIT, type PriceUnit, priceUnit, UNITS, unitNamed } from "./price-units";
import { type PricePlan, type Progress, type RowPlan, type RowsRead, readRows, type SeriesRead } from "./read-rows";
import { type Ask, type Choice, type ChoiceKey, type Choices, noChoices, type Reading } from "./reading";
import { differingColumn, kindColumn, placeColumn } from "./series-columns";
import { cell, isBlank, type Row, type Table } from "./table";
import { findHeader, headerOnly, noTimes, type TableHeader, turned } from "./table-header";
import { findTimes, type TimePlan } from "./time-plan";
import { type DateOrder, isTime, readClock, readTime, splitTimeRange } from "./written-times";
import { isZone, ZONES, zoneIn, zoneNamed } from "./zone-names";

const FIRST_ROWS = 3_000;
const MAX_KEYS = 4;
const MEDIAN_OF = 2_000;
/** More rows than this part at a time that another row has: the file cannot be understood. */
const MAX_CONFLICTS = 0.01;
const AS_WRITTEN = "as written in each time";
const BY_ROW = "as each row says";
const US_ZONES: readonly string[] = ["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"];
const ORDERS: readonly DateOrder[] = ["day first", "month first"];

/** What is known of a table before its rows are read. */
type Known = {
  readonly table: Table;
  readonly header: TableHeader;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly sample: readonly Row[];
  readonly market: Market | null;
  readonly time: TimePlan;
  readonly choices: Choices;
};

/** Throws `PowerPricesError` if the table has no times or no prices. */
export function readTable(table: Table, fileName: string, choices: Choices, progress: Progress = () => {}): Reading {
  const known = look(turned(table) ?? table, fileName, choices);
  const { columns, market, time, title } = known;
  const found = noChoices();
  const asks: Ask[] = [];
  const ask = (key: ChoiceKey, question: string, options: readonly string[]): void => {
    asks.push({ key, question, options });
    found[key] = { value: null, found: "needed", options };
  };

  const kind = kindColumn(columns, market, choices.kind);
  const place = placeColumn(columns, market, time);
  const taken = new Set([place?.at, kind?.at].filter((at) => at !== undefined));
  const prices = pricesOf(known, taken, found, ask);
  const order = orderOf(known, found, ask);
  const zone = zoneOf(known, order, found, ask);
  const stamp = stampOf(known, order, found);
  found.time = { value: time.name, found: howFound(choices.time, time.isUnclear), options: time.options };

  const kept = ofKind(prices.columns, choices.kind, kind !== null, found, `${title} ${fileName}`, market);
  if (kind !== null) found.kind = { value: kind.value, found: howFound(choices.kind, false), options: kind.options };
  const money = moneyOf(known, kept, found, ask);
  const layout = market?.name ?? "Times and prices";
  const shown = { layout, header: known.header.headers.join("|"), choices: found };
  if (asks.length > 0 || money === null || zone === null || order === null) {
    const message = asks.map(({ question }) => question).join(" ");
    return { status: "asks", message, asks, ...shown, currency: null, series: [], preferred: 0, notes: [] };
  }

  const plan: RowPlan = {
    time,
    zone,
    order,
    stamp,
    hasMidnightEnds: stamp === "end" && hasMidnightEnds(known),
    prices: money.prices,
    sign: decimalSign(priceCells(known, money.prices), table.delimiter),
    keys: place === undefined ? [] : [place.at],
    only: kind,
    currencyAt: money.currencyAt,
    currency: money.currency,
  };
  const rows = readBySeries(known, plan, progress);
  return finish(known, plan, rows, money, shown);
}

function look(table: Table, fileName: string, choices: Choices): Known {
  const start = findHeader(table);
  const title = `${start.title} ${fileName}`.trim();
  const market = recognise(MARKETS, start.headers, title);
  const headers = start.headers.length === 0 ? (market?.columns ?? []) : start.headers;
  const header = { ...start, headers };
  const all = sampleRows(table, start.firstRow);
  refuseDecimalCommas(all, headers, table.delimiter, start.firstRow + 1);
  const first = profileColumns(all, headers);
  const time = findTimes(first, all, market, start.titleDate, choices.time);
  if (time === null) throw noTimes(Array.from({ length: Math.min(50, table.length) }, (_, at) => table.row(at)));
  const { timeAt } = time;
  const sample = timeAt === null || time.isYearMonthDay ? all : all.filter((row) => isTime(cell(row, timeAt)));
  if (sample.length === 0) throw headerOnly(start.firstRow);
  const columns = sample.length === all.length ? first : profileColumns(sample, headers);
  return { table, header, title, columns, sample, market, time, choices };
}

const howFound = (chosen: string | undefined, isAssumed: boolean): Choice["found"] =>
  chosen !== undefined ? "chosen" : isAssumed ? "assumed" : "recognised";

type AskFor = (key: ChoiceKey, question: string, options: readonly string[]) => void;
type Found = Record<ChoiceKey, Choice>;

// --- the price column ---

function pricesOf(known: Known, taken: ReadonlySet<number>, found: Found, ask: AskFor): PriceColumns {
  const { columns, time, market, title, choices, header, table } = known;
  if (time.hours.length > 0) {
    const name = areaName(/\b(DE-LU|DE-AT-LU|AT|BE|FR|NL|CH|GB|FI|PL)\b/.exec(title)?.[0] ?? "Price");
    const options = ["the hours' columns"];
    found.price = { value: options[0] ?? null, found: "recognised", options };
    const column = { at: -1, name, header: "", unit: NO_UNIT };
    return { columns: [column], options, isRecognised: true, isUnclear: false };
  }
  const prices = findPrices(columns, time, market, title, taken, choices.price);
  const value = prices.columns.map((column) => column.header || column.name).join(", ");
  found.price = { value, found: howFound(choices.price, !prices.isRecognised), options: prices.options };
  if (prices.columns.length > 0) return prices;
  if (prices.isUnclear) {
    ask("price", `Which column holds the price: ${listed(prices.options)}?`, prices.options);
    return prices;
  }
  const example = quoted(table.row(header.firstRow).join(table.delimiter || ", "));
  throw new PowerPricesError(
    `${quoted(time.name)} holds times, but no column holds prices. Line ${header.firstRow + 1} reads ${example}.`,
  );
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).slice(0, 8).join(", ")} or ${names.at(-1)}`;

/** Of columns that are different kinds of price, those of the chosen kind. */
function ofKind(
  columns: readonly PriceColumn[],
  chosen: string | undefined,
  isByRow: boolean,
  found: Found,
  title: string,
  market: Market | null,
): readonly PriceColumn[] {
  if (isByRow) return columns;
  const kinds = columns.map(({ header }) => kindIn(header));
  const options = [...new Set(kinds.filter((kind) => kind !== null))];
  const wanted = options.find((kind) => kind === chosen?.toLowerCase());
  const stated =
    options.length > 0 ? (wanted ?? kinds.find((kind) => kind !== null) ?? null) : (market?.kind ?? kindIn(title));
  found.kind = { value: stated, found: howFound(wanted, options.length > 1 || stated === null), options };
  return wanted === undefined ? columns : columns.filter((_, at) => kinds[at] === wanted);
}

// --- currency and unit ---

type Money = {
  readonly currency: string;
  readonly currencyAt: number | null;
  readonly prices: readonly PricePlan[];
  readonly notes: readonly string[];
};

function moneyOf(known: Known, columns: readonly PriceColumn[], found: Found, ask: AskFor): Money | null {
  const { market, choices, title, sample, header } = known;
  const currencyColumn = known.columns.find(
    ({ words, distinct }) => /^currency\b/.test(words) && [...distinct].some((text) => codeIn(text) !== null),
  );
  const unitColumn = known.columns.find(
    ({ words, distinct }) =>
      /\b(unit|uom|measure|currency)\b/.test(words) && [...distinct].some((text) => priceUnit(text).perMwh !== null),
  );
  const titled = /(\/|per ?|[a-z]{3} ?)[kmg]wh/i.test(title) ? priceUnit(title) : NO_UNIT;
  const celled = unitColumn === undefined ? NO_UNIT : priceUnit(cell(sample[0], unitColumn.at));
  const inCells =
    columns.map((column) =>
      priceUnit(sample.map((row) => cell(row, column.at)).find((text) => /[^\d.,\s()+-]/.test(text)) ?? ""),
    )[0] ?? NO_UNIT;
  const firstCode =
    currencyColumn === undefined
      ? null
      : codeIn(sample.map((row) => cell(row, currencyColumn.at)).find((text) => text !== "") ?? "");
  const sure = (unit: PriceUnit): string | null => (unit.isSure ? unit.currency : null);
  const stated = firstCode ?? sure(celled) ?? sure(inCells) ?? market?.currency ?? sure(titled);
  const wanted = choices.currency?.trim().toUpperCase() ?? null;
  const isLmp = columns.some(({ header }) => /lmp/i.test(header));
  const one = inOneCurrency(columns, stated, wanted === null || wanted === "" ? null : wanted);
  const weak = one.currency ?? inCells.currency ?? titled.currency ?? (isLmp ? "USD" : null);
  const currency = one.currency ?? weak;
  const options = [...new Set([...columns.flatMap(({ unit }) => unit.currency ?? []), ...CURRENCIES])];
  const isSure = stated !== null || one.kept.some(({ unit }) => unit.isSure);
  if (currency === null) ask("currency", "Which currency are the prices in? The file does not say.", options);
  else found.currency = { value: currency, found: howFound(choices.currency, !isSure), options };

  const chosen = choices.unit === undefined ? null : unitNamed(choices.unit);
  const fallback =
    celled.perMwh ??
    inCells.perMwh ??
    (market?.unit === undefined ? null : (UNITS[market.unit] ?? 1)) ??
    titled.perMwh ??
    (isLmp ? 1 : null);
  const factors = one.kept.map(({ unit }) => chosen?.perMwh ?? unit.perMwh ?? fallback);
  const factor = factors[0] ?? null;
  const unitNames = Object.keys(UNITS);
  const unitName = unitNames.find((name) => UNITS[name] === factor) ?? one.kept[0]?.unit.written ?? "";
  const isStated =
    one.kept.some(({ unit }) => unit.perMwh !== null) ||
    celled.perMwh !== null ||
    inCells.perMwh !== null ||
    market?.unit !== undefined ||
    titled.perMwh !== null;
  if (one.kept.length > 0) {
    if (factors.includes(null)) ask("unit", unitQuestion(known, one.kept), unitNames);
    else found.unit = { value: unitName, found: howFound(choices.unit, !isStated), options: unitNames };
  }
  if (one.others.length > 0) {
    const value = one.kept.map((column) => column.header || column.name).join(", ");
    found.price = { ...found.price, value };
  }
  if (currency === null || factors.includes(null) || one.kept.length === 0) return null;

  const notes: string[] = [];
  if (one.others.length > 0) notes.push(`Left out, as they are not in ${currency}: ${one.others.join(", ")}`);
  if (factor !== null && factor !== 1) {
    const written = one.kept[0]?.unit.written || titled.written || `${currency}/${unitName}`;
    notes.push(
      `Converted: 1 ${unitName === "cents/kWh" && written.endsWith("/cents/kWh") ? "cent/kWh" : written} is ${Number(factor.toPrecision(12))} ${currency}/MWh`,
    );
  }
  if (found.currency.found === "assumed") notes.push(`Prices read as ${currency}`);
  if (found.unit.found === "assumed") notes.push("Prices read as those of a MWh");
  const prices = one.kept.map((column, at): PricePlan => ({ ...column, perMwh: factors[at] ?? 1 }));
  return {
    currency,
    currencyAt: currencyColumn?.at ?? null,
    prices,
    notes: header.headers.length === 0 && market === null ? [...notes] : notes,
  };
}

function unitQuestion({ sample }: Known, columns: readonly PriceColumn[]): string {
  const at = columns[0]?.at ?? -1;
  const example = at < 0 ? "" : sample.map((row) => cell(row, at)).find((text) => /[1-9]/.test(text));
  return `Are the prices for a MWh or for a kWh${example === undefined || example === "" ? "" : ` (the first is ${example})`}? The file does not say.`;
}

// --- times ---

function orderOf(known: Known, found: Found, ask: AskFor): DateOrder | null {
  const { time, table, header, choices, market, columns, sample } = known;
  const options = ORDERS;
  const wanted = orderNamed(choices.order);
  const { timeAt, titleDate } = time;
  const dates = time.isYearMonthDay
    ? []
    : titleDate !== null
      ? [titleDate]
      : cellsOf(table, header.firstRow, timeAt ?? 0);
  const others = columns.filter(({ at, isTime }) => isTime && at !== timeAt);
  const pairs = sample
    .flatMap((row) => others.map(({ at }) => [startOf(cell(row, timeAt)), startOf(cell(row, at))] as const))
    .slice(0, 2_000);
  const ranges = sample.flatMap((row) => {
    const [from, to] = splitTimeRange(cell(row, timeAt));
    return to === undefined ? [] : [[from, to] as const];
  });
  const { order, example } = findDateOrder(dates, [
    ...pairs.filter(([one, other]) => one !== "" && other !== ""),
    ...ranges,
  ]);
  const isAmerican =
    US_ZONES.includes(zoneIn(time.headers) ?? zoneIn(columns.find(({ at }) => at === timeAt)?.header ?? "") ?? "") ||
    US_ZONES.includes(cellZone(known) ?? "");
  const known1 = example === "" ? order : (market?.order ?? order ?? (isAmerican ? "month first" : null));
  const value = wanted ?? known1;
  if (value === null) {
    ask("order", `Dates such as ${quoted(example)} can be read in two ways. Is the day first, or the month?`, options);
    return null;
  }
  found.order = { value, found: howFound(wanted, false), options };
  return value;
}

function orderNamed(text: string | undefined): DateOrder | undefined {
  if (text === undefined) return undefined;
  return /^(m|us)/i.test(text.trim()) ? "month first" : "day first";
}

const startOf = (text: string): string => splitTimeRange(text)[0];

function* cellsOf(table: Table, from: number, at: number): Generator<string> {
  for (let row = from; row < table.length; row += 1) yield cell(table.row(row), at);
}

/** The zone that cells name without an offset, as "EPT"; null if there is none. */
function cellZone({ sample, time }: Known): string | null {
  for (const row of sample.slice(0, 20)) {
    const zone = readTime(startOf(cell(row, time.timeAt)), "month first")?.zone;
    if (zone !== undefined && zone !== null) return zone;
  }
  return null;
}

function zoneOf(known: Known, order: DateOrder | null, found: Found, ask: AskFor): string | null {
  const { time, market, choices, columns, title, sample } = known;
  const column = columns.find(({ at }) => at === time.timeAt);
  const written = choices.zone === undefined ? null : zoneNamed(choices.zone);
  if (choices.zone !== undefined && written === null) {
    ask("zone", `${quoted(choices.zone)} is not a time zone. Which one are the times in?`, ZONES);
    return null;
  }
  if (column?.hasOffsets === true) {
    const offsets = new Set(
      sample.flatMap((row) => readTime(startOf(cell(row, time.timeAt)), order ?? "day first")?.offset ?? []),
    );
    const value = offsets.size === 1 && offsets.has(0) ? "UTC" : AS_WRITTEN;
    found.zone = { value, found: "recognised", options: [value] };
    return written ?? "UTC";
  }
  if (time.zoneAt !== null && written === null) {
    found.zone = { value: BY_ROW, found: "recognised", options: [BY_ROW, ...ZONES] };
    return market?.zone ?? "UTC";
  }
  const isAboutTimes = /time ?zones?|times? (are |is )?(in|given)|all (times|hours)|\b(CET|CEST|UTC|GMT)\b/i.test(
    title,
  );
  const stated = zoneIn(time.headers) ?? cellZone(known) ?? market?.zone ?? (isAboutTimes ? zoneIn(title) : null);
  const value = written ?? stated;
  if (value === null || !isZone(value)) {
    ask("zone", "Which time zone are the times in? The file does not say.", ZONES);
    return null;
  }
  found.zone = { value, found: howFound(choices.zone, false), options: [...new Set([value, ...ZONES])] };
  return value;
}

function stampOf(known: Known, order: DateOrder | null, found: Found): "start" | "end" {
  const { time, market, choices } = known;
  const options = ["start", "end"];
  const say = (value: "start" | "end", how: Choice["found"]): "start" | "end" => {
    found.stamp = { value, found: how, options };
    return value;
  };
  const wanted = choices.stamp === undefined ? undefined : /^e/i.test(choices.stamp.trim()) ? "end" : "start";
  if (wanted !== undefined) return say(wanted, "chosen");
  if (time.periodMs !== null) {
    // Hours are counted from 1, so that hour 1 ends at 01:00; or from 0.
    const first = time.firstNumber ?? firstNumberOf(known);
    if (first !== null) return say(first === 1 ? "end" : "start", "recognised");
    if (typeof market?.stamp === "string") return say(market.stamp, "recognised");
    return say("end", time.isEnd ? "recognised" : "assumed");
  }
  const clocks = time.hours.length > 0 ? time.hours : [];
  if (clocks.length > 0)
    return say(
      clocks.some(({ from }) => from === DAY_MS) && !clocks.some(({ from }) => from === 0) ? "end" : "start",
      "recognised",
    );
  if (time.endAt !== null) return say("start", "recognised");
  const { stepMs, isWholeDays } = stepsOf(known, order);
  const ofMarket = typeof market?.stamp === "object" ? market.stamp[Math.round(stepMs / MINUTE_MS)] : market?.stamp;
  if (ofMarket !== undefined) return say(ofMarket, "recognised");
  if (time.isEnd) return say("end", "recognised");
  if (time.isStart) return say("start", "recognised");
  if (hasMidnightEnds(known)) return say("end", "recognised");
  return isWholeDays ? say("end", "assumed") : say("start", "assumed");
}

/** The number of the first period of the day; null if neither 0 nor 24 occurs. */
function firstNumberOf({ table, header, time }: Known): 0 | 1 | null {
  if (time.numberAt === null) return null;
  let last = "";
  for (const text of cellsOf(table, header.firstRow, time.numberAt)) {
    if (text === last) continue;
    last = text;
    const number = hourNumber(text)?.number;
    if (number === 0) return 0;
    if (number !== undefined && number >= 24) return 1;
  }
  return null;
}

/** Whether the file writes 24:00 for the end of the day. */
function hasMidnightEnds({ table, header, time }: Known): boolean {
  const at = time.clockAt ?? time.timeAt;
  if (at === null || time.periodMs !== null || !table.mayContain("24")) return false;
  let last = "";
  for (const text of cellsOf(table, header.firstRow, at)) {
    if (text === last || !text.includes("24")) continue;
    last = text;
    const isEnd =
      time.clockAt === null
        ? readTime(text, "day first")?.isMidnightEnd === true || readTime(text, "month first")?.isMidnightEnd === true
        : readClock(text)?.from === DAY_MS;
    if (isEnd) return true;
  }
  return false;
}

/**
 * The step of the first rows; and whether the times run from one step after midnight to midnight,
 * as the ends of whole days do.
 */
function stepsOf({ table, header, time }: Known, order: DateOrder | null): { stepMs: number; isWholeDays: boolean } {
  const wallOf = (at: number): number => {
    const row = table.row(at);
    const date = readTime(startOf(cell(row, time.timeAt)), order ?? "day first");
    const clock = time.clockAt === null ? 0 : (readClock(cell(row, time.clockAt))?.from ?? NaN);
    return (date?.wall ?? NaN) + clock;
  };
  const to = Math.min(table.length, header.firstRow + FIRST_ROWS);
  const walls = Array.from({ length: to - header.firstRow }, (_, at) => wallOf(header.firstRow + at)).filter(
    (wall) => !Number.isNaN(wall),
  );
  const steps = walls.slice(1).map((wall, at) => Math.abs(wall - (walls[at] ?? 0)));
  const stepMs = commonStep(steps.filter((step) => step > 0 && step <= DAY_MS));
  let end = table.length - 1;
  while (end > header.firstRow && Number.isNaN(wallOf(end))) end -= 1;
  const [first, last] = [walls[0] ?? NaN, wallOf(end)];
  const isWholeDays =
    stepMs <= HOUR_MS && Math.min(first, last) % DAY_MS === stepMs && Math.max(first, last) % DAY_MS === 0;
  return { stepMs, isWholeDays };
}

// --- rows ---

function* priceCells({ table, header, time }: Known, prices: readonly PricePlan[]): Generator<string> {
  const columns = time.hours.length > 0 ? time.hours : prices;
  for (let row = header.firstRow; row < table.length; row += 1) {
    const cells = table.row(row);
    for (const { at } of columns) yield cell(cells, at);
  }
}

/** Reads the rows; where several have one time, by the columns that tell them apart. */
function readBySeries(known: Known, plan: RowPlan, progress: Progress): RowsRead {
  const { table, header, columns, time } = known;
  let keys = [...plan.keys];
  const firstTo = Math.min(table.length, header.firstRow + FIRST_ROWS);
  for (let to = firstTo; ; ) {
    const isAll = to === table.length;
    const rows = readRows(table, header.firstRow, to, { ...plan, keys }, isAll ? progress : undefined);
    const at =
      rows.conflicts.length === 0 || keys.length >= MAX_KEYS
        ? null
        : differingColumn(table, rows.conflicts, columns, time, plan.prices, keys);
    if (at !== null) keys = [...keys, at];
    else if (!isAll) to = table.length;
    else {
      refuseConflicts(known, rows);
      return rows;
    }
  }
}

function refuseConflicts({ time }: Known, { conflicts, rowCount }: RowsRead): void {
  const first = conflicts[0];
  if (first === undefined || conflicts.length <= rowCount * MAX_CONFLICTS) return;
  const [one, other] = [Math.min(...first) + 1, Math.max(...first) + 1];
  const isDate = time.clockAt === null && time.numberAt === null && time.hours.length === 0;
  throw new PowerPricesError(
    `Line ${other} has the same time as line ${one} and another price, and no column says why. ${isDate ? "Add the time of day, as in 2024-01-31 13:00, or keep one place." : "Keep one price for each time."}`,
  );
}

function finish(
  known: Known,
  plan: RowPlan,
  rows: RowsRead,
  money: Money,
  shown: Pick<Reading, "layout" | "header" | "choices">,
): Reading {
  const { market, choices } = known;
  const { leftOut, rowCount } = rows;
  if (leftOut.unreadable * 2 > rowCount) {
    throw new PowerPricesError(
      `Most rows have no time that can be read, first line ${leftOut.firstUnreadable}. Write times as 2024-01-31 13:00.`,
    );
  }
  const named = nameSeries(rows.series, plan.prices.length > 1);
  const all = named.filter(({ intervals }) => intervals.length > 0);
  if (all.length === 0) throw noPrices(rows);
  const names = all.map(({ name }) => name);
  const wanted = choices.place === undefined ? [] : chosenPlaces(all, choices.place);
  const series = wanted.length > 0 ? wanted : all;
  const preferred = wanted.length > 0 ? 0 : preferredOf(all, market);
  const found = { ...shown.choices };
  found.place = {
    value: series[preferred]?.name ?? null,
    found: wanted.length > 0 ? "chosen" : all.length > 1 ? "assumed" : "recognised",
    options: names,
  };
  const empty = named.filter(({ intervals }) => intervals.length === 0).map(({ name }) => name);
  const notes = [
    ...money.notes,
    ...stampNotes(found),
    ...leftOutNotes(leftOut, all.length),
    ...emptyNotes(empty),
    ...(choices.place !== undefined && wanted.length === 0 ? [`No place is named ${quoted(choices.place)}`] : []),
    ...doubts(series[preferred], money.currency),
  ];
  return {
    status: "read",
    message: [shown.layout, ...notes].join(". "),
    asks: [],
    ...shown,
    choices: found,
    currency: money.currency,
    series,
    preferred,
    notes,
  };
}

function stampNotes(found: Found): string[] {
  const { value, found: how } = found.stamp;
  return how === "assumed" && value === "end" ? ["Times read as the ends of intervals"] : [];
}

function doubts(series: PowerSeries | undefined, currency: string): string[] {
  const all = series?.intervals ?? [];
  const step = Math.ceil(all.length / MEDIAN_OF);
  const prices = all
    .filter((_, at) => at % step === 0)
    .map(({ price }) => price)
    .sort((a, b) => a - b);
  const said = doubt(prices[Math.floor(prices.length / 2)] ?? NaN, currency);
  return said === null ? [] : [said];
}

/** Names series by their place, and by more columns only if these tell series of a place apart. */
function nameSeries(series: readonly SeriesRead[], hasColumns: boolean): PowerSeries[] {
  const perPlace = new Map<string, number>();
  for (const { keys, column, intervals } of series) {
    const place = `${keys[0] ?? ""} ${column.at}`;
    if (intervals.length > 0) perPlace.set(place, (perPlace.get(place) ?? 0) + 1);
  }
  return series.map(({ keys, column, intervals }) => {
    const isAlone = (perPlace.get(`${keys[0] ?? ""} ${column.at}`) ?? 0) <= 1;
    const parts = (isAlone ? keys.slice(0, 1) : keys).map(areaName).filter((part) => part !== "");
    if (parts.length === 0 || hasColumns) parts.push(column.name);
    return { name: parts.join(", "), intervals };
  });
}

function chosenPlaces(series: readonly PowerSeries[], place: string): PowerSeries[] {
  const wanted = place.trim().toLowerCase();
  const exact = series.filter(({ name }) => name.toLowerCase() === wanted);
  return exact.length > 0 ? exact : series.filter(({ name }) => name.toLowerCase().startsWith(`${wanted}, `));
}

/** The market's main place; or else the first one that has prices other than 0. */
function preferredOf(series: readonly PowerSeries[], market: Market | null): number {
  const isReal = ({ intervals }: PowerSeries): boolean => intervals.some(({ price }) => price !== 0);
  const byMarket = series.findIndex((one) => market?.preferred?.test(one.name) === true && isReal(one));
  return byMarket >= 0 ? byMarket : Math.max(0, series.findIndex(isReal));
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

/**
 * If columns are separated by commas, an unquoted 12,50 is read as two columns: better no price
 * than a wrong one.
 */
function refuseDecimalCommas(sample: readonly Row[], headers: Row, delimiter: string, firstLine: number): void {
  const isLonger = (row: Row): boolean => row.slice(headers.length).some((text) => text.trim() !== "");
  const filled = sample.filter((row) => !isBlank(row));
  if (
    headers.length === 0 ||
    delimiter !== "," ||
    filled.filter(isLonger).length * 2 < filled.length ||
    filled.length === 0
  )
    return;
  throw new PowerPricesError(
    `Line ${firstLine} has more columns than the header. If prices have decimal commas, put semicolons between columns.`,
  );
}
