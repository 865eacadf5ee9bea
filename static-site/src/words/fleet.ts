// What the fleet's figures and inputs say.

import { ifHashprice } from "./now.ts";

export const NAME = "Name";
export const FLEET_PROFIT = "Profit";
export const FLEET_BREAK_EVEN = "Break-even electricity price";
export const FLEET_POWER = "Power";
export const FLEET_HASHRATE = "Hash rate";
export const FLEET_EFFICIENCY = "Efficiency";
/** Names the list of models, which has the break-even price of each after its name. */
export const stopsFirst = (unit: string) =>
  `Stop from first to last, above ${unit} (break-even; the miners' own prices are 2 % below and above it)`;
/** `offAt` is the current power price if the miner is off at it, else null. */
export const rankedMiner = (name: string, breakEven: string, offAt: string | null) =>
  `${name} (${offAt === null ? breakEven : `${breakEven}: off at ${offAt}`})`;
export const profitWithOff = (names: readonly string[]) => `Profit with ${names.join(", ")} off`;
export const fleetTitle = (miners: string, hashpriceChange: number) =>
  `Your fleet: ${miners} miners${hashpriceChange === 0 ? "" : `, ${ifHashprice(hashpriceChange)}`}`;
