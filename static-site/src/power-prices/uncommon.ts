// What few tables need: those with prices of dates, with several versions of a price, or with tables below or beside
// one another. Loaded with the first of them, see on-demand.ts.

export { latestRows } from "./latest-rows";
export { columnsOfWholeDays, refuseBlocks, refuseContracts, refuseLateDays, rowsOfWholeDays } from "./part-of-day";
export { numbered, periodLabels } from "./period-labels";
export { withTableBelow, withTablesBeside } from "./tables-joined";
