// Power prices by hour of the day, and from the highest to the lowest.

import { MINE, type StepRange } from "../model/backtest";
import { isCounted } from "../model/backtest-timeline";
import { HOUR_MS, MINUTE_MS, type Share, type UsdPerMwh } from "../model/units";
import type { PowerInterval } from "../power-prices/power-file";
import { type Run, STRIKE } from "./decision";

/** Means of the time that counts in an hour of the day; null if none does. */
export type HourOfDay = {
  readonly hour: number;
  readonly meanPrice: UsdPerMwh | null;
  readonly meanStrike: UsdPerMwh | null;
  /** Share of the time in which the strike says to mine. */
  readonly minedShare: Share | null;
};

export function hoursOfDay(
  { simulation: { timeline, values, decisions } }: Run,
  power: readonly PowerInterval[],
  { first, end }: StepRange,
  wall: Wall,
): readonly HourOfDay[] {
  const column = () => new Float64Array(24);
  const [hours, price, strike, mined] = [column(), column(), column(), column()];
  const decided = decisions[STRIKE];
  let now: Hour = { hour: 0, start: 0, next: 0 };
  let [time, interval] = [0, -1];
  for (let step = first; step < end; step += 1) {
    const place = timeline.interval[step] as number;
    if (place !== interval) time = power[place]?.start ?? 0;
    interval = place;
    const until = time + (timeline.hours[step] as number) * HOUR_MS;
    while (isCounted(timeline, step) && time < until - 1) {
      if (time < now.start || now.next <= time) now = hourAt(time, wall);
      const { hour, next } = now;
      const length = (Math.min(next, until) - time) / HOUR_MS;
      (hours[hour] as number) += length;
      (price[hour] as number) += length * (timeline.powerPrice[step] as number);
      (strike[hour] as number) += length * (values.strike[step] as number);
      if (decided?.[step] === MINE) (mined[hour] as number) += length;
      time = next;
    }
    time = until;
  }
  const mean = (sums: Float64Array, hour: number) =>
    hours[hour] === 0 ? null : (sums[hour] as number) / (hours[hour] as number);
  return Array.from({ length: 24 }, (_, hour) => ({
    hour,
    meanPrice: mean(price, hour) as UsdPerMwh | null,
    meanStrike: mean(strike, hour) as UsdPerMwh | null,
    minedShare: mean(mined, hour) as Share | null,
  }));
}

type Hour = { readonly hour: number; readonly start: number; readonly next: number };

/** The local time at an instant, as the instant at which UTC shows the same time. */
type Wall = (instant: number) => number;

function hourAt(instant: number, wall: Wall): Hour {
  const shown = wall(instant);
  const hours = Math.floor(shown / HOUR_MS);
  const start = instant - (shown - hours * HOUR_MS);
  return { hour: hours % 24, start, next: start + HOUR_MS };
}

export const utcWall: Wall = (instant) => instant;
export const localWall: Wall = (instant) => instant - new Date(instant).getTimezoneOffset() * MINUTE_MS;

/** Prices from the highest to the lowest. */
export type PriceDuration = {
  /** The part of the time in which the price is higher, and that price. */
  readonly points: readonly { readonly share: Share; readonly price: number }[];
  /** The part of the time in which it is below the limit. */
  readonly shareBelow: Share;
};

const MAX_POINTS = 400;

/** The intervals from the highest price to the lowest, in columns. */
export type ByPrice = {
  /** Places of the intervals in the file. */
  readonly place: Uint32Array;
  readonly price: Float64Array;
  readonly hours: Float64Array;
};

export function byPrice(power: readonly PowerInterval[]): ByPrice {
  const prices = new Float64Array(power.length);
  const place = new Uint32Array(power.length);
  power.forEach(({ price }, at) => {
    prices[at] = price;
    place[at] = at;
  });
  place.sort((a, b) => (prices[b] as number) - (prices[a] as number));
  const [price, hours] = [new Float64Array(power.length), new Float64Array(power.length)];
  place.forEach((at, rank) => {
    const { start, end } = power[at] as PowerInterval;
    price[rank] = prices[at] as number;
    hours[rank] = (end - start) / HOUR_MS;
  });
  return { place, price, hours };
}

/** Of the intervals in the range; null if there are none. */
export function priceDuration(
  { place, price: prices, hours }: ByPrice,
  { first, end }: StepRange,
  limit: number,
): PriceDuration | null {
  const every = Math.ceil((end - first) / MAX_POINTS);
  const points: { share: number; price: number }[] = [];
  let [count, passed, below, lowest] = [0, 0, 0, Number.NaN];
  for (let at = 0; at < place.length; at += 1) {
    const interval = place[at] as number;
    if (interval < first || end <= interval) continue;
    lowest = prices[at] as number;
    if (count % every === 0) points.push({ share: passed, price: lowest });
    count += 1;
    passed += hours[at] as number;
    if (lowest < limit) below += hours[at] as number;
  }
  if (count === 0) return null;
  points.push({ share: passed, price: lowest });
  return {
    points: points.map(({ share, price }) => ({ share: (share / passed) as Share, price })),
    shareBelow: (below / passed) as Share,
  };
}
