// The block table: one page of blocks, newest first.

import { ApiError, getJson } from "../api";
import type { BlockJson, BlocksJson } from "../api-types";
import { chosenMachines } from "../catalogue";
import { type Column, emptyCell, headerText, setTableRoles, showCells, shownColumns } from "../columns";
import { byId, download, el, find, setFields, setText } from "../dom";
import type { Machine } from "../economics";
import { whole } from "../format";
import type { Choose, Section, State } from "../state";
import * as words from "../words/tables";
import { blockColumns, blocksCsv } from "./block-columns";
import {
  BLOCKS_PER_PAGE,
  type BlockRow,
  blockRows,
  countNewBlocks,
  newerPage,
  olderPage,
  pageFrom,
} from "./block-rows";

/** Which blocks: the API they are from, and the lowest height; null for the newest blocks. */
type BlockPage = { readonly api: string; readonly fromHeight: number | null };
/** A page that was loaded, highest block first. */
type LoadedBlockPage = BlockPage & { readonly first: number | null; readonly blocks: readonly BlockJson[] };

/** The section with the blocks: loaded when the user scrolls near it. */
export function blockTable(choose: Choose): Section {
  const section = byId("blocks");
  const [region, body] = [find(section, ".listing-scroll"), find<HTMLTableSectionElement>(section, "tbody")];
  const [newest, newer, older, first] = [
    byId("blocks-newest"),
    byId("blocks-newer"),
    byId("blocks-older"),
    byId("blocks-first"),
  ];
  const [fresh, again, height] = [byId("blocks-new"), byId("blocks-again"), byId<HTMLInputElement>("blocks-height")];
  let shown: State | null = null;
  /** The page that is shown, or was shown before another was requested. */
  let loaded: LoadedBlockPage | null = null;
  let pending: (BlockPage & { readonly abort: AbortController }) | null = null;
  let failed: (BlockPage & { readonly message: string }) | null = null;
  let reloadedFor = "";

  bind(newest, () => {
    if (shown?.view.fromHeight === null) void load();
    else choose({ fromHeight: null });
  });
  bind(newer, (lowest) => choose({ fromHeight: newerPage(lowest, tipHeight()) }));
  bind(older, (lowest) => choose({ fromHeight: olderPage(lowest, firstHeight()) }));
  bind(first, () => choose({ fromHeight: firstHeight() }));
  fresh.addEventListener("click", () => {
    region.focus({ preventScroll: true }); // The button is about to disappear.
    void load();
  });
  again.addEventListener("click", () => {
    region.focus({ preventScroll: true });
    void load();
  });
  byId("blocks-go").addEventListener("submit", (event) => {
    event.preventDefault();
    choose({ fromHeight: pageFrom(height.valueAsNumber, firstHeight(), tipHeight()) });
  });
  byId("blocks-csv").addEventListener("click", () => {
    const rows = currentRows();
    const name = `hashlake-blocks-${rows.at(-1)?.height ?? "none"}-${rows[0]?.height ?? "none"}.csv`;
    download(name, new Blob([blocksCsv(rows, leadOf(shown))], { type: "text/csv" }));
  });

  /** Binds a button. A disabled one keeps the focus, and does nothing. */
  function bind(button: HTMLElement, act: (lowest: number) => void): void {
    button.addEventListener("click", () => {
      if (button.ariaDisabled !== "true") act(lowestHeight());
    });
  }

  const currentRows = (): readonly BlockRow[] => blockRows(loaded?.blocks ?? [], leadOf(shown));
  const tipHeight = () => Math.max(shown?.status?.tip.height ?? 0, loaded?.blocks[0]?.height ?? 0);
  const firstHeight = () => shown?.status?.lake.first_height ?? loaded?.first ?? 0;
  /** Lowest height of the view's page, limited to one page beyond the blocks of the lake. */
  function lowestHeight(): number {
    const height = shown?.view.fromHeight ?? loaded?.blocks.at(-1)?.height ?? tipHeight() - BLOCKS_PER_PAGE + 1;
    return Math.min(Math.max(height, firstHeight() - BLOCKS_PER_PAGE), tipHeight() + 1);
  }

  async function load(): Promise<void> {
    if (shown === null) return;
    pending?.abort.abort();
    const { api, fromHeight } = shown.view;
    const request = { api, fromHeight, abort: new AbortController() };
    [pending, failed] = [request, null];
    draw();
    try {
      const from = fromHeight === null ? "" : `from_height=${fromHeight}&`;
      const json = await getJson<BlocksJson>(api, `/blocks?${from}limit=${BLOCKS_PER_PAGE}`, request.abort.signal);
      if (pending !== request) return;
      loaded = { api, fromHeight, first: json.first_height, blocks: json.blocks.toReversed() };
    } catch (error) {
      if (pending !== request) return;
      failed = { api, fromHeight, message: error instanceof ApiError ? error.message : String(error) };
      if (!isPage(loaded, request)) loaded = null;
    }
    pending = null;
    draw();
  }

  /**
   * Whether a reorg has replaced a block that is shown. True at most once for each newest block.
   */
  function isReplaced(): boolean {
    const tip = shown?.status?.tip;
    if (tip === undefined || loaded === null || reloadedFor === tip.hash) return false;
    const sameHeight = loaded.blocks.find((block) => block.height === tip.height);
    const allAbove = loaded.fromHeight === null && tip.height < (loaded.blocks.at(-1)?.height ?? 0);
    if (!allAbove && (sameHeight === undefined || sameHeight.hash === tip.hash)) return false;
    reloadedFor = tip.hash;
    return true;
  }

  const cells = () => shownColumns(blockColumns(shown?.view.time ?? "utc", leadOf(shown)));

  /** Makes the header anew, and all rows, if times are of another clock. */
  function placeColumns(clock: State["view"]["time"]): void {
    if (section.dataset.clock === clock) return;
    section.dataset.clock = clock;
    const columns = blockColumns(clock, null).filter(({ id, cell }) => id === "height" || cell !== undefined);
    find(section, "thead").replaceChildren(newHeader(columns));
    body.replaceChildren();
  }

  function draw(): void {
    if (shown === null) return;
    const { view } = shown;
    placeColumns(view.time);
    forgetOtherPages(view);
    if (pending === null && failed === null && (!isPage(loaded, view) || isReplaced())) return void load();
    const rows = currentRows();
    placeRows(rows);
    for (const [at, row] of rows.entries()) showCells(body.children[at] as HTMLTableRowElement, cells(), row);
    const lead = leadOf(shown);
    setFields(section, { hint: lead === null ? words.BLOCKS_HINT : words.blocksHint(lead.name) });
    showMessage(rows);
    const lowest = lowestHeight();
    const waiting =
      isPage(loaded, view) && pending === null
        ? countNewBlocks(view.fromHeight, rows[0]?.height ?? null, tipHeight(), firstHeight())
        : 0;
    setText(fresh, words.newBlocks(waiting));
    fresh.hidden = waiting === 0;
    enable(newest, view.fromHeight !== null || waiting > 0);
    enable(newer, view.fromHeight !== null);
    enable(older, firstHeight() < lowest);
    enable(first, firstHeight() < lowest || rows.length === 0);
    height.min = String(firstHeight());
    if (0 < tipHeight()) height.max = String(tipHeight());
  }

  /** Cancels the request for another page, and forgets its error. */
  function forgetOtherPages(view: BlockPage): void {
    if (!isPage(failed, view)) failed = null;
    if (isPage(pending, view)) return;
    pending?.abort.abort();
    pending = null;
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

  function showMessage(rows: readonly BlockRow[]): void {
    const [top, bottom] = [rows[0], rows.at(-1)];
    const busy = pending !== null || (loaded === null && failed === null);
    region.setAttribute("aria-busy", String(busy));
    again.hidden = failed === null;
    if (failed !== null) setText(byId("blocks-message"), words.cannotLoadBlocks(failed.message));
    else if (busy) setText(byId("blocks-message"), words.LOADING);
    else if (top === undefined || bottom === undefined)
      setText(byId("blocks-message"), words.noBlocks(firstHeight(), tipHeight()));
    else setText(byId("blocks-message"), words.blocksShown(top.height, bottom.height));
  }

  return {
    show(state) {
      shown = state;
      draw();
    },
  };
}

function isPage(page: BlockPage | null, view: BlockPage): boolean {
  return page !== null && page.api === view.api && page.fromHeight === view.fromHeight;
}

/** The leading machine, whose revenue is shown. */
function leadOf(state: State | null): Machine | null {
  return state === null ? null : (chosenMachines(state.view, state.catalogue ?? [])[0] ?? null);
}

function enable(button: HTMLElement, enabled: boolean): void {
  button.ariaDisabled = enabled ? null : "true";
}

function newHeader(columns: readonly Column<BlockRow>[]): HTMLTableRowElement {
  return el(
    "tr",
    { role: "row" },
    ...columns.map((column) =>
      el(
        "th",
        {
          scope: "col",
          role: "columnheader",
          class: column.id === "height" ? "stays" : column.isWords === true ? "words" : false,
        },
        ...headerText(column),
      ),
    ),
  );
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
