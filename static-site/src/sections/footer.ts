// The footer.

import { byId, setText } from "../lib/dom";
import { sourceName } from "../lib/format";
import type { Section } from "../state";
import * as words from "../words/page";

/** The line that names the price source. */
export function priceSource(): Section {
  return {
    show({ summary }) {
      if (summary === null) return;
      const { price_source } = summary;
      setText(
        byId("source"),
        price_source === null ? words.NO_PRICE_SOURCE : words.priceSource(sourceName(price_source)),
      );
    },
  };
}
