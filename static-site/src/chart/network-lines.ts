// The lines of the charts that show the network instead of machines.

import type { SeriesWithGaps } from "../model/series";
import { MINUTE_MS } from "../model/units";
import { LINE_NAMES } from "../words/network-lines";
import type { NetworkLine, NetworkLines, Values } from "./columns";

/** The lines of a chart. */
export const networkLines: NetworkLines = (series, chart, unit) => {
  const { network } = series;
  const line = (id: keyof typeof LINE_NAMES, values: Values | undefined): NetworkLine => ({
    id,
    name: LINE_NAMES[id],
    values: values ?? series.time.map(() => null),
    watts: null,
    soldFrom: null,
  });
  switch (chart) {
    case "hashprice":
      return unit === "usd"
        ? [line("hashprice_144", network.usd_per_ph_day_144), line("hashprice", series.usdPerPhDay)]
        : [line("hashprice_144", network.sat_per_ph_day_144), line("hashprice", series.satPerPhDay)];
    case "hashrate":
      return [line("hashrate", network.network_hashrate_hs)];
    case "difficulty":
      return [line("difficulty", network.difficulty)];
    case "fees":
      return [
        line(
          "fees",
          network.fees_sat?.map((sat, at) => sat && sat / 1e8 / (series.blocks[at] || 1)),
        ),
      ];
    case "blocktime":
      return [line("blocktime", minutesPerBlock(series))];
  }
};

/**
 * Minutes between blocks at each point. Unknown at the ends of the series and of gaps, where only a part of an
 * hour or a day may have been loaded.
 */
export function minutesPerBlock({ interval, time, height, blocks }: SeriesWithGaps): Values {
  const isBlock = (at: number) => (height[at] ?? null) !== null;
  return time.map((now, at) => {
    if (!isBlock(at) || !isBlock(at - 1)) return null;
    const [before, next] = [time[at - 1] ?? now, time[at + 1] ?? now];
    if (interval === "block") return (now - before) / MINUTE_MS;
    return isBlock(at + 1) ? (next - now) / MINUTE_MS / (blocks[at] || 1) : null;
  });
}
