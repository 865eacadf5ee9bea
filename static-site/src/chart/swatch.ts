// Samples of the chart's lines, beside their names.

import { dashOf } from "./strokes";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH_PX = 22;
const FORCED_WIDTH_PX = 44; // Longer, because only its dashes tell it from others.

/** A sample of a line, to be set by `setSwatch`. */
export function swatch(): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "swatch");
  svg.append(line);
  return svg;
}

/** Makes it a sample of the machine's line with this colour, or of the right axis's line. */
export function setSwatch(svg: Element, colour: number | "second"): void {
  const isForced = matchMedia("(forced-colors: active)").matches;
  const width = isForced ? FORCED_WIDTH_PX : WIDTH_PX;
  svg.setAttribute("class", `swatch ${colour === "second" ? colour : `series-${colour}`}`);
  svg.setAttribute("viewBox", `0 0 ${width} 4`);
  svg.firstElementChild?.setAttribute("d", `M0 2H${width}`);
  svg.firstElementChild?.setAttribute("stroke-dasharray", dashOf(colour, isForced).join(" "));
}
