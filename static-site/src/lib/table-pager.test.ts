import { expect, test } from "vitest";
import { afterEvent, NO_ROWS, rowsOf } from "./table-pager";

type Event = Parameters<typeof afterEvent>[1];
const rowsAfter = (...events: readonly Event[]) => rowsOf(events.reduce(afterEvent, NO_ROWS));
const BACK: Event = { turn: -1 };
const ON: Event = { turn: 1 };

test("a table begins with its first hundred rows, or with all if there are fewer", () => {
  expect(rowsAfter({ count: 250 })).toEqual({ first: 0, end: 100 });
  expect(rowsAfter({ count: 7 })).toEqual({ first: 0, end: 7 });
  expect(rowsAfter({ count: 0 })).toEqual({ first: 0, end: 0 });
});

test("pages turn from the first to the last one, and no further", () => {
  const turn = (turns: readonly Event[]) => rowsAfter({ count: 250 }, ...turns);

  expect(turn([ON])).toEqual({ first: 100, end: 200 });
  expect(turn(Array(9).fill(ON))).toEqual({ first: 200, end: 250 });
  expect(turn([...Array(9).fill(ON), BACK])).toEqual({ first: 100, end: 200 });
  expect(turn([BACK])).toEqual({ first: 0, end: 100 });
  expect(rowsAfter({ count: 200 }, ...Array(9).fill(ON))).toEqual({ first: 100, end: 200 });
});

test("other rows keep the page if they have it, and show their last one if not", () => {
  const second = [{ count: 250 }, { turn: 1 }] as const;

  expect(rowsAfter(...second, { count: 320 })).toEqual({ first: 100, end: 200 });
  expect(rowsAfter(...second, { count: 30 })).toEqual({ first: 0, end: 30 });
  expect(rowsAfter(...second, { count: 0 })).toEqual({ first: 0, end: 0 });
});
