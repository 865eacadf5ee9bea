// The chart in words: values at the cursor, and how often mining was profitable.

import { byId, el, find, setFields, setText } from "../dom";
import { orDash, percent, plain, whole, wholePercent } from "../format";
import { DASHES } from "./chart";
import { unpricedShare } from "./columns";
import {
  marginText,
  RIGHT_AXIS_LABELS,
  rightAxisText,
  type ShownChart,
  timeText,
  unitName,
  valueText,
} from "./shown-chart";

/** Shows the values at a point, or at the newest visible one. */
export function showLegend(shown: ShownChart, pointed: number | null): void {
  const { view, columns, visible, profits } = shown;
  const table = byId("legend");
  const at = pointed ?? columns.time.findLastIndex((time) => time <= visible.to);
  setText(
    byId("legend-time"),
    `${timeText(shown, at)}${orDash(columns.height[at], (height) => `, block ${whole(height)}`)}`,
  );
  setFields(table, { unit: unitName(view) });
  const body = find(table, "tbody");
  while (body.children.length < columns.lines.length) body.append(row(body.children.length));
  while (columns.lines.length < body.children.length) body.lastElementChild?.remove();
  columns.lines.forEach((line, place) => {
    const found = profits[place];
    setFields(body.children[place] as HTMLElement, {
      name: line.machine.name,
      value: valueText(line, at, view),
      profitable: orDash(found, ({ share }) => wholePercent(share)),
      margin: orDash(found, ({ meanMargin }) => marginText(meanMargin, view)),
    });
  });
  setText(
    byId("legend-second"),
    columns.second === null ? "" : `${RIGHT_AXIS_LABELS[view.second]}: ${rightAxisText(shown, at)}`,
  );
}

function row(place: number): HTMLTableRowElement {
  const cell = (name: string) => el("td", { "data-field": name });
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, swatch(place), el("span", { "data-field": "name" })),
    cell("value"),
    cell("profitable"),
    cell("margin"),
  );
}

/** A sample of the line of the machine at this position. */
export function swatch(place: number): HTMLElement {
  const isDashed = 0 < (DASHES[place]?.length ?? 0);
  return el("span", { class: `swatch series-${place + 1}${isDashed ? " dashed" : ""}` });
}

/** Shows how often mining was profitable with the first machine. */
export function showSentence({ view, columns, visible, profits }: ShownChart): void {
  const [lead, found] = [columns.lines[0], profits[0]];
  if (!lead || !found) {
    setText(byId("in-words"), "");
    return;
  }
  const unpriced = unpricedShare(columns, visible.from, visible.to);
  const margin = `${marginText(found.meanMargin, view)} ${unitName(view)}`;
  const words = `${lead.machine.name}: profitable ${wholePercent(found.share)} of blocks at ${plain(view.power)} USD/MWh, mean margin ${margin}.`;
  setText(
    byId("in-words"),
    unpriced === 0 ? words : `${words} Left out: ${percent(unpriced)} of blocks have no price.`,
  );
}

/** Announces the values at a point to screen readers. */
export function announce(shown: ShownChart, at: number): void {
  const { view, columns } = shown;
  const values = columns.lines.map((line) => `${line.machine.name} ${valueText(line, at, view)}`);
  setText(byId("chart-cursor"), `${timeText(shown, at)}: ${values.join("; ")} ${unitName(view)}`);
}
