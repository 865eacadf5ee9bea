// How much is read at once: more would end the program for want of memory, without a sentence.

/** Of the text of one table. A string of V8, in Chromium and Node.js, has at most 537 million characters. */
export const MAX_TEXT_BYTES = 500e6;
/** Of all tables together. */
export const MAX_PRICES = 5_000_000;
