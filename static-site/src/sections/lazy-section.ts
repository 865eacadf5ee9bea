// Sections whose code is loaded when it is needed, not with the page.

import { byId, setText } from "../lib/dom";
import { SECOND_MS } from "../model/units";
import type { Section, State } from "../state";
import { NOT_LOADED } from "../words/page";

export type LazySection = Section & {
  /** Loads the section, at its first call, and shows the state that the page is in. */
  readonly load: () => Promise<void>;
};

/** `failed` is called if the code cannot be loaded: browsers do not load it again before the page is reloaded. */
export function lazySection(make: () => Promise<Section>, failed: () => null = () => null): LazySection {
  let shown: State | null = null;
  let section: Section | null = null;
  let loading: Promise<void> | null = null;

  async function load(): Promise<void> {
    section = await make().catch(failed);
    if (shown !== null) section?.show(shown);
  }

  return {
    load: () => {
      loading ??= load();
      return loading;
    },
    show(state) {
      shown = state;
      section?.show(state);
    },
  };
}

const NEAR = "300px";

const IDLE_MS = 5 * SECOND_MS;

/**
 * A section that is made when the element with this id is near the window, if not before. `message` is the element
 * that says "Loading".
 */
export function sectionWhenNear(id: string, message: string, load: () => Promise<() => Section>): Section {
  let loading: Promise<() => Section> | null = null;
  const code = () => {
    loading ??= load();
    return loading;
  };
  const section = lazySection(
    async () => (await code())(),
    () => {
      setText(byId(message), NOT_LOADED);
      return null;
    },
  );
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      void section.load();
    },
    { rootMargin: NEAR },
  );
  observer.observe(byId(id));
  // A failure is shown in the section's place, once the user scrolls there.
  return loadedWhenIdle(section, () => code().catch(() => {}));
}

/** Loads code some seconds after the first state in any case, because the server may be out of reach later. */
export function loadedWhenIdle(section: Section, load: () => Promise<unknown>): Section {
  let isFirst = true;
  return {
    show(state) {
      if (isFirst) setTimeout(load, IDLE_MS);
      isFirst = false;
      section.show(state);
    },
  };
}
