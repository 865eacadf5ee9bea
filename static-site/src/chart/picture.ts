// The chart as a picture: with its title, a row for each line, the sentence, and the page's address.

import { minute, zoneName } from "../lib/format";
import { provenance } from "../provenance";
import { CHART_TITLES } from "../words/chart";
import { profitableRow } from "../words/chart-sentences";
import { type Frame, framed } from "./framed";
import { profitable } from "./sentences";
import { marginText, rightAxisName, type ShownChart, unitName } from "./shown-chart";
import { dashOf } from "./strokes";

/** Copies the chart's canvas and adds what is around it. */
export function picture(shown: ShownChart, chart: HTMLCanvasElement): HTMLCanvasElement {
  const { view, visible } = shown;
  const [from, to] = [visible.from, visible.to].map((time) => minute(time, view.time));
  return framed(chart, document.querySelector("#chart-canvas")?.clientWidth || chart.width, {
    title: `${CHART_TITLES[view.chart]}, ${unitName(view)}`,
    rows: rowsOf(shown),
    sentences: [
      `${from} to ${to} ${zoneName(visible.to, view.time)}. ${profitable(shown)}`,
      provenance(),
      location.href.replace(/^https?:\/\//, ""),
    ],
  });
}

function rowsOf({ view, columns, colours, profits }: ShownChart): Frame["rows"] {
  const isForced = matchMedia("(forced-colors: active)").matches;
  const rows = columns.lines.map((line, at) => {
    const colour = colours.get(line.id) ?? at + 1;
    const found = profits[at];
    const text = found
      ? profitableRow(line.name, found.share, found.marginIs, `${marginText(found.margin, view)} ${unitName(view)}`)
      : line.name;
    return { colour: colourOf(`series-${colour}`), dash: dashOf(colour, isForced), text };
  });
  const right =
    view.second === "none"
      ? []
      : [{ colour: colourOf("second"), dash: dashOf("second", isForced), text: rightAxisName(view) }];
  return [...rows, ...right];
}

/** A colour of the style sheet. */
function colourOf(name: string): string {
  const sample = document.querySelector(`#legend .${name}`);
  return sample === null ? "" : getComputedStyle(sample).color;
}
