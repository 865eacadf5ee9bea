// What is left out of a file, counted while it is read, and told at the end.

export type Tally = {
  /** Lines without a time that can be read. */
  readonly unreadableLines: number[];
  noSuchHour: number;
  otherCurrency: number;
  noPrice: number;
  repeated: number;
  overlapping: number;
  /** Prices that no end and no other row give a length. */
  lone: number;
};

export function newTally(): Tally {
  return { unreadableLines: [], noSuchHour: 0, otherCurrency: 0, noPrice: 0, repeated: 0, overlapping: 0, lone: 0 };
}

export function tallyNotes(tally: Tally, seriesCount: number): string[] {
  const rows = (count: number, rest: string): string[] =>
    count === 0 ? [] : [`${count.toLocaleString("en-US")} ${count === 1 ? "row" : "rows"} ${rest}`];
  return [
    ...rows(tally.unreadableLines.length, `without a time that can be read, first line ${firstUnreadable(tally)}`),
    ...rows(tally.noPrice, seriesCount === 1 ? "without a price" : "without a price, over all series"),
    ...rows(tally.repeated, "repeated: the first of each counts"),
    ...rows(tally.overlapping, "overlapping the one before"),
    ...rows(tally.noSuchHour, "in the hour that the clocks skip in spring"),
    ...rows(tally.otherCurrency, "in another currency"),
  ];
}

/** The lowest of the lines without a time that can be read, whichever end of the file was read first. */
export function firstUnreadable({ unreadableLines }: Tally): number {
  return unreadableLines.reduce((lowest, line) => Math.min(lowest, line), Infinity);
}
