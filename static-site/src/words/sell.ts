// What the result of "Mine or sell" says.

import { cents, clockName, minute, NO_VALUE, percent, plain, whole, zoneName } from "../lib/format.ts";
import type { SiteTerms } from "../model/strike";
import type { TimeRange, View } from "../model/view";
import type { Decision, Fleet, Role, RuleName } from "../sell/decision";
import type { Spikes } from "../sell/intervals";

export const MADE_UP = "made-up prices";
export const EXAMPLE_NAME = "Example";

export const TOTAL = "Total";

/** Names of the rules, where there is little space. */
export function shortRuleName(rule: RuleName, role: Role): string {
  const names: Readonly<Record<RuleName, string>> = {
    always: "Mine always",
    never: role === "own" ? "Sell always" : "Never mine",
    constant: "Constant",
    strike: "Strike",
    optimal: "Optimal",
  };
  return names[rule];
}

export function ruleName(rule: RuleName, role: Role, constant: number): string {
  if (rule === "constant") return `Mine up to ${cents(constant)} USD/MWh (constant)`;
  if (rule === "strike") return "Mine up to the strike";
  return rule === "optimal" ? "Optimal dispatch (perfect foresight)" : shortRuleName(rule, role);
}

/** What is done instead of mining. */
export const stopName = (role: Role): { readonly verb: string; readonly done: string } =>
  role === "own" ? { verb: "sell", done: "Sold" } : { verb: "curtail", done: "Curtailed" };

/** The part of the time that was mined. */
export const minedPart = (minedHours: number, hours: number): string =>
  hours === 0 ? NO_VALUE : `mined ${percent(minedHours / hours)}`;

/** What was done in an interval of which `hours` count; a dash if none do. */
export function decisionName(minedHours: number, hours: number, role: Role): string {
  if (hours === 0) return NO_VALUE;
  const { verb } = stopName(role);
  if (minedHours === 0) return verb;
  return minedHours < 0.999_999 * hours ? `mine, ${verb}` : "mine";
}

/** The sentence that says what to do. */
export function insight(decision: Decision, role: Role, isMadeUp: boolean): string {
  const words = insightWords(decision, role);
  return isMadeUp ? `With ${MADE_UP}: ${words[0]?.toLowerCase()}${words.slice(1)}` : words;
}

function insightWords({ rules: { strike, always, never }, meanStrike }: Decision, role: Role): string {
  const over = (gain: number, other: string) =>
    `earned ${whole(Math.abs(gain))} USD ${gain < 0 ? "less" : "more"} than ${other}, per MW.`;
  const mean = `${cents(meanStrike ?? 0)} USD/MWh`;
  if (strike.hoursCurtailed === 0)
    return `Power was never above the strike (${mean} on average): mining always was right, and ${over(always.usd - never.usd, role === "own" ? "selling always" : "never mining")}`;
  const more = `would have ${over(strike.usd - always.usd, "mining always")}`;
  if (strike.hoursMined === 0)
    return `Power was always above the strike (${mean} on average): ${role === "own" ? "selling it all" : "not mining at all"} ${more}`;
  const act =
    role === "own"
      ? "Selling power instead of mining when power was worth more than"
      : "Curtailing when power cost more than";
  const stopped = percent(strike.hoursCurtailed / (strike.hoursMined + strike.hoursCurtailed));
  const share = `It would have ${role === "own" ? "sold power" : "stood idle"} ${stopped} of the time.`;
  return `${act} ${mean} (the strike, on average) ${more} ${share}`;
}

/** The same for all miners with their counts. */
export function fleetWords({ miners, megawatts, strikeUsd, alwaysUsd }: Fleet): string {
  const gain = strikeUsd - alwaysUsd;
  return `Your fleet of ${whole(miners)} miners (${plain(Number(megawatts.toPrecision(3)))} MW) would have earned ${whole(strikeUsd)} USD by the strike, ${whole(Math.abs(gain))} USD ${gain < 0 ? "less" : "more"} than by mining always.`;
}

/** What the figures are of. */
export function basis(
  decision: Decision,
  prices: number,
  range: TimeRange,
  view: Pick<View, "time"> & SiteTerms,
  source: string,
): string {
  return `1 MW of ${decision.machine.name}${termsText(view)}, ${timesText(range, view)}: ${hoursText(decision.hours)} with ${whole(prices)} ${prices === 1 ? "price" : "prices"} (${source}).`;
}

function termsText({ poolFee, overhead, adder }: SiteTerms): string {
  const parts = [
    ...(poolFee === 0 ? [] : [`${plain(100 * poolFee)} % pool fee`]),
    ...(overhead === 0 ? [] : [`${plain(100 * overhead)} % overhead`]),
    ...(adder === 0 ? [] : [`${plain(adder)} USD/MWh other costs`]),
  ];
  return parts.length === 0 ? "" : ` with ${parts.join(", ")}`;
}

/** A rule's part of the most that any could gain; less than nothing is no part. */
export const shareOfOptimal = (share: number): string => (share < 0 ? "below 0%" : percent(share));

export function leftOut(hours: number): string {
  return hours === 0 ? "" : `Left out: ${hoursText(hours)} without blocks or a BTC price.`;
}

const hoursText = (hours: number): string => `${plain(Number(hours.toFixed(2)))} h`;

export function timesText({ from, to }: TimeRange, { time }: Pick<View, "time">): string {
  const [zone, lastZone] = [zoneName(from, time), zoneName(to, time)];
  return `${minute(from, time)}${zone === lastZone ? "" : ` ${zone}`} to ${minute(to, time)} ${lastZone}`;
}

/** In place of a result, if no time has both a power price and blocks. */
export function noData(range: TimeRange, data: TimeRange | null, view: Pick<View, "time">): string {
  const file = `No data for the time of these prices (${timesText(range, view)})`;
  if (data === null) return `${file}: there are no blocks yet.`;
  return `${file}: blocks with a BTC price exist from ${timesText(data, view)}, and a decision needs the 144 blocks before it and the 71 after it.`;
}

/** In steps of a quarter, as each change is read aloud. */
export function loading(fileName: string, share: number): string {
  const percents = 25 * Math.floor(4 * share);
  return `Loading blocks for ${fileName}${percents === 0 ? "" : `: ${percents} %`}`;
}

export function loadingFailed(fileName: string, reason: string): string {
  return `Couldn't load blocks for ${fileName}: ${reason}.`;
}
export const TRY_AGAIN = "Try again";

export const noExample = (): string => "No example: it needs the blocks of at least three days.";

/** How many prices the axis of the chart leaves out; empty if none. */
export function spikes({ prices, above, highest, below, lowest }: Spikes, limit: number | null): string {
  if (limit === null || above + below === 0) return "";
  const are = (count: number) => `${whole(count)} of ${whole(prices)} prices ${count === 1 ? "is" : "are"}`;
  const parts = [
    ...(above === 0 ? [] : [`${are(above)} above the axis, the highest ${cents(highest)} USD/MWh`]),
    ...(below === 0 ? [] : [`${are(below)} below the axis, the lowest ${cents(lowest)} USD/MWh`]),
  ];
  return `The axis ends at ${whole(limit)} USD/MWh: ${parts.join("; ")}.`;
}

export const CHART_TITLE = "Electricity price and strike, USD/MWh";
export const MEAN = "Mean of the time shown";
export const POWER_PRICE = "Electricity price";

/** A miner's values in the chart, to be read aloud. */
export function minerAtCursor(name: string, strike: number, decision: string): string {
  const value = Number.isNaN(strike) ? "strike unknown" : `strike ${cents(strike)} USD/MWh, ${decision}`;
  return `${name}: ${value}`;
}

/** What the view by hour of the day shows, for readers who do not see it too. */
export function hoursOfDayText(name: string, role: Role, zone: string | null, view: Pick<View, "time">): string {
  const clock = zone === null ? clockName(view.time) : `those of the file (${zone})`;
  return `Hours are ${clock}. Bars: mean electricity price; line: mean strike of ${name}; strip: share of the time in which the strike says to mine and not to ${stopName(role).verb}.`;
}

/** `zone` is the file's; null if it has none. */
export const byMonth = (zone: string | null): string => `By month (${zone ?? "UTC"})`;

export function priceDurationText(name: string, meanStrike: number, shareBelow: number): string {
  return `All prices, from the highest to the lowest. In ${percent(shareBelow)} of the time, power was below the mean strike of ${name}, ${cents(meanStrike)} USD/MWh.`;
}

export const RESULT_HEADERS = {
  rule: "Rule",
  profit: "Profit, USD per MW",
  overAlways: "Over mining always, USD",
  shareOfOptimal: "Share of optimal",
  starts: "Starts",
  miner: "Miner, 1 MW",
  meanStrike: "Mean strike, USD/MWh",
  month: "Month",
  power: "Electricity price, USD/MWh",
  revenue: "Mining revenue, USD/MWh",
  strike: "Strike, USD/MWh",
  byStrike: "By the strike",
  optimal: "Optimal",
  meanPower: "Mean electricity price, USD/MWh",
  minedByStrike: "Mined by the strike",
  mined: "Mined",
} as const;
/** Hours of 1 MW are MWh. */
export const hoursHeader = (what: string) => `${what}, h (= MWh)`;
export const usdHeader = (what: string) => `${what}, USD`;
export const fromHeader = (clock: string) => `From (${clock})`;
export const hourHeader = (clock: string) => `Hour (${clock})`;

export const LEGEND_HEADERS = { line: "Line", revenue: "Mining revenue", decision: "By the strike" } as const;

// In HTML:

export const TITLE = "Mine or sell";
export const HINT =
  "Would you have earned more by mining or by selling your power? Your file stays in your browser; nothing is uploaded.";
export const YOUR_POWER = "Your power";
export const I_OWN = "I own the power (sell what I do not mine)";
export const I_BUY = "I buy the power";
export const MINER = "Miner";
export const CONSTANT = "Constant";
export const BAND = "Band";
export const HOLD = "Hold";
export const HOLD_UNIT = "blocks";
export const HELP =
  "The strike is the electricity price up to which mining pays. By the strike, miners stop when the price is more than the band above it, and start when it is more than the band below it; after each change they wait for as many blocks as the hold. The constant is the strike at the start, unless you enter another. Share of optimal: how much of the most that any rule could gain over never mining; below 0%, the rule earned less than never mining. 1 MW for an hour is 1 MWh.";
export const RULES_TABLE = "Table of rules";
export const RULES_CAPTION = "What each rule would have earned";
export const CHART_HEADING = "Electricity price and strike";
export const WHOLE_FILE = "Whole file";
export const LEGEND = "Values at the cursor";
export const CHART_HELP_MOUSE = "Drag to zoom, and double-click to see the whole file.";
export const CHART_HELP_TOUCH = "Touch the chart to see values; the buttons + and − zoom.";
export const CHART_HELP =
  "All figures and tables are of the time shown. With the keyboard: arrow keys move the cursor, + and − zoom, Escape shows the whole file.";
export const ALL_MINERS = "All chosen miners";
export const MINERS_TABLE = "Table of the chosen miners";
export const MINERS_CAPTION = "What 1 MW of each chosen miner would have earned";
export const MONTHS_TABLE = "Table by month";
export const MONTHS_CAPTION = "What each rule would have earned, by month";
export const BY_HOUR = "By hour of the day";
export const HOURS_TABLE = "Table by hour of the day";
export const HOURS_CAPTION = "Means by hour of the day";
export const PRICE_DURATION = "Price duration";
export const BY_INTERVAL = "Interval by interval";
export const INTERVALS_TABLE = "Table of electricity prices";
export const INTERVALS_CAPTION = "Electricity price, mining revenue and strike of each interval";
export const INTERVALS_CSV = "CSV by interval";
export const MONTHS_CSV = "CSV by month";
