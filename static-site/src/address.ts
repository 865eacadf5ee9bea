// The address bar: it says the view, and the browser's way back leads through its ranges.

import { toQuery, type View } from "./view";

const WRITE_DELAY_MS = 250; // Browsers refuse an address that changes with every key that is pressed.

let pending: ReturnType<typeof setTimeout> | undefined;
let pendingUrl: string | null = null;

/** Writes the view into the address: as a place that one comes back to, or as how things look at this one. */
export function writeAddress(view: View, how: "push" | "replace"): void {
  const url = `${location.pathname}${toQuery(view)}${location.hash}`;
  if (how === "push") {
    flush(); // How the place looked that is left now.
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

/** Calls back when the reader goes back or forward. */
export function onHistory(read: () => void): void {
  addEventListener("popstate", () => {
    clearTimeout(pending);
    pendingUrl = null;
    read();
  });
}
