// The lines as they are drawn: one stroke or more for each.

import type { Colours } from "../model/colours";
import type { UnixMs } from "../model/units";
import type { View } from "../model/view";
import type { ChartColumns, Line, Values } from "./columns";
import { indexAfter } from "./label-places";

export type Stroke = {
  readonly values: Values;
  readonly scale: "y" | "second";
  /** Name of its colour in the style sheet. */
  readonly colour: string;
  readonly width: number;
  readonly alpha: number;
  readonly dash: readonly number[];
  /** Whether points without neighbours are drawn as dots. */
  readonly hasDots: boolean;
};

const BEFORE_SALE = [2, 3];
/** Lines after the fourth are dashed too, so that they differ not only by colour. */
const DASHES: readonly (readonly number[])[] = [[], [], [], [], [10, 4], [10, 4], [10, 4], [10, 4]];
/** Where all lines have the same colour, each has its own dashes. */
const FORCED_DASHES: readonly (readonly number[])[] = [
  [],
  [12, 4],
  [5, 3],
  [14, 3, 3, 3],
  [8, 3, 2, 3, 2, 3],
  [15, 3],
  [3, 6],
  [10, 2, 2, 2],
];

const FORCED_SECOND = [1, 2];

export function dashOf(colour: number | "second", isForced: boolean): readonly number[] {
  if (colour === "second") return isForced ? FORCED_SECOND : [];
  return (isForced ? FORCED_DASHES : DASHES)[colour - 1] ?? [];
}

/** What the chart draws, from the back to the front. */
export function strokesOf(
  { time, lines, power, second }: ChartColumns,
  { mean }: Pick<View, "mean">,
  colours: Colours,
  from: UnixMs,
  isForced: boolean,
): readonly Stroke[] {
  const stroke = (line: Line, values: Values, more: Partial<Stroke>): Stroke => {
    const colour = colours.get(line.id) ?? 1;
    return {
      values,
      scale: "y",
      colour: `series-${colour}`,
      width: 1.75,
      alpha: 1,
      dash: dashOf(colour, isForced),
      hasDots: true,
      ...more,
    };
  };
  const leadLast = lines.toReversed();
  const faint = mean === 0 ? [] : leadLast.map((line) => stroke(line, line.values, { width: 0.75, alpha: 0.35 }));
  const main = leadLast.flatMap((line) => {
    const values = line.mean ?? line.values;
    if (line.soldFrom === null || line.soldFrom <= from) return [stroke(line, values, {})];
    const sold = indexAfter(time, line.soldFrom - 1);
    return [
      stroke(
        line,
        values.map((value, at) => (at <= sold ? value : null)),
        { dash: BEFORE_SALE, width: 1.25, hasDots: false },
      ),
      stroke(
        line,
        values.map((value, at) => (sold <= at ? value : null)),
        {},
      ),
    ];
  });
  const plain = { alpha: 1, hasDots: true } as const;
  return [
    ...faint,
    ...(second === null
      ? []
      : [
          {
            ...plain,
            values: second,
            scale: "second",
            colour: "second",
            width: 1.25,
            dash: dashOf("second", isForced),
          } as const,
        ]),
    ...main,
    ...(power === null
      ? []
      : [{ ...plain, values: power, scale: "y", colour: "power", width: 1.5, dash: [4, 4] } as const]),
  ];
}

/** Indices of the points without a neighbour, between which a line would have no length. */
export function lonelyPoints(values: Values, first: number, last: number): number[] {
  const has = (at: number) => (values[at] ?? null) !== null;
  const found: number[] = [];
  for (let at = first; at <= last; at++) if (has(at) && !has(at - 1) && !has(at + 1)) found.push(at);
  return found;
}
