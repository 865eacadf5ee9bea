// One table of several in a file, below or beside one another, each with times of its own.

import { cell, type Row, type Table } from "./table";
import { isTime } from "./written-times";

/** The table with the rows below `headerAt` under the headers of that row. */
export function withTableBelow(table: Table, headers: Row, headerAt: number, timeAt: number): Table {
  const below = table.row(headerAt);
  const { all, places } = placed(headers, below, (at) => (at === timeAt ? timeAt : undefined));
  const row = (at: number): Row => {
    if (at === headerAt) return [];
    return at < headerAt ? table.row(at) : moved(table.row(at), places, all.length);
  };
  return joinedTable(table, all, table.length, row);
}

/** The table with the columns of tables beside the first as further rows; null if there are none. */
export function withTablesBeside(table: Table, headers: Row, firstRow: number): Table | null {
  const first = table.row(firstRow);
  const timeAt = first.findIndex((text) => isTime(text.trim()));
  const header = cell(headers, timeAt);
  const times = headers.flatMap((text, at) => (text.trim() === header && isTime(cell(first, at)) ? [at] : []));
  const width = (times[1] ?? 0) - timeAt;
  const areApart = times.every((at, index) => at === timeAt + index * width && cell(headers, at + 1) !== "");
  if (header === "" || times.length < 2 || width < 2 || timeAt >= width || !areApart) return null;
  // The same times are those of one table.
  if (times.every((at) => cell(first, at) === cell(first, timeAt))) return null;
  const rowCount = table.length - firstRow;
  const widthOf = (index: number): number => (index === times.length - 1 ? Infinity : width);
  const part = (row: Row, index: number): Row => row.slice(index * width, index * width + widthOf(index));
  let all = part(headers, 0);
  const parts = times.map((_, index) => {
    const found = placed(all, part(headers, index), () => undefined);
    all = found.all;
    return found.places;
  });
  const row = (at: number): Row => {
    if (at < firstRow) return table.row(at);
    const index = Math.floor((at - firstRow) / rowCount);
    const source = table.row(firstRow + ((at - firstRow) % rowCount));
    return moved(part(source, index), parts[index] ?? [], all.length);
  };
  return joinedTable(table, all, firstRow + rowCount * times.length, row);
}

/** The headers of both, and where the columns of the second are among them. */
function placed(headers: Row, others: Row, known: (at: number) => number | undefined) {
  const all = [...headers];
  const places = others.map((text, at) => {
    const same = known(at) ?? all.findIndex((one) => one.trim() === text.trim());
    return same >= 0 ? same : all.push(text) - 1;
  });
  return { all, places };
}

function moved(row: Row, places: readonly number[], width: number): Row {
  const cells = Array.from({ length: width }, () => "");
  row.forEach((text, at) => {
    const place = places[at];
    if (place !== undefined && text !== "") cells[place] = text;
  });
  return cells;
}

const joinedTable = (table: Table, headers: Row, length: number, row: (at: number) => Row): Table => ({
  ...table,
  headers,
  length,
  row,
  cellAt: (at, column) => cell(row(at), column),
});
