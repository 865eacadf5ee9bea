// Whether the data shown are up to date (loading, fresh, recorded, stale or out of reach), and how
// old they are.

import { byId, find, setText } from "../dom";
import { duration, minute, whole } from "../format";
import type { Section, State } from "../state";
import { MINUTE_MS, SECOND_MS, type UnixMs } from "../units";

/** The line below the header, and the age in the newest block's tile. */
export function statusLine(): Section {
  const line = byId("status-line");
  let shown: State | null = null;

  function tick(): void {
    if (shown !== null) showAges(shown, Date.now() as UnixMs);
  }

  setInterval(tick, SECOND_MS);
  return {
    show(state) {
      shown = state;
      const { name, words } = describeStatus(state);
      line.dataset.status = name;
      setText(byId("status-text"), words);
      tick();
    },
  };
}

/** `name` is for the style sheet, `words` are for the user. */
export function describeStatus({ lastError, summary, status }: Pick<State, "lastError" | "summary" | "status">): {
  name: string;
  words: string;
} {
  if (lastError !== null) {
    const again = lastError.kind === "refused" ? "" : " Trying again every 10 seconds.";
    const words =
      summary === null
        ? sentence(`Nothing to show yet: ${lastError.message}`)
        : `${sentence(`Not up to date: ${lastError.message}`)} What is shown was true before.`;
    return { name: lastError.kind, words: words + again };
  }
  if (summary === null || status === null) return { name: "loading", words: "Loading" };
  const late = status.prices.why === null ? "" : sentence(capitalized(status.prices.why));
  if (status.stale) {
    const words = sentence(`Stale: ${status.why ?? "newer blocks are late"}`);
    return { name: "stale", words: late === "" ? words : `${words} ${late}` };
  }
  if (late !== "") return { name: "stale", words: late };
  if (status.recorded)
    return {
      name: "recorded",
      words: "Recorded blocks and prices, sixty times as fast. Set BITCOIN_RPC_URL to follow a node.",
    };
  return { name: "fresh", words: `Up to date with block ${whole(summary.block.height)}.` };
}

function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function sentence(words: string): string {
  return /[.?!]$/.test(words) ? words : `${words}.`;
}

function showAges({ summary, status, refreshedAt, lastError, view }: State, now: UnixMs): void {
  if (summary === null || status === null || refreshedAt === null) return;
  const since = Math.max(0, now - refreshedAt);
  const time = minute(Date.parse(summary.block.time) as UnixMs, view.time);
  const age = status.recorded ? time : `${duration(status.tip.age_seconds * SECOND_MS + since)} ago`;
  setText(find(byId("network"), '[data-field="age"]'), age);
  setText(byId("status-age"), lastError !== null || MINUTE_MS < since ? `Last heard of ${duration(since)} ago.` : "");
}
