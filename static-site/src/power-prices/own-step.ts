// Columns of prices in one table that have steps of their own, such as hours beside quarters.

import { HOUR_MS } from "../model/units";
import { type Draft, newDraft } from "./intervals";

/**
 * The rows with a price of a column whose prices follow one another in longer steps than the rows of
 * the table, which has shorter ones for another column, but no longer ones than an hour; or else all rows.
 */
export function rowsOfOwnStep(draft: Draft): Draft {
  const { starts, ends, prices, rows } = draft;
  const [starting, ending, priced] = [starts.toArray(), ends.toArray(), prices.toArray()];
  const own = [...priced.keys()].filter((at) => !Number.isNaN(priced[at]));
  const stampOf = (at: number): number => (Number.isNaN(starting[at]) ? (ending[at] ?? NaN) : (starting[at] ?? NaN));
  const steps = own.slice(1).map((at, index) => Math.abs(stampOf(at) - stampOf(own[index] ?? 0)));
  const isOpen = own.every((at) => Number.isNaN(starting[at]) || Number.isNaN(ending[at]));
  if (!isOpen || new Set(steps).size > 1 || (steps[0] ?? 0) > HOUR_MS) return draft;
  const kept = newDraft();
  const all = rows.toArray();
  for (const at of own) {
    kept.starts.push(starting[at] ?? NaN);
    kept.ends.push(ending[at] ?? NaN);
    kept.prices.push(priced[at] ?? NaN);
    kept.rows.push(all[at] ?? 0);
  }
  return kept;
}
