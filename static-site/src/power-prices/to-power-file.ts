// Builds a `PowerFile` with its series and notes from the rows that were read.

import { type DraftRow, toIntervals } from "./intervals";
import { type PowerFile, PowerPricesError } from "./power-file";
import { firstUnreadable, type SkippedRows, skippedRowNotes } from "./skipped-rows";

/** The rows of each place. */
export type Drafts = Map<string, DraftRow[]>;

export function addRow(drafts: Drafts, place: string, row: DraftRow): void {
  const rows = drafts.get(place);
  if (rows === undefined) drafts.set(place, [row]);
  else rows.push(row);
}

type FileContent = {
  readonly layout: string;
  readonly currency: string;
  readonly drafts: Drafts;
  readonly skipped: SkippedRows;
  readonly notes: readonly string[];
  /** Rows that are not blank. */
  readonly rowCount: number;
  /** Whether to show a series of this name first. */
  readonly prefer: (name: string) => boolean;
};

/** Throws `PowerPricesError` if most rows have no readable time, or none has a price. */
export function toPowerFile({ layout, currency, drafts, skipped, notes, rowCount, prefer }: FileContent): PowerFile {
  if (skipped.unreadableLines.length * 2 > rowCount) {
    throw new PowerPricesError(
      `Most rows have no time that can be read, first line ${firstUnreadable(skipped)}. Write times as 2024-01-31 13:00.`,
    );
  }
  const all = Array.from(drafts, ([name, rows]) => ({ name, intervals: toIntervals(rows, skipped) }));
  const series = all.filter(({ intervals }) => intervals.length > 0);
  if (series.length === 0) throw noPrices(skipped);
  const empty = all.filter(({ intervals }) => intervals.length === 0).map(({ name }) => name);
  return {
    layout,
    currency,
    series,
    preferred: Math.max(
      0,
      series.findIndex(({ name }) => prefer(name)),
    ),
    notes: [...notes, ...skippedRowNotes(skipped, all.length), ...emptyNotes(empty)],
  };
}

function noPrices({ withoutLength }: SkippedRows): PowerPricesError {
  return new PowerPricesError(
    withoutLength > 0
      ? "The file has a single price, so it does not say how long that holds. Add rows, or a column with the end of each."
      : "The file has times but no price. Check that the column of prices holds numbers such as 42.50.",
  );
}

function emptyNotes(names: readonly string[]): string[] {
  const others = names.length > 5 ? ` and ${names.length - 5} more` : "";
  return names.length === 0 ? [] : [`Left out, with too few prices: ${names.slice(0, 5).join(", ")}${others}`];
}
