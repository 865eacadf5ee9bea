// The sentences about choosing a file that are loaded with the page.

export const NO_READER =
  "Couldn't load the part of the page that reads files. Check your connection, reload the page and choose the file again.";
export const NO_RESULT = "This part of the page did not load. Reload the page.";

/** In place of a result, until a file is chosen. */
export const LINK_HAS_FILE =
  "This link was made with a file of power prices, which is not in the link. Choose that file again to see its result.";

// In HTML:

export const DROP = "Drop a CSV of power prices (from any market, also ZIP or Excel, one or several), or choose one:";
export const TRY_EXAMPLE = "Try an example";
export const READING = "Reading";
export const CANCEL = "Cancel";
