// The two small views: power prices by hour of the day, and from the highest to the lowest.

import { plain, wholePercent } from "../lib/format";
import type { Share } from "../model/units";
import type { HourOfDay, PriceDuration } from "./price-views";
import { scale, svgEl, ticks } from "./svg";

export const HEIGHT = 200;
const [LEFT, RIGHT, TOP, STRIP, BOTTOM] = [44, 8, 10, 14, 20];

type Frame = {
  readonly x: readonly [number, number];
  readonly y: (value: number) => number;
  readonly nodes: Node[];
};

/** The axis of prices with its grid, above the strip for the x axis. */
function frame(width: number, least: number, most: number, bottom: number): Frame {
  const x = [LEFT, width - RIGHT] as const;
  const y = scale([least, most], [HEIGHT - bottom, TOP]);
  const nodes = ticks(least, most, 4).flatMap((tick) => [
    svgEl("line", { class: tick === 0 ? "zero" : "grid", x1: x[0], x2: x[1], y1: y(tick), y2: y(tick) }),
    svgEl("text", { x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, plain(tick)),
  ]);
  return { x, y, nodes };
}

/** `strike` is the class of its line. */
export function drawHours(hours: readonly HourOfDay[], strike: string): (width: number) => Node[] {
  const values = hours.flatMap(({ meanPrice, meanStrike }) => [meanPrice ?? 0, meanStrike ?? 0]);
  const [least, most] = [Math.min(0, ...values), Math.max(1, ...values)];
  return (width) => {
    const { x, y, nodes } = frame(width, least, most, STRIP + BOTTOM + 4);
    const step = (x[1] - x[0]) / 24;
    const at = (hour: number) => x[0] + hour * step;
    const bars = hours.map(({ hour, meanPrice }) => {
      const [top, bottom] = [y(Math.max(0, meanPrice ?? 0)), y(Math.min(0, meanPrice ?? 0))];
      return svgEl("rect", { class: "price", x: at(hour) + 1, width: step - 2, y: top, height: bottom - top });
    });
    const strikes = hours.flatMap(({ hour, meanStrike }) =>
      meanStrike === null
        ? []
        : [
            svgEl("line", {
              class: `strike ${strike}`,
              x1: at(hour),
              x2: at(hour + 1),
              y1: y(meanStrike),
              y2: y(meanStrike),
            }),
          ],
    );
    const strip = hours.flatMap(({ hour, minedShare }) => {
      const place = { x: at(hour) + 1, width: step - 2 };
      const bottom = HEIGHT - BOTTOM;
      const mined = STRIP * (minedShare ?? 0);
      return [
        svgEl("rect", { class: "strip", ...place, y: bottom - STRIP, height: STRIP }),
        svgEl("rect", { class: `mined ${strike}`, ...place, y: bottom - mined, height: mined }),
      ];
    });
    const labels = [0, 6, 12, 18, 24].map((hour) =>
      svgEl("text", { x: at(hour), y: HEIGHT - 4, "text-anchor": hour === 24 ? "end" : "middle" }, String(hour)),
    );
    return [...nodes, ...bars, ...strikes, ...strip, ...labels];
  };
}

/** Prices above `limit` are cut off. */
export function drawDuration(
  { points }: PriceDuration,
  meanStrike: number,
  limit: number | null,
  strike: string,
): (width: number) => Node[] {
  const prices = points.map(({ price }) => price);
  const most = Math.max(1, meanStrike, Math.min(Math.max(...prices), limit ?? Infinity));
  const least = Math.min(0, Math.max(Math.min(...prices), -(limit ?? Infinity)));
  return (width) => {
    const { x, y, nodes } = frame(width, least, most, BOTTOM);
    const across = scale([0, 1], [x[0], x[1]]);
    const line = points.map(({ share, price }) => `${across(share)},${y(price)}`).join(" ");
    const labels = [0, 0.25, 0.5, 0.75, 1].map((share) =>
      svgEl(
        "text",
        { x: across(share), y: HEIGHT - 4, "text-anchor": share === 1 ? "end" : "middle" },
        wholePercent(share as Share),
      ),
    );
    return [
      ...nodes,
      svgEl("line", { class: `strike ${strike}`, x1: x[0], x2: x[1], y1: y(meanStrike), y2: y(meanStrike) }),
      svgEl("polyline", { class: "curve", points: line }),
      ...labels,
    ];
  };
}
