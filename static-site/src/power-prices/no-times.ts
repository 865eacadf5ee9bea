// Says what a table without times has in place of them. Loaded only when a table is refused.

import { IN_PLACE_OF_TIMES } from "../words/no-times";
import { WITH_TIMES } from "../words/reader";
import type { Reading } from "./reading";
import type { Table } from "./table";

const MAX_ROWS = 50;
/** "1/2025", "2025-01", "Jan 2025". */
const MONTH = /^(?:(?:0?[1-9]|1[0-2])[/.-]20\d\d|20\d\d[/.-](?:0?[1-9]|1[0-2])|\p{L}{3,9}\.? 20\d\d)$/u;
/** "Sun 26 Oct 01:30", "11.03. 00:00", "nov. 3." */
const WITHOUT_YEAR =
  /^(?:\p{L}{2,9}\.?,? )?(?:\d{1,2}\.? \p{L}{3,9}\.?|\p{L}{3,9}\.? \d{1,2}\.?|\d{1,2}[/-]\d{1,2}|\d{1,2}\.\d{1,2}(?:\.|(?=,? \d)))(?:,? \d{1,2}[:.]\d{2})?$/u;
const TARIFF = /\b(season|off-?peak|overnight|weekdays?|weekends?|summer|winter|every day|high demand|low demand)\b/i;

/** The refusal, with the cause if it is that the table has no times, and months, days without a year or tariffs. */
export function withCause(refused: Reading, table: Table): Reading {
  if (!refused.message.endsWith(WITH_TIMES)) return refused;
  const rows = Array.from({ length: Math.min(MAX_ROWS, table.length) }, (_, at) =>
    table.row(at).map((text) => text.trim()),
  );
  const cells = rows.flat();
  const kind = cells.some((text) => MONTH.test(text))
    ? "months"
    : rows.some(([first = ""]) => WITHOUT_YEAR.test(first))
      ? "noYear"
      : cells.some((text) => TARIFF.test(text))
        ? "tariff"
        : null;
  return kind === null
    ? refused
    : { ...refused, message: refused.message.replace(WITH_TIMES, IN_PLACE_OF_TIMES[kind]) };
}
