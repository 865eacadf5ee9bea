// The chart as files: CSV and PNG. Loaded when the user asks for one.

import { columnsCsv } from "../lib/columns";
import { download } from "../lib/dom";
import type { Chart } from "./chart";
import { picture } from "./picture";
import { pointsAndGaps, type ShownChart } from "./shown-chart";
import { tableColumns } from "./table-columns";

const PNG_SCALE = 2; // Canvas pixels in a CSS pixel, so that the picture is sharp on paper and in posts.

export function downloadCsv(shown: ShownChart): void {
  const csv = columnsCsv(tableColumns(shown.columns, shown.view), pointsAndGaps(shown.columns, shown.visible));
  download(fileName(shown, "csv"), new Blob([csv], { type: "text/csv" }));
}

export function downloadPng(shown: ShownChart, chart: Chart): void {
  chart.withCanvas(PNG_SCALE, (canvas) =>
    picture(shown, canvas).toBlob((blob) => blob && download(fileName(shown, "png"), blob), "image/png"),
  );
}

function fileName({ view, columns, visible }: ShownChart, ending: string): string {
  const days = [visible.from, visible.to].map((time) => new Date(time).toISOString().slice(0, 10));
  const name = view.chart === "revenue" ? columns.lines[0]?.id.replaceAll(":", "-") : view.chart;
  return `${["hashlake", name ?? "chart", ...days].join("-")}.${ending}`;
}
