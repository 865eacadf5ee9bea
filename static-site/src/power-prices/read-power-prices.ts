// Reads power prices from a CSV file that the user drops on the page. The file stays in the
// browser.

import { readTable } from "./csv-table";
import { readErcot } from "./ercot";
import type { PowerFile } from "./power-file";
import { readTimesAndPrices } from "./times-and-prices";

/** Throws `PowerPricesError` if the text has no power prices. */
export function readPowerPrices(text: string): PowerFile {
  const table = readTable(text);
  return readErcot(table) ?? readTimesAndPrices(table);
}
