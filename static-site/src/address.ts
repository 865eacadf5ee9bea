// The address bar: its URL describes the view, and the browser's back button returns to earlier
// time ranges.

import { toQuery, type View } from "./model/view";

// Browsers limit how often a page may change its URL, so not at every key press.
const WRITE_DELAY_MS = 250;

let pending: ReturnType<typeof setTimeout> | undefined;
let pendingUrl: string | null = null;

/** Writes the view into the URL: "push" adds a history entry, "replace" changes the current one. */
export function writeAddress(view: View, how: "push" | "replace"): void {
  const url = `${location.pathname}${toQuery(view)}${location.hash}`;
  if (how === "push") {
    flush(); // Save the pending changes in the entry that is left now.
    history.pushState(null, "", url);
    return;
  }
  clearTimeout(pending);
  pendingUrl = url;
  pending = setTimeout(flush, WRITE_DELAY_MS);
}

function flush(): void {
  clearTimeout(pending);
  if (pendingUrl !== null) history.replaceState(null, "", pendingUrl);
  pendingUrl = null;
}

/** Calls `read` when the user goes back or forward. */
export function onHistory(read: () => void): void {
  addEventListener("popstate", () => {
    clearTimeout(pending);
    pendingUrl = null;
    read();
  });
}
