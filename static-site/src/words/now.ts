// What tiles, controls and the status line say.

import {
  cents,
  change,
  day,
  dayOfMonth,
  duration,
  minute,
  monthName,
  recentMinute,
  tenths,
  whole,
  zoneName,
} from "../lib/format.ts";
import type { DataAge } from "../model/data-age";
import type { UnixMs } from "../model/units";
import type { View } from "../model/view";

type Clock = View["time"];

export const RIGHT_NOW = "Right now";

export const NO_DATA = "No data yet";

/** The heading above the tiles. */
export function nowTitle(age: DataAge | null, clock: Clock): string {
  if (age === null || age.kind === "live") return RIGHT_NOW;
  if (age.kind === "demo") return `Demo: ${monthName(age.asOf)}, replayed at 60x`;
  return `As of ${age.isDaysOld ? day(age.asOf, clock) : `${minute(age.asOf, clock)} ${zoneName(age.asOf, clock)}`}`;
}

export const LOADING = "Loading";
export const RETRYING = "Retrying every 10 s.";
export const SERVER_UNREACHABLE = "Can't reach the server.";
export const DEVICE_OFFLINE = "This device is offline.";
/** The API says that it has no blocks, or that it cannot read them. */
export const serverProblem = (detail: string) =>
  detail.startsWith("the lake is empty")
    ? "No data yet: the server is waiting for its first block."
    : `The server has a problem: ${detail}.`;
export const STATUS_LINK = "Status";
export const BLOCKS_ARE_LATE = "New blocks are late.";
export const RECORDED = "Recorded blocks and prices, not live.";
export const demoStatus = (height: number) => `${RECORDED} Block ${whole(height)}.`;
export const DEMO_LOADS = "More are being loaded.";
export const upToDate = (height: number) => `Up to date with block ${whole(height)}.`;
export const dataAreOld = (ageMs: number) => `Data are ${duration(ageMs)} old.`;
export const priceIsOld = (newest: UnixMs | null, clock: Clock) =>
  newest === null
    ? "There is no BTC price."
    : `The latest BTC price is of ${minute(newest, clock)} ${zoneName(newest, clock)}.`;
export const showingOlderData = (since: string) => `What is shown was loaded ${since} ago.`;

export const NO_PRICE = "No BTC price yet";
export const priceSource = (source: string, time: UnixMs | null, isFinal: boolean, clock: Clock) =>
  [
    source,
    ...(time === null ? [] : [`${recentMinute(time, clock)} ${zoneName(time, clock)}`]),
    ...(isFinal ? [] : ["preliminary"]),
  ].join(", ");
/** Of one miner per day; of several, also of all. `rate` is of a MWh, in the user's unit. */
export const profitOrLoss = (isProfit: boolean, rate: string, usdPerDay: number, count: number) => {
  const all = count === 1 ? "" : ` (${cents(usdPerDay * count)} in all)`;
  return `${isProfit ? "Profit" : "Loss"} ${rate}, ${cents(usdPerDay)} ${perDay(count)}${all}`;
};
export const perDay = (count: number) => (count === 1 ? "USD/day" : "USD/day each");
export const removeMiner = (name: string) => `Remove ${name}`;
export const latestBlock = (value: string) => `latest block ${value}`;
export const mineBelow = (start: string, stop: string, unit: string) =>
  `Mine below ${start}, stop above ${stop} ${unit}`;

/** For screen readers, when the user has typed another price. */
export const atNewCosts = (miner: string, verdict: string, breakEven: string) => `${miner}: ${verdict}. ${breakEven}`;
/** On phones, above the miners. */
export const hashpriceLine = (usd: string) => `Hashprice ${usd} USD/PH/day`;
export const breakEvenWords = (joulesPerTh: number | null) =>
  joulesPerTh === null
    ? "All miners are profitable."
    : `Break-even efficiency ${tenths(joulesPerTh)} J/TH: more efficient miners profit.`;

export const feesOfReward = (fees: string, reward: string) => `${fees} BTC fees of ${reward} BTC block reward`;
export const nextAdjustment = (expected: number | null, blocks: number, time: UnixMs | null, clock: Clock) => {
  const inBlocks = `in ${whole(blocks)} blocks`;
  if (expected === null) return `Next adjustment ${inBlocks}`;
  const date = time === null ? "" : ` (~${dayOfMonth(time, clock)})`;
  return `Next adjustment ≈ ${change(expected)}, ${inBlocks}${date}`;
};

export const powerIsEmpty = (price: string, unit: string) => `Enter a price. Shown now: ${price} ${unit}.`;
export const powerIsInvalid = (least: string, most: string, price: string, unit: string) =>
  `Enter a price from ${least} to ${most} ${unit}. Shown now: ${price} ${unit}.`;
export const didYouMean = (value: string, unit: string, usdPerMwh: string) =>
  unit === "USD/MWh" ? `Did you mean ${value} USD/MWh?` : `Did you mean ${value} ${unit} (${usdPerMwh} USD/MWh)?`;
export const useUnit = (unit: string) => `Use ${unit}`;

export const REVENUE = "Revenue";
/** Beside figures that suppose another hashprice than the current one. */
export const ifHashprice = (by: number) => `if hashprice changes by ${change(by)}`;
/** What is set under "Site, fleet, what if", shown while that is closed. */
export const siteSummary = (overhead: string | null, adder: string | null, hashpriceChange: number) =>
  [
    overhead === null ? "" : `${overhead} % overhead`,
    adder === null ? "" : `${adder} other costs`,
    hashpriceChange === 0 ? "" : `hashprice ${change(hashpriceChange)}`,
  ]
    .filter((part) => part !== "")
    .join(", ");

// In HTML:

export const ELECTRICITY_PRICE = "Electricity price";
export const ELECTRICITY_UNIT = "Unit of the electricity price";
export const POOL_FEE = "Pool fee";
export const SITE = "Site, fleet, what if";
export const OVERHEAD = "Overhead";
export const OVERHEAD_UNIT = "% (cooling, transformers)";
export const OTHER_COSTS = "Other costs";
export const NETWORK = "The network's hash rate:";
export const WHAT_IF = "What if hashprice changes by";
export const MINER_COUNTS = "Number of miners";
export const ADD_MINER = "Add miner";
export const SEARCH_MINERS = "Search miners";
export const SEARCH_EXAMPLE = "S21 Pro";
export const MINERS_FOUND = "Miners found";
export const CUSTOM_MINER = "Custom miner";
export const MINER_TILES = "Revenue per MWh of each miner";
export const TILES = {
  change: "Revenue change",
  hashprice: "Hashprice",
  price: "Bitcoin price",
  difficulty: "Difficulty",
  fees: "Fee share",
  block: "Latest block",
} as const;
