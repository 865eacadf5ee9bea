// Shows long tables one page of rows at a time.

import { rowsShown } from "../words/tables";
import { find, setText } from "./dom";

const ROWS_PER_PAGE = 100;

export type TablePager = { readonly page: number; readonly count: number };
export const NO_ROWS: TablePager = { page: 0, count: 0 };

/** The pager after a turn of pages, or with another number of rows: within its pages. */
export function afterEvent(
  { page, count }: TablePager,
  event: { readonly turn: 1 | -1 } | { readonly count: number },
): TablePager {
  const next = "turn" in event ? { page: page + event.turn, count } : { page, count: event.count };
  return { ...next, page: Math.max(0, Math.min(next.page, Math.ceil(next.count / ROWS_PER_PAGE) - 1)) };
}

/** The rows of the page: from `first` to before `end`. */
export function rowsOf({ page, count }: TablePager): { readonly first: number; readonly end: number } {
  const first = page * ROWS_PER_PAGE;
  return { first, end: Math.min(first + ROWS_PER_PAGE, count) };
}

/** Shows the current page of `count` rows; `row` makes only those that are visible. */
export type ShowRows = (count: number, row: (at: number) => HTMLTableRowElement) => void;

/** Binds the table inside `root` to the buttons `.back` and `.on` and the position text `.place`. */
export function tablePager(root: ParentNode): ShowRows {
  const [back, on] = [find<HTMLButtonElement>(root, ".back"), find<HTMLButtonElement>(root, ".on")];
  let pager = NO_ROWS;
  let row: Parameters<ShowRows>[1] | null = null;

  function dispatch(event: Parameters<typeof afterEvent>[1]): void {
    pager = afterEvent(pager, event);
    if (row !== null) draw(row);
  }

  function draw(row: Parameters<ShowRows>[1]): void {
    const { first, end } = rowsOf(pager);
    find(root, "tbody").replaceChildren(...Array.from({ length: end - first }, (_, at) => row(first + at)));
    setText(find(root, ".place"), rowsShown(Math.min(first + 1, pager.count), end, pager.count));
    back.disabled = first === 0;
    on.disabled = end === pager.count;
  }

  back.addEventListener("click", () => dispatch({ turn: -1 }));
  on.addEventListener("click", () => dispatch({ turn: 1 }));
  return (count, makeRow) => {
    row = makeRow;
    dispatch({ count });
  };
}
