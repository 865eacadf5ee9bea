// Finds the column that tells apart several prices of one time, if none is known to name places.

import type { Column } from "./column-profile";
import type { Conflict } from "./intervals";
import type { PriceColumn } from "./price-columns";
import { PLACE_WORDS } from "./series-columns";
import { cell, type Table } from "./table";
import type { TimePlan } from "./time-plan";

const MAX_CONFLICTS = 200;

/**
 * The column that differs in all pairs of rows with the same time: it names the series, whatever it
 * is called. Null if there is none.
 */
export function differingColumn(
  table: Table,
  conflicts: readonly Conflict[],
  columns: readonly Column[],
  time: TimePlan,
  prices: readonly PriceColumn[],
  keys: readonly number[],
): Column | null {
  const pairs = conflicts.slice(0, MAX_CONFLICTS).map(([one, other]) => [table.row(one), table.row(other)] as const);
  const candidates = columns.filter(
    ({ at, isNumber, isWhole }) =>
      !time.taken.has(at) && !keys.includes(at) && !prices.some((price) => price.at === at) && (!isNumber || isWhole),
  );
  const rank = ({ words, isNumber }: Column): number => {
    const place = PLACE_WORDS.findIndex((pattern) => pattern.test(words));
    return (isNumber ? 10 : 0) + (place < 0 ? PLACE_WORDS.length : place);
  };
  const share = ({ at }: Column): number =>
    pairs.filter(([one, other]) => cell(one, at) !== cell(other, at)).length / pairs.length;
  const ranked = candidates
    .map((column) => ({ column, rank: rank(column), share: share(column) }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => Math.floor(b.share) - Math.floor(a.share) || a.rank - b.rank || b.share - a.share);
  const best = ranked[0];
  // A column that differs in few pairs is a note or a counter; two columns may be needed together.
  return best === undefined || best.share < 0.3 ? null : best.column;
}
