// Opens ZIP archives, Excel workbooks (.xlsx) and gzip files. Loaded only when such a file comes.

import { gunzipSync, unzipSync } from "fflate";
import { PowerPricesError } from "./power-file";
import type { SourceFile } from "./source-file";
import type { Table } from "./table";
import { isWorkbook, sheetsOf } from "./workbook";

/** A file in the archive, or a sheet that is already a table. */
export type Entry = SourceFile | { readonly name: string; readonly table: Table };

const MAX_BYTES = 1e9;

/** Throws `PowerPricesError` if the archive is damaged, or too large when it is unpacked. */
export function openArchive({ name, bytes }: SourceFile): Entry[] {
  if (bytes[0] === 0x1f) return [{ name: name.replace(/\.gz$/i, ""), bytes: attempt(() => gunzipSync(bytes)) }];
  let unpacked = 0;
  const files = attempt(() =>
    unzipSync(bytes, {
      filter: (file) => {
        unpacked += file.originalSize;
        return (
          unpacked <= MAX_BYTES &&
          !/^__MACOSX|\/$|(^|\/)\./.test(file.name) &&
          !/\.(png|jpe?g|pdf|vml|bin)$/i.test(file.name)
        );
      },
    }),
  );
  if (unpacked > MAX_BYTES) {
    throw new PowerPricesError(
      "The archive has more than 1,000 MB when it is unpacked. Unpack it and choose some of its files.",
    );
  }
  if (isWorkbook(files)) return sheetsOf(files);
  const entries = Object.entries(files).map(([inner, content]) => ({ name: inner, bytes: content }));
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function attempt<Result>(open: () => Result): Result {
  try {
    return open();
  } catch {
    throw new PowerPricesError(
      "This is an Excel or ZIP file. Save the sheet as CSV, or unpack the archive, and choose that file: it cannot be opened here.",
    );
  }
}
