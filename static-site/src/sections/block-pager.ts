// Which page of blocks is shown, loading or failed, how each event changes that, and where the buttons lead.

import type { BlockJson, BlocksJson, StatusJson } from "../model/api-types";

export const BLOCKS_PER_PAGE = 20;

/** The API, and the lowest height on the page; null for the newest blocks. */
export type BlockPage = { readonly api: string; readonly fromHeight: number | null };

export type BlockPager = {
  /** The page of the view. */
  readonly page: BlockPage;
  readonly status: Pick<StatusJson, "tip" | "lake"> | null;
  /** The page that is shown, or was shown before another was requested; its highest block is first. */
  readonly loaded: (BlockPage & { readonly first: number; readonly blocks: readonly BlockJson[] }) | null;
  /** Each request is an object of its own. */
  readonly pending: BlockPage | null;
  readonly failed: (BlockPage & { readonly message: string }) | null;
  /** Hash of the newest block for which a reorg was reloaded. */
  readonly reloadedFor: string | null;
};

export type BlockPagerEvent =
  | { readonly type: "view"; readonly page: BlockPage; readonly status: BlockPager["status"] }
  | { readonly type: "reload" }
  | { readonly type: "loaded"; readonly request: BlockPage; readonly json: BlocksJson }
  | { readonly type: "failed"; readonly request: BlockPage; readonly message: string };

export const NO_PAGE: BlockPager = {
  page: { api: "", fromHeight: null },
  status: null,
  loaded: null,
  pending: null,
  failed: null,
  reloadedFor: null,
};

/**
 * The state after an event. If `pending` is not the same object as before, the caller aborts the previous request and
 * starts this one.
 */
export function afterEvent(pager: BlockPager, event: BlockPagerEvent): BlockPager {
  if (event.type === "reload") return requested(pager);
  if (event.type === "view") return settled(ofPage({ ...pager, page: event.page, status: event.status }));
  const { request } = event;
  if (request !== pager.pending) return pager;
  if (event.type === "loaded") {
    const { first_height, blocks } = event.json;
    return settled({
      ...pager,
      pending: null,
      loaded: { ...request, first: first_height, blocks: blocks.toReversed() },
    });
  }
  return {
    ...pager,
    pending: null,
    failed: { ...request, message: event.message },
    loaded: isPage(pager.loaded, request) ? pager.loaded : null,
  };
}

/** Drops the request for another page, and its error. */
function ofPage(pager: BlockPager): BlockPager {
  const { page, pending, failed } = pager;
  return { ...pager, pending: isPage(pending, page) ? pending : null, failed: isPage(failed, page) ? failed : null };
}

/** Requests the page if it is not loaded, or if a reorg has replaced a block of it. */
function settled(pager: BlockPager): BlockPager {
  if (pager.pending !== null || pager.failed !== null) return pager;
  if (!isPage(pager.loaded, pager.page)) return requested(pager);
  return isReplaced(pager) ? { ...requested(pager), reloadedFor: pager.status?.tip.hash ?? null } : pager;
}

function requested(pager: BlockPager): BlockPager {
  return { ...pager, pending: { ...pager.page }, failed: null };
}

/** Whether a block that is shown is no longer in the chain. True at most once for each newest block. */
function isReplaced({ status, loaded, reloadedFor }: BlockPager): boolean {
  if (status === null || loaded === null || status.tip.hash === reloadedFor) return false;
  const { tip } = status;
  const sameHeight = loaded.blocks.find(({ height }) => height === tip.height);
  if (sameHeight !== undefined) return sameHeight.hash !== tip.hash;
  return loaded.fromHeight === null && tip.height < (loaded.blocks.at(-1)?.height ?? 0);
}

function isPage(page: BlockPage | null, view: BlockPage): boolean {
  return page !== null && page.api === view.api && page.fromHeight === view.fromHeight;
}

export function tipHeight({ status, loaded }: BlockPager): number {
  return Math.max(status?.tip.height ?? 0, loaded?.blocks[0]?.height ?? 0);
}

/** Lowest height of the data. */
export function firstHeight({ status, loaded }: BlockPager): number {
  return status?.lake.first_height ?? loaded?.first ?? 0;
}

/** Lowest height of the view's page, limited to one page beyond the blocks of the data. */
function lowestHeight(pager: BlockPager): number {
  const [first, tip] = [firstHeight(pager), tipHeight(pager)];
  const height = pager.page.fromHeight ?? pager.loaded?.blocks.at(-1)?.height ?? tip - BLOCKS_PER_PAGE + 1;
  return Math.min(Math.max(height, first - BLOCKS_PER_PAGE), tip + 1);
}

/** How many more blocks the page would have if it was loaded now; 0 while it is loading. */
export function newBlocks(pager: BlockPager): number {
  const { page, loaded, pending } = pager;
  if (pending !== null || loaded === null || !isPage(loaded, page)) return 0;
  const [first, tip] = [firstHeight(pager), tipHeight(pager)];
  const highest = page.fromHeight === null ? tip : Math.min(tip, page.fromHeight + BLOCKS_PER_PAGE - 1);
  const shown = loaded.blocks[0]?.height ?? Math.max(first, page.fromHeight ?? 0) - 1;
  return highest < first ? 0 : Math.max(0, highest - shown);
}

export const MOVES = ["newest", "newer", "older", "first"] as const;
export type Move = (typeof MOVES)[number];

/** Whether a move leads to blocks that are not shown. */
export function canMove(pager: BlockPager, move: Move): boolean {
  const isNewest = pager.page.fromHeight === null;
  if (move === "newest") return !isNewest || 0 < newBlocks(pager);
  if (move === "newer") return !isNewest;
  const hasOlder = firstHeight(pager) < lowestHeight(pager);
  return move === "older" ? hasOlder : hasOlder || (pager.loaded?.blocks.length ?? 0) === 0;
}

/**
 * The lowest height of the page that a move leads to; null if that is the newest page. Always a full page, so the last
 * one may repeat some blocks.
 */
export function heightAfter(pager: BlockPager, move: Move): number | null {
  const [first, lowest] = [firstHeight(pager), lowestHeight(pager)];
  if (move === "newest") return null;
  if (move === "newer") return fullPage(lowest + BLOCKS_PER_PAGE, pager);
  return move === "older" ? Math.max(first, lowest - BLOCKS_PER_PAGE) : first;
}

/** The page with this height as its first row, within the blocks of the data; null if that is the newest page. */
export function heightOfPage(pager: BlockPager, height: number): number | null {
  return fullPage(Math.max(firstHeight(pager), height - BLOCKS_PER_PAGE + 1), pager);
}

function fullPage(lowest: number, pager: BlockPager): number | null {
  return tipHeight(pager) <= lowest + BLOCKS_PER_PAGE - 1 ? null : lowest;
}
