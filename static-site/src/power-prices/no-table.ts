// Refuses files without a table of times and prices.

import { noTimeAndPrice, onlyFormulas } from "../words/reader";
import { timeColumn } from "./header-rows";
import { PowerPricesError, quoted } from "./power-file";
import { isBlank, type Row } from "./table";

export function noTimes(rows: readonly Row[]): PowerPricesError {
  const filled = rows.flatMap((row, at) => (isBlank(row) ? [] : [at]));
  const at = filled[1] ?? filled[0] ?? 0;
  const row = rows[at] ?? [];
  if (filled.length === 1 && row.some((text) => /time|date|mtu|start/i.test(text))) return headerOnly(at + 1);
  const timed = rows.findIndex((cells) => timeColumn(cells) >= 0);
  const shown = timed < 0 ? at : timed;
  const formula = rows[shown]?.find((text) => /^=./.test(text));
  if (formula !== undefined) return new PowerPricesError(onlyFormulas(formula));
  const text = quoted((rows[shown] ?? []).map((one) => one.trim()).join(" | "));
  return new PowerPricesError(noTimeAndPrice(shown + 1, text, timed >= 0));
}

export function headerOnly(line: number): PowerPricesError {
  return new PowerPricesError(`The file ends with its header in line ${line}. Download it again, with prices.`);
}
