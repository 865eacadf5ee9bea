// The "?" buttons of the network's tiles: what they open is loaded after the first view.

import { byId } from "../lib/dom";
import type { Section } from "../state";
import { lazySection, loadedWhenIdle } from "./lazy-section";

export function explanations(): Section {
  const panels = lazySection(async () => (await import("./explanation-panels")).explanationPanels());
  // Once a panel exists, its button opens it without this.
  byId("network").addEventListener("click", async ({ target }) => {
    const source = (target as Element).closest<HTMLElement>(".explain");
    const id = source?.getAttribute("popovertarget") ?? null;
    if (source === null || id === null || document.getElementById(id) !== null) return;
    await panels.load();
    byId(id).showPopover({ source });
  });
  return loadedWhenIdle(panels, panels.load);
}
