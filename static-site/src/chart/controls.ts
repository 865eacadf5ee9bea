// The controls around the chart that its first view does not need.

import { byId } from "../lib/dom";
import type { UnixMs } from "../model/units";
import type { TimeRange } from "../model/view";
import type { State } from "../state";
import type { Chart } from "./chart";
import { bindRangeForm } from "./range-form";
import type { ShownChart } from "./shown-chart";
import { bindZoomButtons } from "./zoom-buttons";

/** What the controls show and change; null while it is not loaded. */
export type Controlled = {
  readonly chart: Chart;
  readonly shown: () => ShownChart | null;
  readonly newest: () => UnixMs | null;
  readonly zoom: (range: TimeRange) => void;
  readonly choose: (range: TimeRange) => void;
};

export type Controls = {
  /** Shows the range of the state. */
  readonly showForm: (state: State) => void;
  /** Updates the data table if it is open. */
  readonly showTable: () => void;
};

export function bindControls({ chart, shown, newest, zoom, choose }: Controlled): Controls {
  bindZoomButtons(() => shown()?.visible ?? null, newest, zoom);
  bindDownloads(chart, shown);
  bindFold();
  if (navigator.maxTouchPoints > 0)
    void import("./pinch").then(({ bindPinch }) => bindPinch(byId("chart-canvas"), chart, zoom));
  return { showForm: bindRangeForm(choose), showTable: bindDataTable(shown) };
}

function bindDownloads(chart: Chart, shown: () => ShownChart | null): void {
  const bind = (id: string, save: (code: typeof import("./downloads"), shown: ShownChart) => void) =>
    byId(id).addEventListener("click", async () => {
      const code = await import("./downloads");
      const now = shown();
      if (now !== null) save(code, now);
    });
  bind("chart-csv", ({ downloadCsv }, now) => downloadCsv(now));
  bind("chart-png", ({ downloadPng }, now) => downloadPng(now, chart));
}

/** On a narrow screen the options are folded. */
function bindFold(): void {
  const fold = byId("chart-fold");
  fold.addEventListener("click", () => {
    const isOpen = fold.getAttribute("aria-expanded") !== "true";
    fold.setAttribute("aria-expanded", String(isOpen));
    for (const part of document.querySelectorAll(".chart-folded")) part.toggleAttribute("data-open", isOpen);
  });
}

/** The data table's code is loaded when it is opened. */
function bindDataTable(shown: () => ShownChart | null): () => void {
  const details = byId<HTMLDetailsElement>("chart-data");
  let fill: ((shown: ShownChart) => void) | null = null;
  const show = () => {
    const now = shown();
    if (details.open && now !== null) fill?.(now);
  };
  details.addEventListener("toggle", async () => {
    fill ??= (await import("./data-table")).dataTable();
    show();
  });
  return show;
}
