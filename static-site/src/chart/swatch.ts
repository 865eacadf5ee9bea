// Samples of the chart's lines, beside their names.

import { dashOf } from "./strokes";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH_PX = 22;

/** A sample of a line, to be set by `setSwatch`. */
export function swatch(): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", `M0 2H${WIDTH_PX}`);
  svg.setAttribute("viewBox", `0 0 ${WIDTH_PX} 4`);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "swatch");
  svg.append(line);
  return svg;
}

/** Makes it a sample of the machine's line with this colour, or of the right axis's line. */
export function setSwatch(svg: Element, colour: number | "second"): void {
  const isForced = matchMedia("(forced-colors: active)").matches;
  const dash = colour === "second" ? [] : dashOf(colour, isForced);
  svg.setAttribute("class", `swatch ${colour === "second" ? colour : `series-${colour}`}`);
  svg.firstElementChild?.setAttribute("stroke-dasharray", dash.join(" "));
}
