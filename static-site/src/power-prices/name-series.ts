// Names the series that were read, and chooses which of them to show.

import type { Market } from "./markets/market";
import type { PowerSeries } from "./power-file";
import { areaName } from "./price-columns";
import type { SeriesRead } from "./read-rows";

/** Names series by their place, and by more columns only if these tell series of a place apart. */
export function nameSeries(
  series: readonly SeriesRead[],
  keyHeaders: readonly string[],
  hasColumns: boolean,
): PowerSeries[] {
  const perPlace = new Map<string, number>();
  for (const { keys, column, intervals } of series) {
    const place = `${keys[0] ?? ""} ${column.at}`;
    if (intervals.length > 0) perPlace.set(place, (perPlace.get(place) ?? 0) + 1);
  }
  return series.map(({ keys, column, intervals, written }) => {
    const isAlone = (perPlace.get(`${keys[0] ?? ""} ${column.at}`) ?? 0) <= 1;
    // "2" alone says nothing: "Sequence 2" does.
    const shown = keys.map((key, at) => (/^\d+$/.test(key) ? `${keyHeaders[at] ?? ""} ${key}`.trim() : areaName(key)));
    const parts = (isAlone ? shown.slice(0, 1) : shown).filter((part) => part !== "");
    if (parts.length === 0 || hasColumns) parts.push(column.name);
    return { name: parts.join(", "), intervals, written };
  });
}

/** Those of a place, as the user names it. */
export function chosenPlaces(series: readonly PowerSeries[], place: string): PowerSeries[] {
  const wanted = place.trim().toLowerCase();
  const exact = series.filter(({ name }) => name.toLowerCase() === wanted);
  return exact.length > 0 ? exact : series.filter(({ name }) => name.toLowerCase().startsWith(`${wanted}, `));
}

/** The market's main place; or else the first one that has prices other than 0. */
export function preferredOf(series: readonly PowerSeries[], market: Market | null): number {
  const isReal = ({ intervals }: PowerSeries): boolean => intervals.some(({ price }) => price !== 0);
  const byMarket = series.findIndex((one) => market?.preferred?.test(one.name) === true && isReal(one));
  return byMarket >= 0 ? byMarket : Math.max(0, series.findIndex(isReal));
}
