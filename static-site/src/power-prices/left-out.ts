// Counts what is left out while a file is read, in rows, in hours and by the sign of the prices.

import { HOUR_MS } from "../model/units";
import { unreadableTimes } from "../words/reader";
import { quoted } from "./power-file";
import type { Row } from "./table";
import { zoneClock } from "./zone-clock";
import { isZone } from "./zone-names";

type Tally = { rows: number; ms: number; negative: number };

const REASONS = {
  noPrice: "without a price",
  unreadablePrice: "with a price that cannot be read",
  placeholder: "with a placeholder such as -9999 in place of a price",
  otherUnit: "in a unit that is not one of power prices",
  repeated: "repeated: the first of each is used",
  overlapping: "overlapping the one before",
  noSuchHour: "in the hour that the clocks skip in spring",
  otherCurrency: "in another currency",
  withoutLength: "without an end, and without another row to infer it from",
} as const;

/** "missing" counts the gaps between rows. */
export type Reason = keyof typeof REASONS | "missing";

export type LeftOut = {
  /** Rows without a readable time, and the first of them. */
  unreadable: number;
  firstUnreadable: number;
  firstText: string;
  /** The first price that cannot be read, and its row; -1 if there is none. */
  firstBadPrice: string;
  firstBadRow: number;
  /** Where the first gap begins; Infinity if there is none. */
  firstGap: number;
  readonly tallies: Readonly<Record<Reason, Tally>>;
};

export function newLeftOut(): LeftOut {
  const tally = (): Tally => ({ rows: 0, ms: 0, negative: 0 });
  return {
    unreadable: 0,
    firstUnreadable: 0,
    firstText: "",
    firstBadPrice: "",
    firstBadRow: -1,
    firstGap: Infinity,
    tallies: {
      noPrice: tally(),
      unreadablePrice: tally(),
      placeholder: tally(),
      otherUnit: tally(),
      repeated: tally(),
      overlapping: tally(),
      noSuchHour: tally(),
      otherCurrency: tally(),
      withoutLength: tally(),
      missing: tally(),
    },
  };
}

export function leaveOut(leftOut: LeftOut, reason: Reason, ms: number, price: number | null): void {
  const tally = leftOut.tallies[reason];
  tally.rows += 1;
  if (Number.isFinite(ms)) tally.ms += ms;
  if (price !== null && price < 0) tally.negative += 1;
}

export function leaveGap(leftOut: LeftOut, from: number, to: number): void {
  leaveOut(leftOut, "missing", to - from, null);
  leftOut.firstGap = Math.min(leftOut.firstGap, from);
}

/** Rows come in order. The last line of a report may be an end mark, which is not counted. */
export function leaveOutUnreadable(leftOut: LeftOut, row: Row, line: number): void {
  const filled = row.map((text) => text.trim()).filter((text) => text !== "");
  if (filled.length === 1 && END_MARK.test(filled[0] ?? "")) return;
  leftOut.unreadable += 1;
  if (leftOut.unreadable > 1) return;
  leftOut.firstUnreadable = line;
  leftOut.firstText = quoted(filled.join(" | "));
}

const END_MARK = /^(\*+|-{2,}|={2,}|eof|end( of (file|report|data))?)\.?$/i;

const counted = (count: number, one: string): string =>
  `${count.toLocaleString("en-US", { maximumFractionDigits: 1 })} ${one}${count === 1 ? "" : "s"}`;

export type Gaps = {
  readonly ms: number;
  readonly count: number;
  /** Where the first begins. */
  readonly first: number;
  /** The file's time zone; UTC is used if it names none. */
  readonly zone: string | null;
};

/** "4 hours are missing between the files (1 gap, from 2024-01-31 13:00)". */
export function missingNote({ ms, count, first, zone }: Gaps, where: string): string {
  const clock = zone !== null && zone !== "UTC" && isZone(zone) ? zoneClock(zone) : null;
  const time = new Date(clock?.wall(first) ?? first).toISOString().slice(0, 16).replace("T", " ");
  const from = `${count === 1 ? "" : "the first "}from ${time}${clock === null ? " UTC" : ""}`;
  return `${hoursAre(ms)} missing${where} (${counted(count, "gap")}, ${from})`;
}

export function hoursAre(ms: number): string {
  const hours = counted(ms / HOUR_MS, "hour");
  return `${hours} ${hours === "1 hour" ? "is" : "are"}`;
}

export function leftOutNotes(
  { unreadable, firstUnreadable, firstText, firstBadPrice, firstBadRow, firstGap, tallies }: LeftOut,
  seriesCount: number,
  zone: string | null,
): string[] {
  const notes =
    unreadable === 0 ? [] : [unreadableTimes(unreadable.toLocaleString("en-US"), firstUnreadable, firstText)];
  const { missing } = tallies;
  const overAll = seriesCount > 1 ? ", over all series" : "";
  if (missing.rows > 0)
    notes.push(missingNote({ ms: missing.ms, count: missing.rows, first: firstGap, zone }, overAll));
  for (const reason of Object.keys(REASONS) as (keyof typeof REASONS)[]) {
    const { rows, ms, negative } = tallies[reason];
    if (rows === 0) continue;
    const parts = [ms > 0 ? counted(ms / HOUR_MS, "hour") : "", negative > 0 ? `${negative} below zero` : ""];
    const inside = parts.filter((part) => part !== "").join(", ");
    const all = reason === "noPrice" || reason === "unreadablePrice" ? overAll : "";
    const first = reason === "unreadablePrice" ? `, first line ${firstBadRow + 1} reads ${firstBadPrice}` : "";
    notes.push(`${counted(rows, "row")} ${REASONS[reason]}${first}${all}${inside === "" ? "" : ` (${inside})`}`);
  }
  return notes;
}
