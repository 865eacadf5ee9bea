// What is refused of prices that do not hold all day, and noted.

import { MAX_NAMED } from "./reader";

/** `example` is a cell of the column. */
export const isOfContracts = (column: string, example: string): string =>
  `“${column}” names contracts (“${example}”), whose prices are not those of the day in their row. Choose a file with day-ahead or real-time prices.`;
export const startsLate = (column: string, clock: string): string =>
  `The days in “${column}” begin at ${clock}, so it is not clear which date the hours after midnight have. Export the prices with the date and time of each.`;
export const isOfPartOfDay = (column: string): string =>
  `“${column}” holds in some hours of the day only, and the file does not say in which. Choose a file with a price for each hour.`;
export const isOfBlocks = (column: string, count: number): string =>
  `“${column}” numbers ${count} rows of each date. If they are parts of the day, add the start of each; if they are places, write their names.`;
export const leftOutPartsOfDay = (names: readonly string[]): string =>
  `Left out, as they hold in some hours of the day only: ${names.slice(0, MAX_NAMED).join(", ")}`;
