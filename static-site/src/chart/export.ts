// The chart as a CSV file and as a picture.

import { toCsv } from "../csv";
import type { SiteTerms } from "../strike";
import { type TimeRange, toIso, type View } from "../view";
import type { ChartColumns } from "./columns";

const RIGHT_AXIS_NAMES = { hashprice: "hashprice", price: "price_usd", fees: "fee_share" } as const;

/** A row for each visible point, with all digits. */
export function chartCsv(
  columns: ChartColumns,
  { from, to }: TimeRange,
  view: Pick<View, "unit" | "second" | "mean"> & SiteTerms,
): string {
  const taken = [view.poolFee === 0 ? [] : "pool_fee", view.overhead === 0 ? [] : "overhead"].flat();
  const perMwh = `${view.unit}_per_mwh${taken.length === 0 ? "" : `_after_${taken.join("_and_")}`}`;
  const second =
    view.second === "hashprice"
      ? `${view.unit}_per_ph_day`
      : view.second === "none"
        ? null
        : RIGHT_AXIS_NAMES[view.second];
  const machines = columns.lines.flatMap(({ machine, values, mean }) => [
    { name: `${perMwh}:${machine.id}`, values },
    ...(mean === null ? [] : [{ name: `${perMwh}_mean_${view.mean}d:${machine.id}`, values: mean }]),
  ]);
  const shown = [
    ...machines,
    { name: `power${view.adder === 0 ? "" : "_with_adder"}_${view.unit}_per_mwh`, values: columns.power },
    ...(second && columns.second ? [{ name: second, values: columns.second }] : []),
  ];
  const rows = columns.time.flatMap((time, at) => {
    const height = columns.height[at] ?? null;
    if (height === null || time < from || to < time) return [];
    return [[toIso(time), height, columns.blocks[at] ?? null, ...shown.map(({ values }) => values[at] ?? null)]];
  });
  return toCsv(["time", "height", "blocks", ...shown.map(({ name }) => name)], rows);
}

/** The texts around the exported chart, and their style. */
export type PictureFrame = {
  readonly title: string;
  readonly lines: readonly { readonly name: string; readonly colour: string }[];
  readonly footer: string;
  readonly text: string;
  readonly background: string;
  readonly font: string;
};

/** Copies the chart's canvas and adds the title, the names of the lines, and the footer. */
export function framedCanvas(
  chart: HTMLCanvasElement,
  { title, lines, footer, text, background, font }: PictureFrame,
): HTMLCanvasElement {
  const [canvas, em] = [document.createElement("canvas"), 14 * devicePixelRatio];
  const ctx = canvas.getContext("2d");
  if (ctx === null) throw new Error("this browser draws no canvas");
  const top = 5 * em;
  canvas.width = chart.width + 2 * em;
  canvas.height = top + chart.height + 3 * em;
  ctx.fillStyle = background;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.drawImage(chart, em, top);
  ctx.textBaseline = "top";
  const write = (words: string, x: number, y: number, size: number, colour: string) => {
    ctx.font = `${size}px ${font}`;
    ctx.fillStyle = colour;
    ctx.fillText(words, x, y);
    return x + ctx.measureText(words).width;
  };
  write(title, em, em, 1.3 * em, text);
  lines.reduce((x, line) => write(line.name, x, 3 * em, em, line.colour) + 1.5 * em, em);
  write(footer, em, top + chart.height + em, 0.85 * em, text);
  return canvas;
}
