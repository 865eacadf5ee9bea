// Entry point: requests the data of the first view before the code that shows it is loaded.

import { holdFirstPaint, releaseFirstPaint } from "./first-paint";
import { prefetchJson } from "./lib/api";
import { seriesPath } from "./model/time-range";
import { parseView } from "./model/view";

/** For how long the loaded page waits for its data before it is shown without them. */
const HELD_MS = 200;

const view = parseView(location.search);
const series = seriesPath(view, null);
for (const path of [series, "/summary", "/status", "/asics"]) {
  if (path !== null && !document.hidden) prefetchJson(view.api, path);
}
holdFirstPaint();
// The first number format takes a browser much longer than any other: it is made while the page's code is on its way.
Intl.NumberFormat();
void import("./page").finally(() => setTimeout(releaseFirstPaint, HELD_MS));
