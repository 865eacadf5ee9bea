// Two fingers zoom and move the chart: the times that they touch stay under them.

import type { UnixMs } from "../model/units";
import type { TimeRange } from "../model/view";
import type { Chart } from "./chart";

type Pair = readonly [number, number];

/** Follows fingers on `container`, which the chart is in. `zoom` gets the range when they are lifted. */
export function bindPinch(container: HTMLElement, chart: Chart, zoom: (range: TimeRange) => void): void {
  let times: Pair | null = null;
  let range: TimeRange | null = null;

  container.addEventListener("touchstart", (event) => {
    const pixels = pixelsOf(event, chart);
    times = pixels && [chart.timeAt(pixels[0]), chart.timeAt(pixels[1])];
  });
  container.addEventListener("touchmove", (event) => {
    const pixels = pixelsOf(event, chart);
    if (times === null || pixels === null) return;
    event.preventDefault();
    range = pinchedRange(times, pixels, chart.area()?.clientWidth ?? 0) ?? range;
    if (range !== null) chart.preview(range);
  });
  container.addEventListener("touchend", () => {
    if (range !== null) zoom(range);
    [times, range] = [null, null];
  });
}

/** Distances of two fingers from the left axis. */
function pixelsOf({ touches: [one, other] }: TouchEvent, chart: Chart): Pair | null {
  const left = chart.area()?.getBoundingClientRect().left;
  return one && other && left !== undefined ? [one.clientX - left, other.clientX - left] : null;
}

/** The range of a chart that is `width` wide and has these times at these pixels; null if there is none. */
export function pinchedRange(times: Pair, pixels: Pair, width: number): TimeRange | null {
  const perPx = (times[1] - times[0]) / (pixels[1] - pixels[0]);
  if (!(0 < perPx && perPx < Infinity)) return null;
  const from = times[0] - pixels[0] * perPx;
  return { from: Math.round(from) as UnixMs, to: Math.round(from + width * perPx) as UnixMs };
}
