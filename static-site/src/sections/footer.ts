// The footer.

import { byId, setText } from "../dom";
import { sourceName } from "../format";
import type { Section } from "../state";

/** The line that names the price source. */
export function priceSource(): Section {
  return {
    show({ summary }) {
      if (summary === null) return;
      const { price_source } = summary;
      setText(
        byId("source"),
        price_source === null
          ? "No price is known for the newest block."
          : `Prices of bitcoin: ${sourceName(price_source)}. Blocks: a Bitcoin node.`,
      );
    },
  };
}
