import type { PowerInterval } from "./power-file";

/**
 * Converts prices to USD, at the rate that the user enters: USD per unit of the file's currency.
 */
export function toUsd(intervals: readonly PowerInterval[], usdPerUnit: number): PowerInterval[] {
  return intervals.map(({ start, end, price }) => ({ start, end, price: price * usdPerUnit }));
}
