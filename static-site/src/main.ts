// Entry point: requests the data of the first view before the code that shows it is loaded.

import { firstPaths } from "./first-paths";
import { prefetchJson } from "./lib/api";
import { parseView } from "./model/view";

const view = parseView(location.search);
if (!document.hidden) for (const path of firstPaths(view)) prefetchJson(view.api, path);
// The first number format takes a browser much longer than any other: it is made while the page's code is on its way.
Intl.NumberFormat();
void import("./page");
