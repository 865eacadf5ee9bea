// Helpers that several tests share.

import { vi } from "vitest";

/**
 * Pseudo-random numbers from 0 to below 1, the same in every run (the generator of Numerical
 * Recipes).
 */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/**
 * Makes Intl format as a browser with this locale and time zone does, until
 * `vi.unstubAllGlobals()`.
 */
export function readAs(locale: string, timeZone: string): void {
  const { NumberFormat, DateTimeFormat } = Intl;
  class Numbers extends NumberFormat {
    constructor(locales?: Intl.LocalesArgument, options?: Intl.NumberFormatOptions) {
      super(locales ?? locale, options);
    }
  }
  class Times extends DateTimeFormat {
    constructor(locales?: Intl.LocalesArgument, options?: Intl.DateTimeFormatOptions) {
      super(locales ?? locale, { timeZone, ...options });
    }
  }
  vi.stubGlobal("Intl", Object.create(Intl, { NumberFormat: { value: Numbers }, DateTimeFormat: { value: Times } }));
}
