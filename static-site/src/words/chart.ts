// What the chart section says.

import { whole } from "../lib/format.ts";
import type { View } from "../model/view";

export const CHART_TITLES: Readonly<Record<View["chart"], string>> = {
  revenue: "Revenue history",
  hashprice: "Hashprice history",
  hashrate: "Network hash rate",
  difficulty: "Difficulty",
  fees: "Transaction fees",
  blocktime: "Block time",
};

export const LOADING = "Loading";
export const NO_SERVER = "Can't reach the server. Retrying every 10 s.";
export const cannotLoad = (reason: string) => `Couldn't load blocks: ${reason}.`;
export const NO_PRICE = "No BTC price for this period. Switch the unit to sat.";
export const noData = (dataStart: string | null) =>
  dataStart === null ? "No data for this period." : `No data for this period (data start ${dataStart}).`;

export const POWER_LINE = "electricity price";
export const NO_DATA = "no data";
export const gapName = (blocks: number) => `${NO_DATA}, ${blocks === 1 ? "1 block" : `${whole(blocks)} blocks`}`;
export const halvingName = (height: number) => `halving ${whole(height)}`;
/** Where there is little room, only the first one says what it is. */
export const shortHalvingName = (height: number, at: number) => (at === 0 ? halvingName(height) : whole(height));
/** Beside the time range, where the data are shorter than its button says. */
export const since = (day: string) => `since ${day}`;

export const RIGHT_AXIS_NAMES: Readonly<Record<View["second"], string>> = {
  none: "",
  hashprice: "Hashprice",
  price: "BTC price",
  fees: "Fee share",
};

/** Units of the left axis, by chart. */
export const UNITS: Readonly<Record<View["chart"], Readonly<Record<View["unit"], string>>>> = {
  revenue: { usd: "USD/MWh", sat: "sat/MWh" },
  hashprice: { usd: "USD/PH/day", sat: "sat/PH/day" },
  hashrate: { usd: "hash rate", sat: "hash rate" },
  difficulty: { usd: "difficulty", sat: "difficulty" },
  fees: { usd: "BTC per block", sat: "BTC per block" },
  blocktime: { usd: "minutes", sat: "minutes" },
};

/** The start of a point's hour or day names it. */
export const INTERVAL_NAMES = { block: "", hour: "hour of ", day: "day of " } as const;
export const SO_FAR = " (so far)";
export const blockName = (height: number) => `, block ${whole(height)}`;
/** A margin that is no average. */
export const median = (margin: string) => `median ${margin}`;
export const makeLeading = (machine: string) => `Make ${machine} the leading miner`;
/** In place of figures, of a machine that is sold only after the period. */
export const notSoldYet = (month: string) => `not sold before ${month}`;

/** Announced when another period is shown. */
export const periodShown = (from: string, to: string) => `Shown: ${from} to ${to}`;

/** Headers of the table of what the chart shows. */
export const timeHeader = (clock: string) => `Median time (${clock})`;
export const BLOCK = "Block";
export const lineHeader = (name: string, unit: string) => `${name}, ${unit}`;

// In HTML:

export const TIME_SHOWN = "Time shown";
export const RANGES = {
  "1d": "1D",
  "7d": "7D",
  "30d": "30D",
  "90d": "90D",
  "1y": "1Y",
  all: "All",
} as const;
export const FROM = "From";
export const TO = "to";
export const APPLY = "Apply";
export const CHART = "Chart";
export const CHARTS = {
  revenue: "Revenue",
  hashprice: "Hashprice",
  hashrate: "Hash rate",
  difficulty: "Difficulty",
  fees: "Fees",
  blocktime: "Block time",
} as const;
export const OPTIONS = "Chart options";
export const UNIT = "Unit";
export const Y_AXIS = "Y axis";
export const SCALES = {
  auto: "auto",
  linear: "linear",
  log: "log",
} as const;
export const COMPARE_WITH = "Compare with";
export const COMPARED = {
  none: "none",
  hashprice: "hashprice",
  price: "BTC price",
  fees: "fee share",
} as const;
export const MOVING_AVERAGE = "Moving average";
export const MEANS = {
  0: "none",
  1: "1 day",
  7: "7 days",
  30: "30 days",
} as const;
export const ZOOM_AND_MOVE = "Zoom and move";
export const UNDO_ZOOM = "Undo zoom";
export const LEGEND = "Values at the chart's cursor";
export const NEWEST = "Newest";
export const PROFITABLE = "Profitable";
export const AVERAGE_MARGIN = "Average margin";
export const HELP_MOUSE =
  "Drag to zoom, double-click to undo. With the keyboard: arrow keys move the cursor, + and − zoom, Escape undoes.";
export const HELP_TOUCH = "Pinch to zoom, or use the buttons above; touch the chart for values.";
export const HELP =
  "Dotted vertical lines, or ticks: difficulty adjustments. Solid: halvings. A dotted line of a miner is from before its release. Long ranges show hourly or daily averages. Blocks are placed by median time, about an hour before they were found.";
export const TABLE = "Table of what the chart shows";
export const TABLE_CAPTION = "What the chart shows, newest first";
