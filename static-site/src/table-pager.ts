// Shows long tables one page of rows at a time.

import { find, setText } from "./dom";
import { rowsShown } from "./words/tables";

const ROWS_PER_PAGE = 100;

/** Shows the current page of `count` rows; `row` makes only those that are visible. */
export type ShowRows = (count: number, row: (at: number) => HTMLTableRowElement) => void;

/**
 * Binds the table inside `root` to the buttons `.back` and `.on` and the position text `.place`.
 */
export function tablePager(root: ParentNode): ShowRows {
  const [back, on] = [find<HTMLButtonElement>(root, ".back"), find<HTMLButtonElement>(root, ".on")];
  let [page, length] = [0, 0];
  let make: Parameters<ShowRows>[1] | null = null;

  function turn(by: number): void {
    page += by;
    if (make !== null) show(length, make);
  }

  function show(count: number, row: (at: number) => HTMLTableRowElement): void {
    [length, make] = [count, row];
    page = Math.max(0, Math.min(page, Math.ceil(count / ROWS_PER_PAGE) - 1));
    const first = page * ROWS_PER_PAGE;
    const end = Math.min(first + ROWS_PER_PAGE, count);
    const rows = Array.from({ length: end - first }, (_, at) => row(first + at));
    find(root, "tbody").replaceChildren(...rows);
    setText(find(root, ".place"), rowsShown(Math.min(first + 1, count), end, count));
    back.disabled = page === 0;
    on.disabled = end === count;
  }

  back.addEventListener("click", () => turn(-1));
  on.addEventListener("click", () => turn(1));
  return show;
}
