// What the "?" buttons of the network's tiles open.

import { byId, setText } from "../lib/dom";
import type { DifficultyJson } from "../model/api-types";
import { steadyHashprice } from "../model/now";
import type { UsdPerPhDay } from "../model/units";
import type { Section } from "../state";
import { adjustmentRange, afterAdjustment, nextHalving } from "../words/explanations";
import html from "./explanation-panels.html?raw";

export function explanationPanels(): Section {
  byId("now").insertAdjacentHTML("beforeend", html);
  return {
    show({ difficulty, summary }) {
      if (difficulty === null) return;
      setText(byId("halving"), nextHalving(difficulty.halving.blocks_left));
      setText(byId("after-retarget"), forecastText(difficulty.retarget, steadyHashprice(summary).usd));
    },
  };
}

function forecastText(retarget: DifficultyJson["retarget"], hashprice: UsdPerPhDay | null): string {
  const { change, change_low, change_high } = retarget ?? { change: null, change_low: null, change_high: null };
  if (change === null || change_low === null || change_high === null) return "";
  const range = adjustmentRange(change_low, change_high);
  return hashprice === null ? range : `${afterAdjustment(hashprice / (1 + change))} ${range}`;
}
