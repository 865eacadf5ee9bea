// What the columns of a table look like, from their headers and a sample of their cells.

import { isMissing, isNumber } from "./price-cells";
import { cell, isBlank, type Row, type Table } from "./table";
import { isTime, readClock, readTime, splitTimeRange } from "./written-times";

const SAMPLE_BLOCKS = 40;
const BLOCK_ROWS = 25;
// Nothing else looks like a time, so a small share is enough, as notes may outnumber the data.
const MIN_SHARE_OF_TIMES = 0.1;

export type Column = {
  readonly at: number;
  readonly header: string;
  /** The header in separate words, lower case: "intervalStart_UTC" is "interval start utc". */
  readonly words: string;
  /** The sample's cells that are not empty. */
  readonly values: readonly string[];
  readonly distinct: ReadonlySet<string>;
  readonly isTime: boolean;
  /** All times are dates without a time of day, or at midnight. */
  readonly isDate: boolean;
  /** All times say how far they are ahead of UTC. */
  readonly hasOffsets: boolean;
  readonly isClock: boolean;
  readonly isNumber: boolean;
  readonly isWhole: boolean;
};

/** Blocks of rows from all over the table: files may be sorted by place. */
export function sampleRows(table: Table, firstRow: number): Row[] {
  const count = table.length - firstRow;
  const isShort = count <= SAMPLE_BLOCKS * BLOCK_ROWS;
  const blocks = isShort ? 1 : SAMPLE_BLOCKS;
  const size = isShort ? count : BLOCK_ROWS;
  const rows: Row[] = [];
  for (let block = 0; block < blocks; block += 1) {
    const from = firstRow + (blocks === 1 ? 0 : Math.floor((block * (count - size)) / (blocks - 1)));
    for (let at = from; at < from + size; at += 1) {
      const row = table.row(at);
      if (!isBlank(row)) rows.push(row);
    }
  }
  return rows;
}

export function profileColumns(sample: readonly Row[], headers: Row): Column[] {
  const width = sample.reduce((most, row) => Math.max(most, row.length), headers.length);
  return Array.from({ length: width }, (_, at) => profile(sample, cell(headers, at), at));
}

function profile(sample: readonly Row[], header: string, at: number): Column {
  const values = sample.map((row) => cell(row, at)).filter((text) => !isMissing(text));
  const distinct = new Set(values);
  const each = [...distinct];
  const timeTexts = each.filter(isTime);
  const times = timeTexts.flatMap((text) => {
    const [start] = splitTimeRange(text);
    return readTime(start, "day first") ?? readTime(start, "month first") ?? [];
  });
  const timeSet = new Set(timeTexts);
  const ofKind = (isKind: (text: string) => boolean): number => {
    const kind = new Set(each.filter(isKind));
    return values.filter((text) => kind.has(text)).length;
  };
  const timeCount = values.filter((text) => timeSet.has(text)).length;
  return {
    at,
    header,
    words: wordsOf(header),
    values,
    distinct,
    isTime: timeCount > 0 && timeCount >= values.length * MIN_SHARE_OF_TIMES,
    isDate: times.length > 0 && times.every(({ wall, offset }) => wall % 86_400_000 === 0 && (offset ?? 0) === 0),
    hasOffsets: times.length > 0 && times.every(({ offset }) => offset !== null),
    isClock: values.length > 0 && ofKind((text) => readClock(text) !== null) * 2 >= values.length,
    isNumber: values.length > 0 && ofKind(isNumber) * 2 >= values.length,
    isWhole: values.length > 0 && each.every((text) => /^-?\d+$/.test(text)),
  };
}

/** Splits "endTime" and "end_time" into words. */
export const wordsOf = (text: string): string =>
  text
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .replace(/[_\s]+/g, " ")
    .trim()
    .toLowerCase();

const VERSION_WORDS =
  /\b(version|ver|revision|rev|publish\w*|publication\w*|updated?|created|issued?|posted|modified|as of|fassung)\b/;

/** Whether a column says which version a row is, by a number or by a time of publication. */
export const isVersion = ({ words, isWhole, isTime }: Column): boolean =>
  VERSION_WORDS.test(words) && (isWhole || isTime);
