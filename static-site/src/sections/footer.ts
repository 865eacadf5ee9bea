// The footer.

import { byId, setText } from "../lib/dom";
import { sourceName } from "../lib/format";
import type { StatusJson } from "../model/api-types";
import type { Section } from "../state";
import * as words from "../words/page";

/** The line that names the price source, and says if blocks are missing. */
export function sourceLine(): Section {
  return {
    show({ summary, status }) {
      if (summary === null) return;
      const { price_source } = summary;
      const source = price_source === null ? words.NO_PRICE_SOURCE : words.priceSource(sourceName(price_source));
      const missing = status === null ? 0 : missingBlocks(status);
      const gap =
        status === null || missing === 0
          ? ""
          : words.missingBlocks(missing, status.lake.first_height, status.tip.height);
      setText(byId("source"), `${source} ${gap}`.trim());
    },
  };
}

/** How many blocks the data lack between the first and the latest one. */
export function missingBlocks({ lake, tip }: Pick<StatusJson, "lake" | "tip">): number {
  return Math.max(0, tip.height - lake.first_height + 1 - lake.blocks);
}
