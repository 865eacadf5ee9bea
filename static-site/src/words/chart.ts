// What the chart section says.

import { whole } from "../format";
import type { View } from "../view";

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
