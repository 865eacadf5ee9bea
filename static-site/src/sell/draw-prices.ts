// Draws power price and strikes with the page's chart: the only file here that knows its functions.

import { makeChart } from "../chart/chart";
import type { Colours } from "../model/colours";
import type { Machine } from "../model/economics";
import type { UnixMs } from "../model/units";
import type { TimeRange, View } from "../model/view";

export type Values = readonly (number | null)[];

/** What is drawn: columns by point of time. */
export type PricePicture = {
  readonly time: readonly UnixMs[];
  readonly price: Values;
  readonly strikes: readonly { readonly machine: Machine; readonly values: Values }[];
  readonly colours: Colours;
  readonly visible: TimeRange;
  readonly view: Pick<View, "time">;
};

export type PriceDrawing = {
  readonly draw: (picture: PricePicture) => void;
  /** Moves the cursor to the point with this index. */
  readonly pointAt: (at: number) => void;
  /** Calls `use` with a canvas of what is drawn now. */
  readonly withCanvas: (use: (canvas: HTMLCanvasElement) => void) => void;
};

export function priceDrawing(container: HTMLElement, gestures: Parameters<typeof makeChart>[1]): PriceDrawing {
  const chart = makeChart(container, gestures);
  return {
    draw({ time, price, strikes, colours, visible, view }) {
      chart.draw({
        columns: {
          interval: "hour",
          time,
          height: time.map(() => null),
          blocks: time.map(() => 1),
          lines: strikes.map(({ machine: { id, name, power }, values }) => ({
            id,
            name,
            values,
            mean: null,
            watts: power,
            soldFrom: null,
          })),
          power: price,
          second: null,
        },
        marks: [],
        gaps: [],
        forecast: null,
        visible,
        colours,
        view: { chart: "revenue", unit: "usd", scale: "linear", second: "none", mean: 0, time: view.time },
      });
    },
    pointAt: chart.pointAt,
    withCanvas: (use) => chart.withCanvas(2, use),
  };
}
