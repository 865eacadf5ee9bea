// Lines over time as SVG: axes with labels, gaps where nothing is known.

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MARGIN = { top: 28, right: 16, bottom: 28, left: 48 };
const LABEL_WIDTH = 60;
const TIME_STEPS = [...[1, 3, 6, 12].map((hours) => hours * HOUR), ...[1, 2, 7, 14, 30, 91, 182, 365, 730, 1461].map((days) => days * DAY)];

/**
 * Draws lines into `svg`.
 *
 * `times` are in ms since 1970; `lines` have a class and a value, or null, for each of them. Two points that lie further
 * apart than `gap` ms are not joined.
 */
export function drawChart(svg, { times, lines, unit, gap }) {
  const { width, height } = svg.getBoundingClientRect();
  const [first, last] = [times[0], times.at(-1)];
  const highest = Math.max(0, ...lines.flatMap((line) => line.values.filter((value) => value !== null)));
  const ticks = valueTicks(highest);
  const right = width - MARGIN.right;
  const bottom = height - MARGIN.bottom;
  const x = (time) => MARGIN.left + ((right - MARGIN.left) * (time - first)) / Math.max(1, last - first);
  const y = (value) => bottom - ((bottom - MARGIN.top) * value) / ticks.at(-1);

  const parts = [element("text", { x: 8, y: 18 }, unit)];
  for (const value of ticks) {
    parts.push(element("line", { x1: MARGIN.left, x2: right, y1: y(value), y2: y(value) }));
    parts.push(element("text", { x: MARGIN.left - 8, y: y(value) + 4, "text-anchor": "end" }, value.toLocaleString("en-US")));
  }
  const labels = Math.floor((right - MARGIN.left) / LABEL_WIDTH);
  for (const time of timeTicks(first, last, labels)) {
    parts.push(element("text", { x: x(time), y: height - 8, "text-anchor": "middle" }, timeLabel(time, last - first)));
  }
  for (const line of lines) {
    parts.push(element("path", { class: line.class, d: linePath(times, line.values, { x, y, gap }) }));
  }
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren(...parts);
}

/** SVG path through the points whose value is known; a point with no neighbour is a dot. */
export function linePath(times, values, { x, y, gap }) {
  let path = "";
  let before = -Infinity;
  values.forEach((value, at) => {
    if (value === null) return;
    const point = `${x(times[at]).toFixed(1)} ${y(value).toFixed(1)}`;
    const isJoined = at > 0 && values[at - 1] !== null && times[at] - before <= gap;
    path += isJoined ? `L${point}` : `M${point}h0`;
    before = times[at];
  });
  return path;
}

/** Round values from 0 to at least `highest`, about five. */
export function valueTicks(highest) {
  const rough = (highest || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const decimals = Math.max(0, -Math.floor(Math.log10(step)));
  const count = Math.ceil(Number((highest / step).toFixed(6))) || 1;
  return Array.from({ length: count + 1 }, (_, n) => Number((n * step).toFixed(decimals)));
}

/** Full hours or midnights from `first` to `last`, evenly apart, about as many as `most`. */
export function timeTicks(first, last, most) {
  const step = TIME_STEPS.find((candidate) => (last - first) / candidate <= most) ?? TIME_STEPS.at(-1);
  const ticks = [];
  for (let time = Math.ceil(first / step) * step; time <= last; time += step) ticks.push(time);
  return ticks;
}

function timeLabel(time, span) {
  const hour = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const day = { month: "short", day: "numeric" };
  const month = { year: "numeric", month: "short" };
  const form = span > 300 * DAY ? month : time % DAY ? hour : day;
  return new Date(time).toLocaleString("en-US", { ...form, timeZone: "UTC" });
}

function element(name, attributes, text = "") {
  const created = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, value);
  created.textContent = text;
  return created;
}
