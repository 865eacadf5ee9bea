// The form that chooses any time range.

import { byId } from "../lib/dom";
import { visibleRange } from "../model/time-range";
import { MINUTE_MS, type UnixMs } from "../model/units";
import type { TimeRange, View } from "../model/view";
import type { State } from "../state";
import { MUST_BE_LATER } from "../words/chart-sentences";

/** Binds the form. The returned function shows the range of a state in it, unless the user is typing. */
export function bindRangeForm(choose: (range: TimeRange) => void): (state: State) => void {
  const [form, from, to] = [
    byId<HTMLFormElement>("span"),
    byId<HTMLInputElement>("from"),
    byId<HTMLInputElement>("to"),
  ];
  let clock: View["time"] = "utc";
  let shown: TimeRange | null = null;

  form.addEventListener("submit", () => {
    const [start, end] = [readInput(from, clock, shown?.from), readInput(to, clock, shown?.to)];
    to.setCustomValidity(start < end ? "" : MUST_BE_LATER);
    if (to.reportValidity()) choose({ from: start, to: end });
  });
  form.addEventListener("input", () => to.setCustomValidity(""));
  return ({ view, series }) => {
    clock = view.time;
    if (series === null || document.activeElement === from || document.activeElement === to) return;
    shown = visibleRange(view.range, series);
    from.value = inputText(shown.from, clock);
    to.value = inputText(shown.to, clock);
  };
}

/** The time in the field: the one shown if it was not changed, because in autumn an hour comes twice. */
function readInput({ value }: HTMLInputElement, clock: View["time"], shown: UnixMs | undefined): UnixMs {
  if (shown !== undefined && value === inputText(shown, clock)) return shown;
  return Date.parse(clock === "utc" ? `${value}Z` : value) as UnixMs;
}

function inputText(time: UnixMs, clock: View["time"]): string {
  const offset = clock === "utc" ? 0 : new Date(time).getTimezoneOffset() * MINUTE_MS;
  return new Date(time - offset).toISOString().slice(0, 16);
}
