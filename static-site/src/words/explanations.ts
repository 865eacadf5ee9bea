// What the "?" buttons explain. `ask` names the button, and `link` a page of the docs.

import { cents, change, whole } from "../lib/format.ts";

export const mwh = {
  ask: "What revenue per MWh and its change are",
  title: "Revenue per MWh",
  what: "What a miner expects to earn with one megawatt-hour, at the latest difficulty, subsidy and BTC price and with the mean fees of the last 144 blocks (about a day). A single block's fees are luck: the latest block's own figure stands small beside it.",
  formula: "hashprice × 1000 ÷ (24 × J/TH)",
  more: "After pool fee and overhead, if you set them. Mine below and stop above are 2 % below and above the break-even electricity price of the next block, so that miners do not switch at every block. The percentages are the change of revenue since a day, a week and 30 days ago; it is the same for every miner.",
} as const;

export const hashprice = {
  ask: "What hashprice is",
  title: "Hashprice",
  what: "What one petahash per second expects to earn in a day: from the subsidy and the mean fees of the last 144 blocks, and, for the latest block, from its own fees.",
  formula: "hashes per day × (subsidy + fees) ÷ (difficulty × 4,294,967,296)",
} as const;

export const price = {
  ask: "Which price this is",
  title: "Bitcoin price",
  what: "USD for one bitcoin, observed nearest in time to the block. It is preliminary while a nearer one may still come. A block without a price within 36 hours has satoshis only.",
  link: "Prices and their age",
} as const;

export const difficulty = {
  ask: "What difficulty and its adjustment are",
  title: "Difficulty and its next adjustment",
  what: "How hard a block is to find: it takes difficulty × 4,294,967,296 hashes on average. Every 2,016 blocks it is adjusted, so that blocks would have come every ten minutes. Beside it is the network's hash rate, estimated from the last 120 blocks.",
  formula: "change = blocks so far × 600 s ÷ time they took − 1",
  more: "The estimate supposes that the rest of the 2,016 blocks come as fast as those before. Revenue moves the other way.",
  link: "Difficulty",
} as const;

export const fees = {
  ask: "What the fee share is",
  title: "Fee share",
  what: "The part of the block reward that transactions paid, over the last 144 blocks, and in the latest block. The rest is the subsidy, which halves every 210,000 blocks.",
  formula: "fees ÷ (subsidy + fees)",
  link: "Fee share",
} as const;

export const block = {
  ask: "What the latest block is",
  title: "Latest block",
  what: "The latest block in our data, and how long ago its header says it was found. One comes every ten minutes on average; an hour without any is rare. The chart places blocks by the median time of the last 11, about an hour earlier.",
  link: "Blocks",
} as const;

export const nextHalving = (blocks: number) => `The next halving is in ${whole(blocks)} blocks.`;
export const afterAdjustment = (hashprice: number) =>
  `Hashprice would then be ${cents(hashprice)} USD/PH/day, at the same price and fees.`;
export const adjustmentRange = (low: number, high: number) =>
  `Two times in three the change is between ${change(low)} and ${change(high)}.`;
