// Reads power prices from the text of a CSV file.

import { loadUncommon } from "./on-demand";
import { PowerPricesError } from "./power-file";
import { readTable } from "./read-table";
import { type Choices, type Reading, refusal } from "./reading";
import { type Table, tableOfText } from "./table";
import { readUnusual } from "./unusual-shapes";

await loadUncommon();

/** Never throws: a text that cannot be read gives a refusal. */
export function readText(text: string, fileName = "", choices: Choices = {}): Reading {
  return refusing(() => {
    const table = tableOfText(text);
    const read = (one: Table): Reading => readTable(one, fileName, choices);
    const reading = refusing(() => read(table));
    return reading.status === "refused" ? (readUnusual(table, read) ?? reading) : reading;
  });
}

function refusing(read: () => Reading): Reading {
  try {
    return read();
  } catch (error) {
    if (error instanceof PowerPricesError) return refusal(error.message);
    throw error;
  }
}
