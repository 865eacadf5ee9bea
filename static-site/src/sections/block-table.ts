// The block table: one page of blocks, newest first.

import { ApiError, getJson } from "../lib/api";
import { type Column, emptyCell, headerRow, headerText, setTableRoles, showCells, shownColumns } from "../lib/columns";
import { byId, download, el, find, setFields, setText } from "../lib/dom";
import { whole } from "../lib/format";
import type { BlocksJson } from "../model/api-types";
import { chosenMachines } from "../model/catalogue";
import type { Machine } from "../model/economics";
import type { Choose, Section, State } from "../state";
import * as words from "../words/tables";
import { blockColumns, blocksCsv } from "./block-columns";
import {
  afterEvent,
  BLOCKS_PER_PAGE,
  type BlockPage,
  type BlockPagerEvent,
  canMove,
  firstHeight,
  heightAfter,
  heightOfPage,
  MOVES,
  type Move,
  NO_PAGE,
  newBlocks,
  tipHeight,
} from "./block-pager";
import { type BlockRow, blockRows } from "./block-rows";
import html from "./block-table.html?raw";
import "../style/tables.css";

/** The section with the blocks: loaded when the user scrolls near it. */
export function blockTable(choose: Choose): Section {
  const section = byId("blocks");
  section.innerHTML = html;
  const [region, body] = [find(section, ".listing-scroll"), find<HTMLTableSectionElement>(section, "tbody")];
  const [fresh, again, height] = [byId("blocks-new"), byId("blocks-again"), byId<HTMLInputElement>("blocks-height")];
  let shown: State | null = null;
  let pager = NO_PAGE;
  let abort: AbortController | null = null;

  for (const move of MOVES) {
    const button = byId(`blocks-${move}`);
    // A disabled button keeps the focus, and does nothing.
    button.addEventListener("click", () => {
      if (button.ariaDisabled !== "true") go(move);
    });
  }
  for (const button of [fresh, again]) {
    button.addEventListener("click", () => {
      region.focus({ preventScroll: true }); // The button is about to disappear.
      dispatch({ type: "reload" });
    });
  }
  byId("blocks-go").addEventListener("submit", (event) => {
    event.preventDefault();
    choose({ fromHeight: heightOfPage(pager, height.valueAsNumber) });
  });
  byId("blocks-csv").addEventListener("click", () => {
    const rows = currentRows();
    const name = `hashlake-blocks-${rows.at(-1)?.height ?? "none"}-${rows[0]?.height ?? "none"}.csv`;
    download(name, new Blob([blocksCsv(rows, leadOf(shown))], { type: "text/csv" }));
  });

  function go(move: Move): void {
    if (move === "newest" && pager.page.fromHeight === null) dispatch({ type: "reload" });
    else choose({ fromHeight: heightAfter(pager, move) });
  }

  function dispatch(event: BlockPagerEvent): void {
    const before = pager.pending;
    pager = afterEvent(pager, event);
    if (pager.pending !== before) {
      abort?.abort();
      if (pager.pending !== null) void request(pager.pending);
    }
    draw();
  }

  async function request(page: BlockPage): Promise<void> {
    abort = new AbortController();
    const from = page.fromHeight === null ? "" : `from_height=${page.fromHeight}&`;
    const path = `/blocks?${from}limit=${BLOCKS_PER_PAGE}`;
    const event = await getJson<BlocksJson>(page.api, path, abort.signal).then(
      (json) => ({ type: "loaded", request: page, json }) as const,
      (error) => ({ type: "failed", request: page, message: errorText(error) }) as const,
    );
    dispatch(event);
  }

  const currentRows = (): readonly BlockRow[] => blockRows(pager.loaded?.blocks ?? [], leadOf(shown));
  const cells = () => shownColumns(blockColumns(shown?.view.time ?? "utc", leadOf(shown)));

  /** Replaces the header and all rows if the clock for times has changed. */
  function placeColumns(clock: State["view"]["time"]): void {
    if (section.dataset.clock === clock) return;
    section.dataset.clock = clock;
    find(section, "thead").replaceChildren(headerRow(blockColumns(clock, null), headerText));
    body.replaceChildren();
  }

  function draw(): void {
    if (shown === null) return;
    placeColumns(shown.view.time);
    const rows = currentRows();
    placeRows(rows);
    for (const [at, row] of rows.entries()) showCells(body.children[at] as HTMLTableRowElement, cells(), row);
    const lead = leadOf(shown);
    setFields(section, { hint: lead === null ? words.BLOCKS_HINT : words.blocksHint(lead.name) });
    region.setAttribute("aria-busy", String(pager.pending !== null));
    setText(byId("blocks-message"), messageText(rows));
    again.hidden = pager.failed === null;
    const waiting = newBlocks(pager);
    setText(fresh, words.newBlocks(waiting));
    fresh.hidden = waiting === 0;
    for (const move of MOVES) byId(`blocks-${move}`).ariaDisabled = canMove(pager, move) ? null : "true";
    height.min = String(firstHeight(pager));
    if (0 < tipHeight(pager)) height.max = String(tipHeight(pager));
  }

  function placeRows(rows: readonly BlockRow[]): void {
    if (
      rows.length === body.children.length &&
      rows.every(({ hash }, at) => (body.children[at] as HTMLElement).dataset.hash === hash)
    )
      return;
    const columns = cells();
    body.replaceChildren(...rows.map((row) => newRow(row, columns)));
    setTableRoles(body);
  }

  function messageText(rows: readonly BlockRow[]): string {
    const [top, bottom] = [rows[0], rows.at(-1)];
    if (pager.failed !== null) return words.cannotLoadBlocks(pager.failed.message);
    if (pager.pending !== null) return words.LOADING;
    if (top === undefined || bottom === undefined) return words.noBlocks(firstHeight(pager), tipHeight(pager));
    return words.blocksShown(top.height, bottom.height);
  }

  return {
    show(state) {
      shown = state;
      const { api, fromHeight } = state.view;
      dispatch({ type: "view", page: { api, fromHeight }, status: state.status });
    },
  };
}

function errorText(error: unknown): string {
  return error instanceof ApiError ? error.message : String(error);
}

/** The leading machine, whose revenue is shown. */
function leadOf(state: State | null): Machine | null {
  return state === null ? null : (chosenMachines(state.view, state.catalogue ?? [])[0] ?? null);
}

/** A row with what never changes for this block. */
function newRow({ height, hash }: BlockRow, columns: readonly Column<BlockRow>[]): HTMLTableRowElement {
  const link = el(
    "a",
    { href: `https://mempool.space/block/${hash}`, target: "_blank", rel: "noopener noreferrer" },
    whole(height),
  );
  const first = el("th", { scope: "row", role: "rowheader", class: "stays" }, link);
  return el("tr", { role: "row", "data-hash": hash }, first, ...columns.map(emptyCell));
}
