import { describe, expect, test } from "vitest";
import type { BlocksJson } from "../model/api-types";
import { BLOCK, STATUS } from "../testing";
import {
  afterEvent,
  type BlockPage,
  type BlockPager,
  type BlockPagerEvent,
  canMove,
  heightAfter,
  heightOfPage,
  NO_PAGE,
  newBlocks,
} from "./block-pager";

const NEWEST: BlockPage = { api: "", fromHeight: null };
const hashOf = (height: number, branch = "a") => `${height}${branch}`;
const status = (tip: number, first = 100, hash = hashOf(tip)): typeof STATUS => ({
  ...STATUS,
  tip: { ...STATUS.tip, height: tip, hash },
  lake: { ...STATUS.lake, first_height: first },
});
/** The API's response with these heights. */
const blocks = (from: number, to: number): BlocksJson => ({
  first_height: 100,
  last_height: to,
  blocks: Array.from({ length: to - from + 1 }, (_, at) => ({ ...BLOCK, height: from + at, hash: hashOf(from + at) })),
});
const view = (page: BlockPage, tip: BlockPager["status"] = status(1_000)): BlockPagerEvent => ({
  type: "view",
  page,
  status: tip,
});
const loaded = (request: BlockPage | null, json: BlocksJson): BlockPagerEvent => ({
  type: "loaded",
  request: request ?? NEWEST,
  json,
});
const failed = (request: BlockPage | null): BlockPagerEvent => ({
  type: "failed",
  request: request ?? NEWEST,
  message: "no",
});
const reduced = (events: readonly BlockPagerEvent[], pager = NO_PAGE) => events.reduce(afterEvent, pager);
const heights = ({ loaded }: BlockPager) => loaded?.blocks.map(({ height }) => height) ?? null;

/** The pager that shows a page of this view. */
function showing(page: BlockPage, tip: BlockPager["status"], json: BlocksJson): BlockPager {
  const asked = reduced([view(page, tip)]);
  return afterEvent(asked, loaded(asked.pending, json));
}

describe("a page", () => {
  test("is requested once, and shown when it is loaded, the highest block first", () => {
    const asked = reduced([view(NEWEST)]);
    const again = afterEvent(asked, view(NEWEST));
    const shown = afterEvent(again, loaded(again.pending, blocks(998, 1_000)));

    expect(asked.pending).toEqual(NEWEST);
    expect(again.pending).toBe(asked.pending);
    expect(heights(shown)).toEqual([1_000, 999, 998]);
    expect(shown).toMatchObject({ pending: null, failed: null });
    expect(afterEvent(shown, view(NEWEST)).pending).toBeNull();
  });

  test("stays until the next one is loaded, whose request replaces an earlier one", () => {
    const shown = showing(NEWEST, status(1_000), blocks(981, 1_000));
    const first = afterEvent(shown, view({ api: "", fromHeight: 961 }));
    const second = afterEvent(first, view({ api: "", fromHeight: 941 }));
    const late = afterEvent(second, loaded(first.pending, blocks(961, 980)));

    expect(heights(first)?.[0]).toBe(1_000);
    expect(second.pending).toEqual({ api: "", fromHeight: 941 });
    expect(late).toBe(second);
    expect(heights(afterEvent(late, loaded(late.pending, blocks(941, 960))))?.[0]).toBe(960);
  });

  test("of another API is another page", () => {
    const shown = showing(NEWEST, status(1_000), blocks(981, 1_000));

    expect(afterEvent(shown, view({ api: "https://example.org", fromHeight: null })).pending).not.toBeNull();
  });

  test("that is left while it is loading is not requested any more if the one before is shown again", () => {
    const shown = showing(NEWEST, status(1_000), blocks(981, 1_000));
    const back = reduced([view({ api: "", fromHeight: 961 }), view(NEWEST)], shown);

    expect(back.pending).toBeNull();
    expect(heights(back)?.[0]).toBe(1_000);
  });
});

describe("a failed request", () => {
  test("is not tried again by itself, but by the user, or for another page", () => {
    const asked = reduced([view(NEWEST)]);
    const stopped = afterEvent(asked, failed(asked.pending));
    const again = afterEvent(stopped, { type: "reload" });

    expect(stopped).toMatchObject({ pending: null, failed: { message: "no" }, loaded: null });
    expect(afterEvent(stopped, view(NEWEST)).pending).toBeNull();
    expect(again).toMatchObject({ pending: NEWEST, failed: null });
    expect(afterEvent(stopped, view({ api: "", fromHeight: 500 }))).toMatchObject({
      pending: { fromHeight: 500 },
      failed: null,
    });
  });

  test("leaves the same page shown, and no other", () => {
    const shown = showing(NEWEST, status(1_000), blocks(981, 1_000));
    const reloading = afterEvent(shown, { type: "reload" });
    const other = afterEvent(shown, view({ api: "", fromHeight: 500 }));

    expect(heights(afterEvent(reloading, failed(reloading.pending)))?.[0]).toBe(1_000);
    expect(heights(afterEvent(other, failed(other.pending)))).toBeNull();
  });

  test("that was replaced by another does not count", () => {
    const asked = reduced([view(NEWEST)]);
    const again = afterEvent(asked, { type: "reload" });

    expect(again.pending).not.toBe(asked.pending);
    expect(afterEvent(again, failed(asked.pending))).toBe(again);
  });
});

describe("a reorg", () => {
  const shown = showing(NEWEST, status(1_000), blocks(981, 1_000));

  test("that replaces a block of the page reloads it, once for each newest block", () => {
    const reloading = afterEvent(shown, view(NEWEST, status(1_000, 100, "1000b")));
    const stillOld = afterEvent(reloading, loaded(reloading.pending, blocks(981, 1_000)));

    expect(reloading.pending).not.toBeNull();
    expect(stillOld.pending).toBeNull();
    expect(afterEvent(stillOld, view(NEWEST, status(1_000, 100, "1000c"))).pending).not.toBeNull();
  });

  test("below all blocks of the newest page reloads it too", () => {
    expect(afterEvent(shown, view(NEWEST, status(980))).pending).not.toBeNull();
  });

  test("above the page, or with the block that is shown, changes nothing", () => {
    expect(afterEvent(shown, view(NEWEST, status(1_003))).pending).toBeNull();
    expect(afterEvent(shown, view(NEWEST, status(990))).pending).toBeNull();
  });
});

describe("moves", () => {
  const at = (fromHeight: number | null, tip: number, first = 100) =>
    reduced([view({ api: "", fromHeight }, status(tip, first))]);

  test("go down to the first block of the data", () => {
    expect(heightAfter(at(500, 1_000), "older")).toBe(480);
    expect(heightAfter(at(110, 1_000), "older")).toBe(100);
    expect(heightAfter(at(500, 1_000), "first")).toBe(100);
    expect([canMove(at(101, 1_000), "older"), canMove(at(100, 1_000), "older")]).toEqual([true, false]);
  });

  test("go up to the newest page, which has no height of its own", () => {
    expect(heightAfter(at(900, 1_000), "newer")).toBe(920); // 920 to 939
    expect(heightAfter(at(960, 1_000), "newer")).toBe(980); // 980 to 999, without block 1000
    expect(heightAfter(at(961, 1_000), "newer")).toBeNull(); // 981 to 1000
    expect(heightAfter(at(500, 1_000), "newest")).toBeNull();
    expect([canMove(at(961, 1_000), "newer"), canMove(at(null, 1_000), "newer")]).toEqual([true, false]);
  });

  test("from a page far outside of the data lead into them", () => {
    expect(heightAfter(at(0, 1_000), "newer")).toBe(100);
    expect(heightAfter(at(9_999_999, 1_000), "older")).toBe(981);
  });

  test("to a height make it the first row, if the data have enough blocks", () => {
    const pager = at(null, 1_000);

    expect(heightOfPage(pager, 500)).toBe(481); // 500 down to 481
    expect(heightOfPage(pager, 105)).toBe(100);
    expect(heightOfPage(pager, 5)).toBe(100);
    expect(heightOfPage(pager, 1_000)).toBeNull();
    expect(heightOfPage(pager, 5_000)).toBeNull();
  });
});

describe("new blocks", () => {
  /** Shows these blocks from a height, and then learns of this tip. */
  const counted = (fromHeight: number | null, json: BlocksJson, tip: number) => {
    const page = { api: "", fromHeight };
    return newBlocks(afterEvent(showing(page, status(json.last_height), json), view(page, status(tip))));
  };

  test("are all higher ones on the newest page", () => {
    expect(counted(null, blocks(981, 1_000), 1_000)).toBe(0);
    expect(counted(null, blocks(981, 1_000), 1_003)).toBe(3);
    expect(counted(null, blocks(981, 1_000), 998)).toBe(0);
  });

  test("are those that fit on another page", () => {
    expect(counted(990, blocks(990, 1_000), 1_003)).toBe(3);
    expect(counted(990, blocks(990, 1_009), 1_050)).toBe(0);
    expect(counted(1_005, { ...blocks(1, 0), last_height: 1_000 }, 1_003)).toBe(0);
    expect(counted(1_005, { ...blocks(1, 0), last_height: 1_000 }, 1_006)).toBe(2); // 1005 and 1006
  });

  test("are not counted while the page is loading, and make the newest page worth another request", () => {
    const behind = afterEvent(showing(NEWEST, status(1_000), blocks(981, 1_000)), view(NEWEST, status(1_002)));

    expect(canMove(behind, "newest")).toBe(true);
    expect(newBlocks(afterEvent(behind, { type: "reload" }))).toBe(0);
    expect(canMove(showing(NEWEST, status(1_000), blocks(981, 1_000)), "newest")).toBe(false);
  });
});
