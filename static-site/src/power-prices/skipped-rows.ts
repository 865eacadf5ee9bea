// What is left out of a file, counted while it is read, and told at the end.

export type SkippedRows = {
  /** Lines without a time that can be read. */
  readonly unreadableLines: number[];
  noSuchHour: number;
  otherCurrency: number;
  noPrice: number;
  repeated: number;
  overlapping: number;
  /** Prices that no end and no other row give a length. */
  withoutLength: number;
};

export function newSkippedRows(): SkippedRows {
  return {
    unreadableLines: [],
    noSuchHour: 0,
    otherCurrency: 0,
    noPrice: 0,
    repeated: 0,
    overlapping: 0,
    withoutLength: 0,
  };
}

export function skippedRowNotes(skipped: SkippedRows, seriesCount: number): string[] {
  const rows = (count: number, rest: string): string[] =>
    count === 0 ? [] : [`${count.toLocaleString("en-US")} ${count === 1 ? "row" : "rows"} ${rest}`];
  return [
    ...rows(skipped.unreadableLines.length, `without a time that can be read, first line ${firstUnreadable(skipped)}`),
    ...rows(skipped.noPrice, seriesCount === 1 ? "without a price" : "without a price, over all series"),
    ...rows(skipped.repeated, "repeated: the first of each counts"),
    ...rows(skipped.overlapping, "overlapping the one before"),
    ...rows(skipped.noSuchHour, "in the hour that the clocks skip in spring"),
    ...rows(skipped.otherCurrency, "in another currency"),
  ];
}

/** The lowest of the lines without a time that can be read, whichever end of the file was read first. */
export function firstUnreadable({ unreadableLines }: SkippedRows): number {
  return unreadableLines.reduce((lowest, line) => Math.min(lowest, line), Infinity);
}
