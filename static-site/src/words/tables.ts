// What the tables of miners and blocks say.

import { change, whole } from "../lib/format.ts";

export const LOADING = "Loading";
export const cannotLoadMiners = (why: string) => `Couldn't load miners: ${why}.`;
export const cannotLoadBlocks = (why: string) => `Couldn't load blocks: ${why}.`;

export const minersFound = (found: number, all: number, isSearch: boolean) =>
  isSearch ? `${whole(found)} of ${whole(all)} miners` : `${whole(all)} miners`;
export const profitableMiners = (count: number, all: number, price: string) =>
  `${whole(count)} of ${whole(all)} are profitable at ${price}.`;
/** Before the table, if its figures suppose another hashprice than the current one. */
export const whatIf = (hashpriceChange: number) => `What if hashprice changes by ${change(hashpriceChange)}:`;
export const noMinerMatches = (text: string) => `No miner matches “${text}”.`;
export const selected = (count: number, most: number) => {
  const many = `${count} of ${most} selected for comparison.`;
  if (most <= count) return `${many} Deselect one to select another.`;
  return count === 1 ? `${many} The last one stays.` : many;
};
export const compareMiner = (name: string) => `Compare ${name}`;
export const specsOf = (name: string) => `Specs of ${name}`;
export const SPECS = "Specs";
export const NOT_RELEASED = "not yet released";
/** What is left of revenue, named as columns name it. */
export const MINER_HEADERS = {
  name: "Miner",
  profit: "Profit per miner",
  margin: "Profit",
  usd: "Revenue",
  efficiency: "Efficiency",
  machine: "Revenue per miner",
  mwprofit: "Profit per MW",
  mw: "Revenue per MW",
  sat: "Revenue",
  breakeven: "Break-even",
  released: "Release",
} as const;

export const BOTH_FIGURES = "Both numbers must be from 1 to 999,999.";
export const ADDED = "added";
export const addedMiner = (name: string) => `${name} added.`;
export const moreMiners = (count: number) => `and ${whole(count)} more`;
/** Said when what was typed does not mean one miner. */
export const whichMiner = (found: number, text: string) =>
  found === 0
    ? noMinerMatches(text)
    : found === 1
      ? `No miner is called “${text}”. Did you mean the one below?`
      : `${whole(found)} miners match “${text}”: choose one.`;
export const ALREADY_ADDED = "Already added.";
export const tooManyMiners = (most: number) => `${most} miners are the most that fit: remove one first.`;

export const BLOCK_HEADERS = {
  height: "Height",
  time: "Time",
  usd: "Revenue",
  sat: "Revenue",
  feeShare: "Fee share",
  reward: "Reward",
  fees: "Fees",
  transactions: "Transactions",
  price: "BTC price",
  from: "Price age",
} as const;
export const blocksHint = (miner: string) => `Revenue of ${miner}, with the fees of each single block.`;
/** While no miner is chosen that the catalogue has. */
export const BLOCKS_HINT = blocksHint("the leading miner");
export const blocksShown = (top: number, bottom: number) => `Blocks ${whole(top)} to ${whole(bottom)}`;
export const noBlocks = (first: number, last: number) =>
  `No blocks here. The data have blocks ${whole(first)} to ${whole(last)}.`;
export const newBlocks = (count: number) => `${whole(count)} new ${count === 1 ? "block" : "blocks"}`;
export const PRELIMINARY = "preliminary";
export const SAME_TIME = "same time";
export const afterBlock = (length: string) => `${length} after`;

/** In a table that is shown one page at a time. */
export const rowsShown = (first: number, last: number, all: number) =>
  `${whole(first)} to ${whole(last)} of ${whole(all)}`;

// In HTML:

export const MINERS = "Miners";
export const SEARCH = "Search";
export const SEARCH_EXAMPLE = "bitmain hydro";
export const SORT_BY = "Sort by";
export const ADD_CUSTOM = "Add a custom miner";
export const CUSTOM_MINER = "Custom miner:";
export const MINERS_HINT =
  "With the mean fees of 144 blocks. Revenue is before the pool fee, profit after all costs. Arrow keys move between miners and to their specs.";
export const MINERS_TABLE = "Table of miners";
export const MINERS_CAPTION = "Miners: check those to compare; the buttons in the header sort";
export const ALL_MINERS = "Show all miners";
/** On phones, below the first of them. */
export const showAll = (miners: number) => `Show all ${whole(miners)} miners`;
export const BLOCKS = "Blocks";
export const BLOCK_PAGES = "Blocks shown";
export const LATEST = "Latest";
export const FIRST = "First";
export const GO = "Go";
export const TRY_AGAIN = "Try again";
export const BLOCKS_TABLE = "Table of blocks";
export const BLOCKS_CAPTION = "Blocks, the latest first: what each paid, and what a miner earned at it";
