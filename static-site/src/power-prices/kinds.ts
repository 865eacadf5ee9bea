// The kind of a price, from the words of a header, a title or a file's name.

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/\bday ?ahead|\bda(lmp|m\w*)?\b|前日|spot/i, "day-ahead"],
  [/\breal ?time|\brt(lmp|lbmp|m\w*)?\b|\bsced\b|\bdispatch\b/i, "real-time"],
  [/\bintraday\b|\bid[1-3]\b/i, "intraday"],
  [/\bimbalance\b|\bunbalance|\bbalancing\b|\bsystem (sell|buy) price\b/i, "imbalance"],
];

/** Null if the text does not say. */
export const kindIn = (text: string): string | null =>
  KINDS.find(([pattern]) => pattern.test(text.replace(/[-_]/g, " ")))?.[1] ?? null;
