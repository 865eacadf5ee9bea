// Counts the rows that are left out while a file is read, and reports them at the end.

export type SkippedRows = {
  /** Numbers of the lines without a readable time. */
  readonly unreadableLines: number[];
  noSuchHour: number;
  otherCurrency: number;
  noPrice: number;
  repeated: number;
  overlapping: number;
  /** Prices without an end, and without another row to infer it from. */
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

/** The lowest line without a readable time. The file may have been read from its end. */
export function firstUnreadable({ unreadableLines }: SkippedRows): number {
  return unreadableLines.reduce((lowest, line) => Math.min(lowest, line), Infinity);
}
