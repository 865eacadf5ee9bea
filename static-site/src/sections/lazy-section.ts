// Sections whose code is loaded when it is needed, not with the page.

import { byId } from "../dom";
import type { Section, State } from "../state";

export type LazySection = Section & {
  /** Loads the section, at its first call, and shows the state that the page is in. */
  readonly load: () => void;
};

export function lazySection(make: () => Promise<Section>): LazySection {
  let shown: State | null = null;
  let section: Section | null = null;
  let isRequested = false;

  async function load(): Promise<void> {
    isRequested = true;
    section = await make();
    if (shown !== null) section.show(shown);
  }

  return {
    load: () => {
      if (!isRequested) void load();
    },
    show(state) {
      shown = state;
      section?.show(state);
    },
  };
}

const NEAR = "300px";

/** A section that is loaded when the element with this id is near the window. */
export function sectionWhenNear(id: string, make: () => Promise<Section>): Section {
  const section = lazySection(make);
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      section.load();
    },
    { rootMargin: NEAR },
  );
  observer.observe(byId(id));
  return section;
}
