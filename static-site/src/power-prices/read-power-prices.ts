// Power prices out of a CSV file that the reader drops into the page. It is read here and sent nowhere.

import { readTable } from "./csv-table";
import { readErcot } from "./ercot";
import type { PowerFile } from "./power-file";
import { readTimesAndPrices } from "./times-and-prices";

/** Reads a file of power prices. Throws `PowerPricesError` where it finds none. */
export function readPowerPrices(text: string): PowerFile {
  const table = readTable(text);
  return readErcot(table) ?? readTimesAndPrices(table);
}
