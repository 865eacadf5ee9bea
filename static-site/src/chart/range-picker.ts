// The buttons and the form that choose the chart's time range.

import { byId } from "../dom";
import type { State } from "../state";
import { visibleRange } from "../time-range";
import { MINUTE_MS, type UnixMs } from "../units";
import { RANGES, type RangeName, type View } from "../view";

/** Binds the controls. The returned function shows the range of a state in them. */
export function bindRangePicker(choose: (range: View["range"]) => void): (state: State) => void {
  const buttons = [...byId("ranges").querySelectorAll<HTMLButtonElement>("button")];
  const [form, from, to] = [
    byId<HTMLFormElement>("span"),
    byId<HTMLInputElement>("from"),
    byId<HTMLInputElement>("to"),
  ];
  let clock: View["time"] = "utc";

  byId("ranges").addEventListener("click", ({ target }) => {
    const name = (target as HTMLElement).dataset.range;
    if (name !== undefined && name in RANGES) choose(name as RangeName);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [start, end] = [readInput(from, clock), readInput(to, clock)];
    to.setCustomValidity(start < end ? "" : "This must be after the beginning.");
    if (to.reportValidity()) choose({ from: start, to: end });
  });
  form.addEventListener("input", () => to.setCustomValidity(""));
  return ({ view, series }) => {
    clock = view.time;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.range === view.range));
    if (series === null || document.activeElement === from || document.activeElement === to) return;
    const span = visibleRange(view.range, series);
    showInInput(from, span.from, clock);
    showInInput(to, span.to, clock);
  };
}

function readInput({ value }: HTMLInputElement, clock: View["time"]): UnixMs {
  return Date.parse(clock === "utc" ? `${value}Z` : value) as UnixMs;
}

function showInInput(input: HTMLInputElement, time: UnixMs, clock: View["time"]): void {
  const offset = clock === "utc" ? 0 : new Date(time).getTimezoneOffset() * MINUTE_MS;
  input.value = new Date(time - offset).toISOString().slice(0, 16);
}
