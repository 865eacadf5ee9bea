// What a picture says about the origin of its data, because it is also seen outside of the page.

import { byId } from "./lib/dom";
import { RECORDED } from "./words/now";

/** The source of the prices, and whether the data are a recording. */
export function provenance(): string {
  const recorded = document.documentElement.dataset.age === "demo" ? [RECORDED] : [];
  return [...recorded, byId("source").textContent].join(" ").trim();
}
