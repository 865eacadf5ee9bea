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
  const linesOf = (text: string, left: number, size: number) => {
    ctx.font = `${size * em}px ${fontFamily}`;
    return wrapped(text, chart.width - left * em, (part) => ctx.measureText(part).width);
  };
  const lines = sentences.flatMap((text) => linesOf(text, 0, 0.85));
  const rowLines = rows.flatMap((row) =>
    linesOf(row.text, SAMPLE_EMS + 0.5, 1).map((text, at) => ({ text, sample: at === 0 ? row : null })),
  );
  const top = (3.2 + 1.4 * rowLines.length) * em;
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
  rowLines.forEach(({ text, sample }, at) => {
    const y = 3.4 + 1.4 * at;
    write(text, 1.5 + SAMPLE_EMS, y, 1);
    if (sample === null) return;
    ctx.strokeStyle = sample.colour;
    ctx.lineWidth = SAMPLE_PX * px;
    ctx.setLineDash(sample.dash.map((length) => length * px));
    ctx.beginPath();
    ctx.moveTo(em, y * em);
    ctx.lineTo((1 + SAMPLE_EMS) * em, y * em);
    ctx.stroke();
  });
  lines.forEach((text, at) => {
    write(text, 1, (top + chart.height) / em + 1 + 1.3 * at, 0.85);
  });
  return canvas;
}

/** Lines may end before a space, and in an address after a comma or an ampersand. */
const BREAK = /(?= )|(?<=[,&])(?=[a-z])/;

/** The text in lines that are no wider than `width`, unless a part that cannot be broken is. */
export function wrapped(text: string, width: number, measure: (text: string) => number): readonly string[] {
  const lines: string[] = [];
  for (const part of text.split(BREAK)) {
    const longer = `${lines.at(-1) ?? ""}${part}`;
    if (lines.length > 0 && measure(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(part.trimStart());
  }
  return lines;
}
