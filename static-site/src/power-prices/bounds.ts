// How much is read at once. With more, the program would run out of memory and end without a message.

/** The most bytes in the text of one table: a string of V8 (Chromium, Node.js) has at most 537 million characters. */
export const MAX_TEXT_BYTES = 500e6;
/** The most prices in all tables together. */
export const MAX_PRICES = 5_000_000;
