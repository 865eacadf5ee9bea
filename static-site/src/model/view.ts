// What the user has chosen, and its form in the URL: a link reproduces the view.

import { type FileChoices, fileChoicesQuery, NO_FILE_CHOICES, parseFileChoices } from "../power-prices/file-choices";
import { assignColours, type Colours } from "./colours";
import type { Machine } from "./economics";
import { DAY_MS, type Share, type ThPerSecond, type UnixMs, type UsdPerMwh, type Watts } from "./units";

/** Durations up to the newest block, by the names of their buttons. */
export const RANGES = {
  "1d": DAY_MS,
  "7d": 7 * DAY_MS,
  "30d": 30 * DAY_MS,
  "90d": 90 * DAY_MS,
  "1y": 365 * DAY_MS,
  all: Infinity,
} as const;
export type RangeName = keyof typeof RANGES;

/** A time range: `from` is before `to`. */
export type TimeRange = { readonly from: UnixMs; readonly to: UnixMs };

/** What the chart can show. */
export const CHARTS = ["revenue", "hashprice", "hashrate", "difficulty", "fees", "blocktime"] as const;
export type ChartName = (typeof CHARTS)[number];

/** Columns that the machine table can be sorted by. A minus in front means descending. */
export const MACHINE_COLUMNS = [
  "name",
  "released",
  "efficiency",
  "usd",
  "sat",
  "breakeven",
  "margin",
  "machine",
  "profit",
  "mw",
  "mwprofit",
] as const;
export type MachineColumn = (typeof MACHINE_COLUMNS)[number];

const EMBEDS = ["", "1", "chart", "tiles"] as const;

export type View = {
  /**
   * Identifiers of the machines in tiles and chart: one to `MAX_MACHINES`. The first is the leading
   * one.
   */
  readonly asics: readonly string[];
  readonly colours: Colours;
  /** What the user pays for power, or could sell it for. */
  readonly power: UsdPerMwh;
  /** The unit in which the power price is typed and shown: USD/MWh, USD/kWh or US cents per kWh. */
  readonly powerUnit: "mwh" | "kwh" | "ct";
  /** The pool's share of the revenue. */
  readonly poolFee: Share;
  /** Power that the site uses besides the machines, as a part of theirs. */
  readonly overhead: Share;
  /** Charges besides the power price; negative for a credit. */
  readonly adder: UsdPerMwh;
  /** The change of hashprice that the user supposes: -0.2 is a fall of 20 %, and 0 is the current hashprice. */
  readonly hashpriceChange: Share;
  /** How many of a machine there are, by its identifier; 1 of those that are not here. */
  readonly counts: ReadonlyMap<string, number>;
  /** The user's names of custom machines, by identifier. */
  readonly names: ReadonlyMap<string, string>;
  /** Whether the user sells the power that is not mined, or buys only what is mined. */
  readonly role: "own" | "buy";
  readonly range: RangeName | TimeRange;
  readonly unit: "usd" | "sat";
  /** "auto" is logarithmic for values that differ much. */
  readonly scale: "auto" | "linear" | "log";
  readonly chart: ChartName;
  /** What the right axis shows. */
  readonly second: "none" | "hashprice" | "price" | "fees";
  /** Days of the moving average; 0 for none. */
  readonly mean: 0 | 1 | 7 | 30;
  readonly time: "utc" | "local";
  readonly theme: "auto" | "light" | "dark";
  readonly sort: MachineColumn | `-${MachineColumn}`;
  /** Search words of the machine table. */
  readonly find: string;
  /** Lowest height in the block table; null for the newest blocks. */
  readonly fromHeight: number | null;
  /** Which part to show in an iframe of another page: "1" is tiles and chart; empty for the whole page. */
  readonly embed: (typeof EMBEDS)[number];
  /** Base URL of the API; the page's own origin if empty. */
  readonly api: string;
  /** What the user chose for reading a file of power prices. */
  readonly powerFile: FileChoices;
  /** The power price up to which the constant rule mines; null for the strike at the start. */
  readonly constant: UsdPerMwh | null;
  /** How far above the strike miners stop, and below it start, as a part of it. */
  readonly band: Share;
  /** For how many blocks they change nothing then. */
  readonly hold: number;
};

export const MAX_MACHINES = 8;
// The API's limits.
export const MAX_POWER = 100_000; // USD/MWh
export const MAX_COUNT = 9_999_999;
const MAX_HOLD = 100_000; // Blocks.
/** The API accepts more. Here, more than 1 is a percentage that was written in place of a share. */
export const MAX_OVERHEAD = 1;
/** In percent. */
export const [MIN_CHANGE, MAX_CHANGE] = [-100, 1_000];
export const MAX_NAME_CHARS = 40;

const DEFAULT_ASICS = ["antminer-s19j-pro-100", "antminer-s21-pro-234", "antminer-s23-hyd-580"];

export const DEFAULT: View = {
  asics: DEFAULT_ASICS,
  colours: inOrder(DEFAULT_ASICS),
  power: 50 as UsdPerMwh,
  powerUnit: "mwh",
  poolFee: 0 as Share,
  overhead: 0 as Share,
  adder: 0 as UsdPerMwh,
  hashpriceChange: 0 as Share,
  counts: new Map(),
  names: new Map(),
  role: "own",
  range: "30d",
  unit: "usd",
  scale: "auto",
  chart: "revenue",
  second: "none",
  mean: 0,
  time: "utc",
  theme: "auto",
  sort: "efficiency",
  find: "",
  fromHeight: null,
  embed: "",
  api: "",
  powerFile: NO_FILE_CHOICES,
  constant: null,
  band: 0.02 as Share,
  hold: 6,
};

/** The API's names of parameters that have another name in a link. */
const ONLY_IN_API = ["power_price", "pool_fee"];

/**
 * Reads the view from a URL's query. Missing and invalid parameters have their value in `DEFAULT`.
 */
export function parseView(query: string): View {
  return readView(query).view;
}

/** The same, and the parameters that cannot be used, such as `power=abc`. */
export function readView(query: string): { readonly view: View; readonly refused: readonly string[] } {
  const params = new URLSearchParams(query);
  const refused: string[] = [];
  /** Returns the value; without one, adds those of its parameters that the query has to `refused`. */
  const unless = <Value>(value: Value | null | undefined, ...names: readonly string[]): Value | null => {
    const texts = value == null ? names.map((name) => `${name}=${params.get(name)?.trim() ?? ""}`) : [];
    refused.push(...texts.filter((text) => !text.endsWith("=")));
    return value ?? null;
  };
  const oneOf = <Choice extends string>(name: string, choices: readonly Choice[], otherwise: Choice): Choice => {
    const chosen = choices.find((choice) => choice === params.get(name));
    return unless(chosen, name) ?? otherwise;
  };
  const within = (name: string, least: number, most: number): number | null => {
    const text = params.get(name) ?? "";
    const number = Number(text);
    return unless(text.trim() === "" || !(least <= number && number <= most) ? null : number, name);
  };
  const { unread, ...machines } = parseAsics(params.get("asics") ?? "");
  refused.push(...unread.map((item) => `asics=${item}`));
  const colours = unless(parseColours(params.get("colours") ?? "", machines.asics), "colours");
  const range = unless(parseTimeRange(params.get("from"), params.get("to")), "from", "to");
  const api = parseApi(params.get("api"));
  const powerFile = parseFileChoices(params);
  unless(api || null, "api");
  unless(powerFile.header || null, "sell.file");
  unless(powerFile.rate, "sell.rate");
  unless(null, ...ONLY_IN_API);
  const height = within("block", 0, 2 ** 31);
  const view: View = {
    ...machines,
    colours: colours ?? inOrder(machines.asics),
    names: parseNames(params.getAll("name")),
    power: (within("power", -MAX_POWER, MAX_POWER) ?? DEFAULT.power) as UsdPerMwh,
    powerUnit: oneOf("power_unit", ["mwh", "kwh", "ct"], DEFAULT.powerUnit),
    poolFee: ((within("fee", 0, 99) ?? 0) / 100) as Share,
    overhead: (within("overhead", 0, MAX_OVERHEAD) ?? DEFAULT.overhead) as Share,
    adder: (within("adder", -MAX_POWER, MAX_POWER) ?? DEFAULT.adder) as UsdPerMwh,
    hashpriceChange: ((within("hashprice", MIN_CHANGE, MAX_CHANGE) ?? 0) / 100) as Share,
    role: oneOf("role", ["own", "buy"], DEFAULT.role),
    range: range ?? oneOf("range", Object.keys(RANGES) as RangeName[], DEFAULT.range as RangeName),
    unit: oneOf("unit", ["usd", "sat"], DEFAULT.unit),
    scale: oneOf("scale", ["auto", "linear", "log"], DEFAULT.scale),
    chart: oneOf("chart", CHARTS, DEFAULT.chart),
    second: oneOf("second", ["none", "hashprice", "price", "fees"], DEFAULT.second),
    mean: Number(oneOf("mean", ["0", "1", "7", "30"], "0")) as View["mean"],
    time: oneOf("time", ["utc", "local"], DEFAULT.time),
    theme: oneOf("theme", ["auto", "light", "dark"], DEFAULT.theme),
    sort: oneOf(
      "sort",
      MACHINE_COLUMNS.flatMap((column) => [column, `-${column}`] as const),
      DEFAULT.sort,
    ),
    find: (params.get("find") ?? "").slice(0, 100),
    fromHeight: height === null ? null : Math.floor(height),
    embed: oneOf("embed", EMBEDS, DEFAULT.embed),
    api,
    powerFile,
    constant: within("sell.constant", -MAX_POWER, MAX_POWER) as UsdPerMwh | null,
    band: ((within("sell.band", 0, 99) ?? toPercent(DEFAULT.band)) / 100) as Share,
    hold: Math.floor(within("sell.hold", 0, MAX_HOLD) ?? DEFAULT.hold),
  };
  return { view, refused };
}

/**
 * The URL query of a view: `?` and what differs from `DEFAULT`, or an empty string if nothing does.
 */
export function toQuery(view: View): string {
  const said: Record<string, string> = {};
  const say = (name: string, value: string | number, otherwise: unknown) => {
    if (value !== otherwise) said[name] = String(value);
  };
  say("asics", view.asics.map((id) => withCount(id, view)).join(), DEFAULT.asics.join());
  const colours = view.asics.map((id, at) => view.colours.get(id) ?? at + 1).join();
  say("colours", colours, view.asics.map((_, at) => at + 1).join());
  say("power", view.power, DEFAULT.power);
  say("power_unit", view.powerUnit, DEFAULT.powerUnit);
  say("fee", toPercent(view.poolFee), 0);
  say("overhead", view.overhead, DEFAULT.overhead);
  say("adder", view.adder, DEFAULT.adder);
  say("hashprice", toPercent(view.hashpriceChange), 0);
  say("role", view.role, DEFAULT.role);
  if (typeof view.range === "string") say("range", view.range, DEFAULT.range);
  else Object.assign(said, { from: toIso(view.range.from), to: toIso(view.range.to) });
  say("unit", view.unit, DEFAULT.unit);
  say("scale", view.scale, DEFAULT.scale);
  say("chart", view.chart, DEFAULT.chart);
  say("second", view.second, DEFAULT.second);
  say("mean", view.mean, DEFAULT.mean);
  say("time", view.time, DEFAULT.time);
  say("theme", view.theme, DEFAULT.theme);
  say("sort", view.sort, DEFAULT.sort);
  say("find", view.find, "");
  say("block", view.fromHeight ?? "", "");
  say("embed", view.embed, DEFAULT.embed);
  say("api", view.api, "");
  Object.assign(said, fileChoicesQuery(view.powerFile));
  say("sell.constant", view.constant ?? "", "");
  say("sell.band", toPercent(view.band), toPercent(DEFAULT.band));
  say("sell.hold", view.hold, DEFAULT.hold);
  const params = new URLSearchParams(said);
  for (const id of view.asics) {
    const name = view.names.get(id);
    if (name !== undefined) params.append("name", `${id} ${name}`);
  }
  // Commas, colons and slashes are allowed in a query, and easier to read than percent-encoded.
  const query = params.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%2F", "/");
  return query === "" ? "" : `?${query}`;
}

const [FIRST_TIME, LAST_TIME] = [Date.parse("0000-01-01T00:00:00Z"), Date.parse("9999-12-31T23:59:59Z")];

/** Limits a time to the years that the API accepts, 0 to 9999. */
export function clampTime(time: number): UnixMs {
  return Math.min(Math.max(time, FIRST_TIME), LAST_TIME) as UnixMs;
}

/** RFC 3339 in whole seconds, as the API accepts it. */
export function toIso(time: UnixMs): string {
  return new Date(clampTime(time)).toISOString().replace(/\.\d+Z$/, "Z");
}

// The API's pattern.
const CUSTOM_ID = /^custom:([1-9]\d{0,5}(?:\.\d{1,6})?):([1-9]\d{0,5}(?:\.\d{1,6})?)$/;

/** How many of this machine there are. */
export function countOf(id: string, { counts }: Pick<View, "counts">): number {
  return counts.get(id) ?? 1;
}

/** Whether the user counts miners, and not only compares models. */
export function isFleet({ asics, counts }: Pick<View, "asics" | "counts">): boolean {
  return asics.some((id) => counts.has(id));
}

/** A share in percent, without the digits that the division by 100 added. */
export function toPercent(share: Share): number {
  return Number((share * 100).toFixed(6));
}

/**
 * The custom machine of an identifier `custom:<TH/s>:<W>`, with the user's name for it if it has
 * one; null for any other identifier.
 */
export function customMachine(id: string, names: View["names"] = DEFAULT.names): Machine | null {
  const [, hashrate, power] = CUSTOM_ID.exec(id) ?? [];
  if (hashrate === undefined || power === undefined) return null;
  return {
    id,
    name: names.get(id) ?? `Custom (${hashrate} TH/s, ${power} W)`,
    hashrate: Number(hashrate) as ThPerSecond,
    power: Number(power) as Watts,
  };
}

function withCount(id: string, view: View): string {
  const count = countOf(id, view);
  return count === 1 ? id : `${id}*${count}`;
}

// A count as the API accepts it, up to `MAX_COUNT`, or 0.
const ASIC = /^([^*]+)(?:\*(0|[1-9]\d{0,6}))?$/;

/** Machines from a list such as `a*120,custom:200:3500`, and its other items. The first count of a machine counts. */
function parseAsics(text: string): Pick<View, "asics" | "counts"> & { readonly unread: readonly string[] } {
  const counts = new Map<string, number>();
  const unread: string[] = [];
  for (const item of text.split(",")) {
    const [, id, count] = ASIC.exec(item) ?? [];
    const isId = id !== undefined && (/^[a-z0-9][a-z0-9-]*$/.test(id) || CUSTOM_ID.test(id));
    if (isId && counts.has(id)) continue;
    if (isId && counts.size < MAX_MACHINES) counts.set(id, Number(count ?? 1));
    else if (item !== "") unread.push(item);
  }
  if (counts.size === 0) return { asics: DEFAULT.asics, counts: DEFAULT.counts, unread };
  return { asics: [...counts.keys()], counts: new Map([...counts].filter(([, count]) => count !== 1)), unread };
}

function inOrder(asics: readonly string[]): Colours {
  return assignColours(new Map(), asics);
}

/** One different colour for each machine, such as `2,1,3`. */
function parseColours(text: string, asics: readonly string[]): Colours | null {
  const colours = text.split(",").map(Number);
  const areValid = colours.every((colour) => Number.isInteger(colour) && 1 <= colour && colour <= MAX_MACHINES);
  if (!areValid || colours.length !== asics.length || new Set(colours).size !== colours.length) return null;
  return new Map(asics.map((id, at) => [id, colours[at] ?? 0]));
}

/** Names from texts such as `custom:200:3500 Hall A`. */
function parseNames(texts: readonly string[]): View["names"] {
  const named = texts.flatMap((text) => {
    const [id = "", ...words] = text.split(" ");
    const name = cleanName(words.join(" "));
    return CUSTOM_ID.test(id) && name !== "" ? [[id, name] as const] : [];
  });
  return new Map(named.toReversed().slice(-MAX_MACHINES)); // The first name of a machine counts.
}

/** A name without the white space around it, and not too long. */
export function cleanName(text: string): string {
  return [...text.trim()].slice(0, MAX_NAME_CHARS).join("").trim();
}

function parseTimeRange(from: string | null, to: string | null): TimeRange | null {
  const [start, end] = [clampTime(Date.parse(from ?? "")), clampTime(Date.parse(to ?? ""))];
  return start < end ? { from: start, to: end } : null;
}

function parseApi(text: string | null): string {
  const isWeb = text !== null && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  return isWeb ? text.replace(/\/+$/, "") : "";
}
