// The buttons that choose the chart's time range.

import { byId, setText } from "../lib/dom";
import { day } from "../lib/format";
import { lateStart } from "../model/time-range";
import { RANGES, type RangeName } from "../model/view";
import type { State } from "../state";
import { since } from "../words/chart";

/** Binds the buttons. The returned function shows the range of a state in them. */
export function bindRangeButtons(choose: (range: RangeName) => void): (state: State) => void {
  const buttons = [...byId("ranges").querySelectorAll<HTMLButtonElement>("button")];
  byId("ranges").addEventListener("click", ({ target }) => {
    const name = (target as HTMLElement).dataset.range;
    if (name !== undefined && name in RANGES) choose(name as RangeName);
  });
  return ({ view, series, seriesRange }) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.range === view.range));
    const late = series && seriesRange === view.range ? lateStart(view.range, series) : null;
    setText(byId("chart-since"), late === null ? "" : since(day(late, view.time)));
  };
}
