// What the first view requests from the API.

import { seriesPath } from "./model/time-range";
import type { View } from "./model/view";

/** Without the series if its path depends on the newest block, or nothing shows it. */
export function firstPaths(view: View): readonly string[] {
  const series = seriesPath(view, null);
  return [...(series === null ? [] : [series]), "/summary", "/status", "/asics"];
}
