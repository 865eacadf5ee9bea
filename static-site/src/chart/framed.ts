// A chart as a picture: with its title, a row for each line, and sentences below.

const EM_PX = 14;
const SAMPLE_EMS = 2;
const SAMPLE_PX = 3;

export type Frame = {
  readonly title: string;
  /** Dashes are in CSS pixels. */
  readonly rows: readonly { readonly text: string; readonly colour: string; readonly dash: readonly number[] }[];
  readonly sentences: readonly string[];
};

/** Copies the chart's canvas and adds what is around it. `width` is the chart's in CSS pixels. */
export function framed(chart: HTMLCanvasElement, width: number, { title, rows, sentences }: Frame): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const ctx = canvas.getContext("2d");
  if (ctx === null) throw new Error("this browser draws no canvas");
  const { color, backgroundColor, fontFamily } = getComputedStyle(document.body);
  const px = chart.width / width;
  const em = EM_PX * px;
  ctx.font = `${0.85 * em}px ${fontFamily}`;
  const lines = sentences.flatMap((text) => wrapped(text, chart.width, (part) => ctx.measureText(part).width));
  const top = (3.2 + 1.4 * rows.length) * em;
  canvas.width = chart.width + 2 * em;
  canvas.height = top + chart.height + (1.5 + 1.3 * lines.length) * em;
  ctx.fillStyle = backgroundColor;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.drawImage(chart, em, top);
  ctx.fillStyle = color;
  ctx.textBaseline = "middle";
  const write = (text: string, x: number, y: number, size: number) => {
    ctx.font = `${size * em}px ${fontFamily}`;
    ctx.fillText(text, x * em, y * em);
  };
  write(title, 1, 1.6, 1.3);
  rows.forEach(({ text, colour, dash }, at) => {
    const y = 3.4 + 1.4 * at;
    ctx.strokeStyle = colour;
    ctx.lineWidth = SAMPLE_PX * px;
    ctx.setLineDash(dash.map((length) => length * px));
    ctx.beginPath();
    ctx.moveTo(em, y * em);
    ctx.lineTo((1 + SAMPLE_EMS) * em, y * em);
    ctx.stroke();
    write(text, 1.5 + SAMPLE_EMS, y, 1);
  });
  lines.forEach((text, at) => {
    write(text, 1, (top + chart.height) / em + 1 + 1.3 * at, 0.85);
  });
  return canvas;
}

/** The text in lines between words that are no wider than `width`, unless a word alone is. */
export function wrapped(text: string, width: number, measure: (text: string) => number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = [...lines.slice(-1), word].join(" ");
    if (lines.length > 0 && measure(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
