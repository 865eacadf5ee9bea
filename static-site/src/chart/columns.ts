// The chart's data as columns: pure functions, fast enough to compute all history within a frame.

import { weightedMedian } from "../lib/weighted-median";
import { type CatalogueMachine, soldFrom } from "../model/catalogue";
import { efficiency, type Machine, phDaysPerMwh } from "../model/economics";
import { type Interval, type Series, type SeriesWithGaps, trailingMean, withGaps } from "../model/series";
import { netShare, type SiteTerms } from "../model/strike";
import type { Share, UnixMs, UsdPerBtc, Watts } from "../model/units";
import type { TimeRange, View } from "../model/view";

export type Values = readonly (number | null)[];

/**
 * A line: a machine's revenue of a MWh that the site buys, after pool fee and overhead, or a figure
 * of the network.
 */
export type Line = {
  /** Identifier of the machine, or name of the figure. */
  readonly id: string;
  readonly name: string;
  readonly values: Values;
  /** Its moving average; null if the view has none. */
  readonly mean: Values | null;
  /** Power that one such machine draws; null if it is a figure. */
  readonly watts: Watts | null;
  /** Nobody could buy the machine before; null if it is a figure, or if that is not known. */
  readonly soldFrom: UnixMs | null;
};

export type ChartColumns = {
  readonly interval: Interval;
  /**
   * In order. A gap, a point without values, separates points that are not neighbours in the chain.
   */
  readonly time: readonly UnixMs[];
  /** Height of each point's last block; null in a gap. */
  readonly height: Values;
  /** Blocks of each point; 0 in a gap. */
  readonly blocks: readonly number[];
  /** In the order of the machines. */
  readonly lines: readonly Line[];
  /** The power price with the adder, in the unit of the view; null where lines are no revenue. */
  readonly power: Values | null;
  /** What the right axis shows. */
  readonly second: Values | null;
};

/** The parts of the view that the columns depend on. */
export type ColumnOptions = Pick<View, "unit" | "power" | "second" | "mean" | "chart"> & SiteTerms;

/** A line that has no moving average yet. */
export type NetworkLine = Omit<Line, "mean">;
export type NetworkLines = (
  series: SeriesWithGaps,
  chart: Exclude<View["chart"], "revenue">,
  unit: View["unit"],
) => readonly NetworkLine[];

export function chartColumns(
  series: Series,
  machines: readonly (Machine | CatalogueMachine)[],
  choices: ColumnOptions,
  networkLines: NetworkLines | null = null,
): ChartColumns {
  const gapped = withGaps(series);
  const hashprice: Values = choices.unit === "usd" ? gapped.usdPerPhDay : gapped.satPerPhDay;
  const second = { none: null, hashprice, price: gapped.priceUsd, fees: gapped.feeShare };
  return {
    interval: series.interval,
    time: gapped.time,
    height: gapped.height,
    blocks: gapped.blocks,
    lines:
      choices.chart === "revenue"
        ? machineLines(gapped, hashprice, machines, choices)
        : (networkLines?.(gapped, choices.chart, choices.unit) ?? []).map((line) =>
            withMean(line, gapped, choices.mean),
          ),
    power: choices.chart === "revenue" ? powerPriceLine(gapped.priceUsd, choices) : null,
    second: second[choices.second],
  };
}

function machineLines(
  gapped: SeriesWithGaps,
  hashprice: Values,
  machines: readonly (Machine | CatalogueMachine)[],
  { mean: days, ...terms }: ColumnOptions,
): readonly Line[] {
  const mean = days === 0 ? null : trailingMean(gapped, hashprice, days);
  return machines.map((machine) => {
    const perHashprice = phDaysPerMwh(efficiency(machine)) * netShare(terms);
    return {
      id: machine.id,
      name: machine.name,
      values: scaled(hashprice, perHashprice),
      mean: mean && scaled(mean, perHashprice),
      watts: machine.power,
      soldFrom: soldFrom(machine),
    };
  });
}

function withMean(line: NetworkLine, gapped: SeriesWithGaps, days: View["mean"]): Line {
  return { ...line, mean: days === 0 ? null : trailingMean(gapped, line.values, days) };
}

function scaled(values: Values, factor: number): Values {
  return values.map((value) => (value === null ? null : value * factor));
}

function powerPriceLine(priceUsd: readonly (UsdPerBtc | null)[], { unit, power, adder }: ColumnOptions): Values {
  const paid = power + adder;
  return priceUsd.map((price) => (unit === "usd" ? paid : price && (paid / price) * 1e8));
}

/** Of the blocks at which the machine could be bought and a price is known. */
export type Profitability = {
  readonly blocks: number;
  /** Share of these at which mining was profitable. */
  readonly share: Share;
  /** Of a MWh, in the unit of the columns; the median where revenue differs so much that a mean says nothing. */
  readonly margin: number;
  readonly marginIs: "average" | "median";
};

const MAX_RATIO_OF_MEAN = 50;

/** Null if no block of the range counts. */
export function profitability(
  { time, blocks, power }: Pick<ChartColumns, "time" | "blocks" | "power">,
  line: Line,
  { from, to }: TimeRange,
): Profitability | null {
  const start = Math.max(from, line.soldFrom ?? from);
  let [all, profitable, sum, least, most] = [0, 0, 0, Infinity, 0];
  const counted: number[] = [];
  time.forEach((now, at) => {
    const [earned, costs, weight] = [line.values[at] ?? null, power?.[at] ?? null, blocks[at] ?? 0];
    if (now < start || to < now || earned === null || costs === null) return;
    const margin = earned - costs;
    all += weight;
    sum += margin * weight;
    if (0 < margin) profitable += weight;
    least = Math.min(least, earned);
    most = Math.max(most, earned);
    counted.push(at);
  });
  if (all === 0) return null;
  const isMedian = MAX_RATIO_OF_MEAN * least < most;
  return {
    blocks: all,
    share: (profitable / all) as Share,
    margin: isMedian ? medianMargin(counted, line.values, power ?? [], blocks) : sum / all,
    marginIs: isMedian ? "median" : "average",
  };
}

/** The middle one of the margins at these points, where every block counts. */
function medianMargin(points: readonly number[], earned: Values, costs: Values, blocks: readonly number[]): number {
  const [margins, weights] = [new Float64Array(points.length), new Float64Array(points.length)];
  points.forEach((at, place) => {
    margins[place] = (earned[at] ?? NaN) - (costs[at] ?? NaN);
    weights[place] = blocks[at] ?? 0;
  });
  return weightedMedian(margins, weights);
}
