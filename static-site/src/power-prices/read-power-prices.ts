// Reads power prices from the text of a CSV file.

import { type PowerFile, PowerPricesError } from "./power-file";
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

/** Throws `PowerPricesError` if the text has no power prices, or if something must be asked. */
export function readPowerPrices(text: string, choices: Choices = {}): PowerFile {
  const reading = readText(text, "", choices);
  if (reading.status !== "read" || reading.currency === null) throw new PowerPricesError(reading.message);
  const { layout, currency, series, preferred, notes } = reading;
  return { layout, currency, series, preferred, notes };
}
