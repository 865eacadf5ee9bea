// Names files that are no tables of text. Loaded only when a file is not text.

/** By their first bytes. */
const OTHER_FILES: readonly (readonly [start: string, kind: string])[] = [
  ["%PDF", "PDF document"],
  ["PAR1", "Parquet file"],
  ["\x89PNG", "picture"],
  ["\xff\xd8\xff", "picture"],
  ["7z\xbc\xaf", "7-Zip archive"],
  ["Rar!", "RAR archive"],
  ["BZh", "bzip2 archive"],
  ["\xfd7zXZ", "xz archive"],
  ["\x28\xb5\x2f\xfd", "Zstandard archive"],
  ["SQLite format 3", "SQLite database"],
];

/** "PDF document"; null if it is not known. */
export const kindOfFile = (bytes: Uint8Array): string | null =>
  OTHER_FILES.find(([start]) => [...start].every((sign, at) => bytes[at] === sign.charCodeAt(0)))?.[1] ?? null;
