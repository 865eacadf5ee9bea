// Entry point: requests the data of the first view before the code that shows it is loaded.

import { prefetchJson } from "./lib/api";
import { seriesPath } from "./model/time-range";
import { parseView } from "./model/view";

const view = parseView(location.search);
const series = seriesPath(view, null);
for (const path of [series, "/summary", "/status", "/asics"]) {
  if (path !== null && !document.hidden) prefetchJson(view.api, path);
}
// The first number format takes a browser much longer than any other: it is made while the page's code is on its way.
Intl.NumberFormat();
void import("./page");
