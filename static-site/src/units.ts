// Numbers that know their unit: one of another unit does not compile.

type Unit<Name extends string> = number & { readonly unit: Name };

/** USD that a MWh earns, or costs. */
export type UsdPerMwh = Unit<"USD/MWh">;
/** Satoshis that a MWh earns. */
export type SatPerMwh = Unit<"sat/MWh">;
/** Hashprice: USD that a PH/s earns in a day. */
export type UsdPerPhDay = Unit<"USD/PH/day">;
/** Hashprice: satoshis that a PH/s earns in a day. */
export type SatPerPhDay = Unit<"sat/PH/day">;
/** USD for a bitcoin. */
export type UsdPerBtc = Unit<"USD/BTC">;
/** Energy a machine spends per terahash: the watts that one TH/s draws. Above zero. */
export type JoulesPerTh = Unit<"J/TH">;
/** Hash rate of a machine. Above zero. */
export type ThPerSecond = Unit<"TH/s">;
/** What a machine draws at the wall. Above zero. */
export type Watts = Unit<"W">;
/** A time as JavaScript has it: milliseconds since 1970 in UTC. */
export type UnixMs = Unit<"ms since 1970">;
/** A part of a whole, from 0 to 1; a change, where 0.1 is a tenth more. */
export type Share = Unit<"1">;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
