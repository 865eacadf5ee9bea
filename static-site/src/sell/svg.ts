// Small drawings: elements of SVG, and scales.

const NAMESPACE = "http://www.w3.org/2000/svg";

export function svgEl(
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: (Node | string)[]
) {
  const element = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** Maps `from` to `to` linearly, and clips what is outside. */
export function scale(from: readonly [number, number], to: readonly [number, number]): (value: number) => number {
  const [least, most] = from;
  return (value) => {
    const share = (Math.min(Math.max(value, least), most) - least) / (most - least || 1);
    return Math.round(10 * (to[0] + share * (to[1] - to[0]))) / 10;
  };
}

/** About `count` round numbers from `least` to `most`. */
export function ticks(least: number, most: number, count: number): number[] {
  const rough = (most - least) / count;
  if (!(rough > 0)) return [least];
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = magnitude * ([1, 2, 5].find((factor) => rough <= factor * magnitude) ?? 10);
  const first = Math.ceil(least / step);
  return Array.from({ length: Math.floor(most / step) - first + 1 }, (_, at) => (first + at) * step);
}

/** Draws again whenever the element's width changes. Drawings are for the eye: texts say the same. */
export function drawing(element: HTMLElement, height: number): (draw: (width: number) => Node[]) => void {
  let current: ((width: number) => Node[]) | null = null;
  let drawn = 0;
  const redraw = () => {
    const width = element.clientWidth;
    if (current === null || width === 0) return;
    drawn = width;
    const size = { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" };
    element.replaceChildren(svgEl("svg", size, ...current(width)));
  };
  new ResizeObserver(() => {
    if (element.clientWidth !== drawn) redraw();
  }).observe(element);
  return (draw) => {
    current = draw;
    redraw();
  };
}
