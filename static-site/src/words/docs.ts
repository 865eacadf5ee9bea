// What the pages of the docs say besides their text.

/** The names of the pages in their navigation, in its order. */
export const PAGES = {
  README: "Overview",
  revenue: "Revenue per MWh",
  hashprice: "Hashprice",
  strike: "Strike",
  "mine-or-sell": "Mine or sell",
  backtest: "Backtest",
  prices: "Prices",
  terms: "Mining terms",
  data: "Files",
  api: "API",
  operate: "Run hashlake",
  embed: "Share and embed",
} as const;

export const pageTitle = (title: string) => `${title} - hashlake`;
export const SKIP = "Skip to the text";
export const NAVIGATION = "Documentation";
export const TABLE = "Table";
export const CODE = "Code";
