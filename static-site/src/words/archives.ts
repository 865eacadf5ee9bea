// What is refused of archives and spreadsheets.

export const DAMAGED = "The file is damaged or incomplete. Download it again.";
export const OTHER_COMPRESSION =
  "The archive is compressed in a way that cannot be read here, such as bzip2. Unpack it, and choose the files in it.";
export const NO_SHEETS = "The spreadsheet has no sheets, or it has a password. Save it as CSV, and choose that file.";
export const WITH_PASSWORD = "The archive has a password. Unpack it, and choose the files in it.";
/** For an archive without tables, but with files of these names. */
export const emptyArchive = (names: readonly string[]): string =>
  names.length === 0
    ? "The archive is empty. Download it again."
    : `The archive has no tables, only ${names.slice(0, 3).join(", ")}.`;
