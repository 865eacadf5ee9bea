// What few tables need: those with prices of dates, with the date in their title or dates that could be read in two
// ways, with several prices of a time, or with tables below or beside one another. Loaded with the first of them, see
// on-demand.ts.

export { withDateInTitle } from "./date-in-title";
export { orderByNeighbours, orderByPairs } from "./date-neighbours";
export { differingColumn } from "./differing-column";
export { latestRows } from "./latest-rows";
export { headerOnly, noTimes } from "./no-table";
export { rowsOfOwnStep } from "./own-step";
export { columnsOfWholeDays, refuseBlocks, refuseContracts, refuseLateDays, rowsOfWholeDays } from "./part-of-day";
export { numbered, periodLabels } from "./period-labels";
export { withTableBelow, withTablesBeside } from "./tables-joined";
export { twoPricesAt } from "./two-prices";
