// What a picture says of the data's origin once it has left the page.

import { byId } from "./dom";
import { RECORDED } from "./words/now";

/** The source of the prices, and whether the data are a recording. */
export function provenance(): string {
  const recorded = document.documentElement.dataset.age === "demo" ? [RECORDED] : [];
  return [...recorded, byId("source").textContent].join(" ").trim();
}
