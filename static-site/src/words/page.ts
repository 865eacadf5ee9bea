// What the header, the footer and several sections of the page say.

import { whole } from "../lib/format.ts";

export const SUMMARY =
  "Bitcoin mining revenue per MWh, by miner model, for every block, against your electricity price.";
export const TITLE = "hashlake: Bitcoin mining revenue per MWh";
export const SKIP = "Skip to the chart";
export const SKIP_TO_SELL = "Skip to Mine or sell";
export const SKIP_TO_MINERS = "Skip to the miners";
export const SUBTITLE = "Bitcoin mining revenue per MWh, by miner model, for every block";
/** A link from a frame in another website to the whole page. */
export const WHOLE_PAGE = "Open in hashlake";
export const TIMES = "Times";
export const LOCAL = "local";
export const THEME = "Theme";
export const THEMES = {
  auto: "auto",
  light: "light",
  dark: "dark",
} as const;
export const SHARE = "Share";
export const NEEDS_SCRIPT = "This page needs JavaScript. The same numbers are at";
export const ADD = "Add";
export const MORE = "More:";
export const EARLIER = "Earlier";
export const ZOOM_OUT = "Zoom out";
export const ZOOM_IN = "Zoom in";
export const LATER = "Later";
export const CHART_ROLE = "chart";
export const DOWNLOAD_CSV = "Download CSV";
export const DOWNLOAD_IMAGE = "Download image";
export const SHOW_TABLE = "Show data table";
export const NEWER = "Newer";
export const OLDER = "Older";
export const CLOSE = "Close";
export const NO_PRICE_SOURCE = "No price is known for the newest block.";
export const priceSource = (name: string) => `Prices of bitcoin: ${name}. Blocks: a Bitcoin node.`;
export const missingBlocks = (missing: number, first: number, last: number) =>
  `${whole(missing)} of the blocks from ${whole(first)} to ${whole(last)} are missing.`;
export const NOT_LOADED = "This part of the page did not load.";
export const PART_MISSING = "A part of the page did not load.";
export const RELOAD = "Reload the page";
export const SAME_NUMBERS = "The same numbers for scripts and spreadsheets:";
export const THE_API = "the API";
export const DOCS = "What the numbers mean";
export const DOCS_HAVE = ": formulas with examples, mining terms, data and API.";
