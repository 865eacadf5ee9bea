// Buttons that zoom and move the chart, for fingers and for keyboards.

import { byId } from "../lib/dom";
import type { UnixMs } from "../model/units";
import type { TimeRange } from "../model/view";
import { moved, zoomed } from "./range-moves";

/** `visible` is the range shown, and `newest` the time of the newest block; null while they are not loaded. */
export function bindZoomButtons(
  visible: () => TimeRange | null,
  newest: () => UnixMs | null,
  show: (range: TimeRange) => void,
): void {
  const bind = (id: string, change: (now: TimeRange) => TimeRange | null) =>
    byId(id).addEventListener("click", () => {
      const now = visible();
      const range = now && change(now);
      if (range) show(range);
    });
  const middle = ({ from, to }: TimeRange) => ((from + to) / 2) as UnixMs;
  bind("zoom-in", (now) => zoomed(now, middle(now), 0.5));
  bind("zoom-out", (now) => zoomed(now, middle(now), 2));
  bind("pan-back", (now) => moved(now, -0.5, newest()));
  bind("pan-on", (now) => moved(now, 0.5, newest()));
}
