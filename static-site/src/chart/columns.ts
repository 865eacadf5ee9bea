// The chart's data as columns: pure functions, fast enough to compute all history within a frame.

import { efficiency, type Machine, phDaysPerMwh } from "../economics";
import { type Series, trailingMean, withGaps } from "../series";
import { netShare, type SiteTerms } from "../strike";
import type { Share, UnixMs, UsdPerBtc } from "../units";
import type { View } from "../view";

export type Values = readonly (number | null)[];

/**
 * A machine's line: revenue of a MWh that the site buys, after pool fee and overhead, in the unit of
 * the view.
 */
export type MachineLine = {
  readonly machine: Machine;
  readonly values: Values;
  /** Its moving average; null if the view has none. */
  readonly mean: Values | null;
};

export type ChartColumns = {
  /**
   * In order. A gap, a point without values, separates points that are not neighbours in the chain.
   */
  readonly time: readonly UnixMs[];
  /** Height of each point's last block; null in a gap. */
  readonly height: Values;
  /** Blocks of each point; 0 in a gap. */
  readonly blocks: readonly number[];
  /** In the order of the machines. */
  readonly lines: readonly MachineLine[];
  /** The power price with the adder, in the unit of the view. */
  readonly power: Values;
  /** What the right axis shows. */
  readonly second: Values | null;
};

/** The parts of the view that the columns depend on. */
export type ColumnOptions = Pick<View, "unit" | "power" | "second" | "mean"> & SiteTerms;

export function chartColumns(series: Series, machines: readonly Machine[], choices: ColumnOptions): ChartColumns {
  const gapped = withGaps(series);
  const hashprice: Values = choices.unit === "usd" ? gapped.usdPerPhDay : gapped.satPerPhDay;
  const mean = choices.mean === 0 ? null : trailingMean(gapped, hashprice, choices.mean);
  const second = { none: null, hashprice, price: gapped.priceUsd, fees: gapped.feeShare };
  return {
    time: gapped.time,
    height: gapped.height,
    blocks: gapped.blocks,
    lines: machines.map((machine) => {
      const perHashprice = phDaysPerMwh(efficiency(machine)) * netShare(choices);
      return { machine, values: scaled(hashprice, perHashprice), mean: mean && scaled(mean, perHashprice) };
    }),
    power: powerPriceLine(gapped.priceUsd, choices),
    second: second[choices.second],
  };
}

function scaled(values: Values, factor: number): Values {
  return values.map((value) => (value === null ? null : value * factor));
}

function powerPriceLine(priceUsd: readonly (UsdPerBtc | null)[], { unit, power, adder }: ColumnOptions): Values {
  const paid = power + adder;
  return priceUsd.map((price) => (unit === "usd" ? paid : price && (paid / price) * 1e8));
}

/**
 * Share of blocks at which mining was profitable, and the mean margin of a MWh in the unit of the
 * columns.
 */
export type Profitability = { readonly share: Share; readonly meanMargin: number };

/**
 * Profitability over the blocks from `from` to `to`. Blocks without a price are left out; null if
 * none has one.
 */
export function profitability(
  { time, blocks, power }: ChartColumns,
  line: MachineLine,
  from: UnixMs,
  to: UnixMs,
): Profitability | null {
  let [all, profitable, sum] = [0, 0, 0];
  time.forEach((now, at) => {
    if (now < from || to < now) return;
    const earned = line.values[at] ?? null;
    const costs = power[at] ?? null;
    const weight = blocks[at] ?? 0;
    if (earned === null || costs === null) return;
    all += weight;
    sum += (earned - costs) * weight;
    if (costs < earned) profitable += weight;
  });
  return all === 0 ? null : { share: (profitable / all) as Share, meanMargin: sum / all };
}

/** Share of the blocks from `from` to `to` that have no price; 0 if there are no blocks. */
export function unpricedShare({ time, blocks, power, lines }: ChartColumns, from: UnixMs, to: UnixMs): Share {
  const earned = lines[0]?.values ?? [];
  let [all, unpriced] = [0, 0];
  time.forEach((now, at) => {
    if (now < from || to < now) return;
    const weight = blocks[at] ?? 0;
    all += weight;
    if ((earned[at] ?? null) === null || (power[at] ?? null) === null) unpriced += weight;
  });
  return (all === 0 ? 0 : unpriced / all) as Share;
}
