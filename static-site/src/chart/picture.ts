// The chart as a picture: with its title, a row for each line, the sentence, and the page's address.

import { minute, wholePercent, zoneName } from "../format";
import { CHART_TITLES } from "../words/chart";
import { profitable } from "./sentences";
import { marginText, rightAxisName, rightAxisOf, type ShownChart, unitName } from "./shown-chart";
import { dashOf } from "./strokes";

const EM_PX = 14;
const SAMPLE_EMS = 2;

type Row = { readonly colour: string; readonly dash: readonly number[]; readonly text: string };

/** Copies the chart's canvas and adds what is around it. */
export function picture(shown: ShownChart, chart: HTMLCanvasElement): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const ctx = canvas.getContext("2d");
  if (ctx === null) throw new Error("this browser draws no canvas");
  const style = getComputedStyle(document.body);
  const px = chart.width / (document.querySelector("#chart-canvas")?.clientWidth || chart.width);
  const em = EM_PX * px;
  const rows = rowsOf(shown);
  const { view, visible } = shown;
  const [from, to] = [visible.from, visible.to].map((time) => minute(time, view.time));
  const footer = [
    `${from} to ${to} ${zoneName(visible.to, view.time)}. ${profitable(shown)}`,
    location.href.replace(/^https?:\/\//, ""),
  ];
  const width = chart.width + 2 * em;
  const font = (size: number) => `${size * em}px ${style.fontFamily}`;
  ctx.font = font(0.85);
  const lines = footer.flatMap((text) => wrapped(text, chart.width, (part) => ctx.measureText(part).width));
  const top = (3.2 + 1.4 * rows.length) * em;
  canvas.width = width;
  canvas.height = top + chart.height + (1.5 + 1.3 * lines.length) * em;
  ctx.fillStyle = style.backgroundColor;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.drawImage(chart, em, top);
  ctx.textBaseline = "middle";
  const write = (text: string, x: number, y: number, size: number) => {
    ctx.font = font(size);
    ctx.fillStyle = style.color;
    ctx.fillText(text, x, y);
  };
  write(`${CHART_TITLES[view.chart]}, ${unitName(view)}`, em, 1.6 * em, 1.3);
  rows.forEach(({ colour, dash, text }, at) => {
    const y = (3.4 + 1.4 * at) * em;
    ctx.strokeStyle = colour;
    ctx.lineWidth = 3 * px;
    ctx.setLineDash(dash.map((length) => length * px));
    ctx.beginPath();
    ctx.moveTo(em, y);
    ctx.lineTo((1 + SAMPLE_EMS) * em, y);
    ctx.stroke();
    write(text, (1.5 + SAMPLE_EMS) * em, y, 1);
  });
  lines.forEach((text, at) => {
    write(text, em, top + chart.height + (1 + 1.3 * at) * em, 0.85);
  });
  return canvas;
}

function rowsOf({ view, columns, colours, profits }: ShownChart): readonly Row[] {
  const rows = columns.lines.map((line, at) => {
    const colour = colours.get(line.id) ?? at + 1;
    const found = profits[at];
    const text = found
      ? `${line.name}: profitable in ${wholePercent(found.share)}, ${found.marginIs} margin ${marginText(found.margin, view)} ${unitName(view)}`
      : line.name;
    return { colour: colourOf(`series-${colour}`), dash: dashOf(colour, false), text };
  });
  const right =
    rightAxisOf(view) === "none" ? [] : [{ colour: colourOf("second"), dash: [], text: rightAxisName(view) }];
  return [...rows, ...right];
}

/** A colour of the style sheet. */
function colourOf(name: string): string {
  const sample = document.querySelector(`#legend .${name}`);
  return sample === null ? "" : getComputedStyle(sample).color;
}

/** The text in lines that are no wider than `width`. */
export function wrapped(text: string, width: number, measure: (text: string) => number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1) ?? ""} ${word}`.trim();
    if (lines.length > 0 && measure(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
