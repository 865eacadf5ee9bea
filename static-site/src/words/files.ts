// The sentences about choosing a file that are loaded with the page.

export const NO_READER =
  "Couldn't load the part of the page that reads files. Check your connection and choose the file again; if that does not help, reload the page.";
