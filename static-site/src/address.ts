// The address bar: it says the view, and the browser's way back leads through its ranges.

import { type View, toQuery } from "./view";

const SETTLED_MS = 250; // Browsers refuse an address that changes with every key that is pressed.

let pending: ReturnType<typeof setTimeout> | undefined;

/** Writes the view into the address: as a place that one comes back to, or as how things look at this one. */
export function writeAddress(view: View, as: "place" | "look"): void {
  clearTimeout(pending);
  const url = `${location.pathname}${toQuery(view)}${location.hash}`;
  if (as === "place") history.pushState(null, "", url);
  else pending = setTimeout(() => history.replaceState(null, "", url), SETTLED_MS);
}

/** Calls back when the reader goes back or forward. */
export function onAddress(read: () => void): void {
  addEventListener("popstate", () => {
    clearTimeout(pending);
    read();
  });
}
