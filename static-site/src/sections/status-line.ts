// Whether the data shown are up to date (loading, fresh, recorded, stale or out of reach), and how
// old they are.

import { byId, find, setText } from "../lib/dom";
import { duration, minute, zoneName } from "../lib/format";
import { type DataAge, dataAge } from "../model/data-age";
import { MINUTE_MS, SECOND_MS, type UnixMs } from "../model/units";
import { isWithoutData, type Section, type State } from "../state";
import * as words from "../words/now";

/** The heading above the tiles, the line beside it, and the age in the latest block's tile. */
export function statusLine(): Section {
  const line = byId("status-line");
  let shown: State | null = null;

  function tick(): void {
    if (shown === null) return;
    const age = dataAge(shown, Date.now() as UnixMs);
    const { name, words: text } = describeStatus(shown, age);
    line.dataset.status = name;
    setText(byId("status-text"), text);
    const isStale = name === "stale";
    byId("status-link").hidden = !isStale;
    setText(byId("status-link"), isStale ? words.STATUS_LINK : "");
    // The style sheet takes the colours of profit and loss from data that are not live.
    document.documentElement.dataset.age = age?.kind ?? "live";
    setText(byId("now-title"), isWithoutData(shown) ? words.NO_DATA : words.nowTitle(age, shown.view.time));
    showAges(shown, Date.now() as UnixMs);
  }

  setInterval(tick, SECOND_MS);
  return {
    show(state) {
      shown = state;
      tick();
    },
  };
}

/** `name` is for the style sheet, `words` are for the user. */
export function describeStatus(
  { lastError, summary, status, view }: Pick<State, "lastError" | "summary" | "status" | "view">,
  age: DataAge | null,
): { name: string; words: string } {
  if (lastError !== null) {
    const { kind, message } = lastError;
    const what =
      kind === "refused" ? sentence(message) : kind === "offline" ? offlineWords() : words.serverProblem(message);
    return { name: kind, words: kind === "refused" ? what : `${what} ${words.RETRYING}` };
  }
  if (summary === null || status === null || age === null) return { name: "loading", words: words.LOADING };
  if (age.kind === "demo") {
    const said = words.demoStatus(summary.block.height);
    if (!status.stale) return { name: "recorded", words: said };
    const isLoading = status.last_ingest === null || 0 < (status.behind_blocks ?? 0);
    return isLoading
      ? { name: "recorded", words: `${said} ${words.DEMO_LOADS}` }
      : { name: "stale", words: `${said} ${words.BLOCKS_ARE_LATE}` };
  }
  if (age.kind === "live") return { name: "fresh", words: words.upToDate(summary.block.height) };
  const { newest, why } = status.prices;
  const ofBlocks = age.areBlocksOld ? [words.dataAreOld(age.blockAgeMs)] : status.stale ? [words.BLOCKS_ARE_LATE] : [];
  const ofPrices =
    why === null ? [] : [words.priceIsOld(newest === null ? null : (Date.parse(newest) as UnixMs), view.time)];
  return { name: "stale", words: [...ofBlocks, ...ofPrices].join(" ") };
}

function offlineWords(): string {
  return navigator.onLine === false ? words.DEVICE_OFFLINE : words.SERVER_UNREACHABLE;
}

function sentence(text: string): string {
  const capitalized = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(text) ? capitalized : `${capitalized}.`;
}

function showAges({ summary, status, refreshedAt, lastError, view }: State, now: UnixMs): void {
  if (summary === null || status === null || refreshedAt === null) return;
  const since = Math.max(0, now - refreshedAt);
  const blockTime = Date.parse(summary.block.time) as UnixMs;
  const time = `${minute(blockTime, view.time)} ${zoneName(blockTime, view.time)}`;
  const age = status.recorded ? time : `${duration(status.tip.age_seconds * SECOND_MS + since)} ago`;
  setText(find(byId("network"), '[data-field="age"]'), age);
  const isLate = lastError !== null || MINUTE_MS < since;
  setText(byId("status-age"), isLate ? words.showingOlderData(duration(since)) : "");
}
