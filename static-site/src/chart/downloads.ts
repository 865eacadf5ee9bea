// The buttons that download the chart as CSV and as PNG.

import { byId, download, find } from "../dom";
import { clockName, minute } from "../format";
import type { Chart } from "./chart";
import { chartCsv, framedCanvas } from "./export";
import { type ShownChart, unitName } from "./shown-chart";

export function bindDownloads(chart: Chart, shown: () => ShownChart | null): void {
  byId("chart-csv").addEventListener("click", () => {
    const now = shown();
    if (now !== null)
      download(fileName(now, "csv"), new Blob([chartCsv(now.columns, now.visible, now.view)], { type: "text/csv" }));
  });
  byId("chart-png").addEventListener("click", () => {
    const [now, canvas] = [shown(), chart.canvas()];
    if (now === null || canvas === null) return;
    picture(now, canvas).toBlob((blob) => blob && download(fileName(now, "png"), blob), "image/png");
  });
}

function fileName({ columns, visible }: ShownChart, ending: string): string {
  const days = [visible.from, visible.to].map((time) => new Date(time).toISOString().slice(0, 10));
  const machine = columns.lines[0]?.machine.id.replaceAll(":", "-") ?? "chart";
  return `${["hashlake", machine, ...days].join("-")}.${ending}`;
}

function picture({ view, columns, visible }: ShownChart, canvas: HTMLCanvasElement): HTMLCanvasElement {
  const style = getComputedStyle(document.body);
  const times = [visible.from, visible.to].map((time) => minute(time, view.time)).join(" to ");
  return framedCanvas(canvas, {
    title: `What a MWh earns mining Bitcoin, ${unitName(view)}`,
    lines: columns.lines.map(({ machine }, at) => ({
      name: machine.name,
      colour: getComputedStyle(find(byId("legend"), `.series-${at + 1}`)).color,
    })),
    footer: [`hashlake: ${times} ${clockName(view.time)}.`, byId("in-words").textContent].join(" "),
    text: style.color,
    background: style.backgroundColor,
    font: style.fontFamily,
  });
}
