// Whether what is shown is what is: loading, fresh, recorded, stale, or out of reach. And how old it is.

import { byId, find, setText } from "../dom";
import { duration, minute, whole } from "../format";
import type { Section, State } from "../state";
import { MINUTE_MS, SECOND_MS, type UnixMs } from "../units";

/** The line below the header, and the age in the tile of the newest block. */
export function condition(): Section {
  const line = byId("condition");
  let shown: State | null = null;

  function tick(): void {
    if (shown !== null) showAges(shown, Date.now() as UnixMs);
  }

  setInterval(tick, SECOND_MS);
  return {
    show(state) {
      shown = state;
      const { name, words } = conditionOf(state);
      line.dataset.condition = name;
      setText(byId("condition-text"), words);
      tick();
    },
  };
}

/** In one word for the style sheet, and in words for the reader. */
export function conditionOf({ trouble, summary, status }: Pick<State, "trouble" | "summary" | "status">): {
  name: string;
  words: string;
} {
  if (trouble !== null) {
    const again = trouble.kind === "refused" ? "" : " Trying again every 10 seconds.";
    const words =
      summary === null
        ? sentence(`Nothing to show yet: ${trouble.message}`)
        : `${sentence(`Not up to date: ${trouble.message}`)} What is shown was true before.`;
    return { name: trouble.kind, words: words + again };
  }
  if (summary === null || status === null) return { name: "loading", words: "Loading" };
  if (status.stale) return { name: "stale", words: sentence(`Stale: ${status.why ?? "newer blocks are late"}`) };
  if (status.recorded)
    return {
      name: "recorded",
      words: "Recorded blocks and prices, sixty times as fast. Set BITCOIN_RPC_URL to follow a node.",
    };
  return { name: "fresh", words: `Up to date with block ${whole(summary.block.height)}.` };
}

function sentence(words: string): string {
  return /[.?!]$/.test(words) ? words : `${words}.`;
}

function showAges({ summary, status, heardAt, trouble, view }: State, now: UnixMs): void {
  if (summary === null || status === null || heardAt === null) return;
  const since = Math.max(0, now - heardAt);
  const time = minute(Date.parse(summary.block.time) as UnixMs, view.time);
  const age = status.recorded ? time : `${duration(status.tip.age_seconds * SECOND_MS + since)} ago`;
  setText(find(byId("network"), '[data-field="age"]'), age);
  setText(byId("condition-age"), trouble !== null || MINUTE_MS < since ? `Last heard of ${duration(since)} ago.` : "");
}
