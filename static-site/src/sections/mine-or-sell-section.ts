// Mine or sell: what reads the prices is here from the start; what shows their result is loaded when
// there are prices.

import { byId } from "../lib/dom";
import type { ResultSection } from "../sell/result-section";
import type { Choose, Section, State } from "../state";
import { NO_RESULT } from "../words/files";
import { powerFileSection } from "./power-file-section";

export function mineOrSellSection(choose: Choose): Section {
  let state: State | null = null;
  let loaded: Promise<ResultSection> | null = null;

  /** A failed load is tried again the next time. */
  async function withResult(use: (result: ResultSection) => void): Promise<void> {
    loaded ??= import("../sell/result-section").then(({ resultSection }) => resultSection(choose));
    try {
      const result = await loaded;
      if (state !== null) result.show(state);
      use(result);
    } catch {
      loaded = null;
      byId("sell-problem").textContent = NO_RESULT;
    }
  }

  const file = powerFileSection(choose, (prices) => {
    if (prices !== null || loaded !== null)
      void withResult((result) => result.setPrices(prices && { ...prices, isMadeUp: false }));
  });
  byId("sell-example").addEventListener("click", () => {
    file.close();
    void withResult((result) => result.tryExample());
  });

  return {
    show(next) {
      state = next;
      file.show(next);
      void loaded?.then(
        (result) => result.show(next),
        () => {},
      );
    },
  };
}
