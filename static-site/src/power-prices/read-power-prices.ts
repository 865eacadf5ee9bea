// Reads power prices from the text of a CSV file.

import { PowerPricesError } from "./power-file";
import { readTable } from "./read-table";
import { type Choices, type Reading, refusal } from "./reading";
import { tableOfText } from "./table";

/** Never throws: a text that cannot be read gives a refusal. */
export function readText(text: string, fileName = "", choices: Choices = {}): Reading {
  try {
    return readTable(tableOfText(text), fileName, choices);
  } catch (error) {
    if (error instanceof PowerPricesError) return refusal(error.message);
    throw error;
  }
}
