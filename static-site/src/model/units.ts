// Numbers with a unit in their type: mixing units does not compile.

type Unit<Name extends string> = number & { readonly unit: Name };

/** USD that a MWh earns or costs. */
export type UsdPerMwh = Unit<"USD/MWh">;
/** Satoshis that a MWh earns. */
export type SatPerMwh = Unit<"sat/MWh">;
/** USD that a machine or a site earns or costs in a day. */
export type UsdPerDay = Unit<"USD/day">;
/** Hashprice in USD: what a PH/s earns in a day. */
export type UsdPerPhDay = Unit<"USD/PH/day">;
/** Hashprice in satoshis: what a PH/s earns in a day. */
export type SatPerPhDay = Unit<"sat/PH/day">;
/** Price of a bitcoin in USD. */
export type UsdPerBtc = Unit<"USD/BTC">;
/** Energy that a machine uses per terahash: the watts that one TH/s draws. Above zero. */
export type JoulesPerTh = Unit<"J/TH">;
/** Hash rate of a machine. Above zero. */
export type ThPerSecond = Unit<"TH/s">;
/** Power that a machine draws at the wall. Above zero. */
export type Watts = Unit<"W">;
/** Milliseconds since 1970 in UTC, as in JavaScript's `Date`. */
export type UnixMs = Unit<"ms since 1970">;
/** A share from 0 to 1, or a relative change: 0.1 is 10 % more. */
export type Share = Unit<"1">;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
