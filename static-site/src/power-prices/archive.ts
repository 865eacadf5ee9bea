// Opens ZIP archives, Excel workbooks (.xlsx) and gzip files. Loaded only when such a file comes.

import { gunzipSync, unzipSync } from "fflate";

import { PowerPricesError } from "./power-file";
import type { SourceFile } from "./source-file";
import type { Table } from "./table";
import { sheetsOf, WORKBOOK } from "./workbook";

/** A file or a sheet in an archive. It is unpacked when it is opened, so that one is in memory at a time. */
export type Entry =
  | { readonly kind: "file"; readonly name: string; readonly open: () => Uint8Array }
  | { readonly kind: "sheet"; readonly name: string; readonly open: () => Table };

const MAX_BYTES = 1e9;
const NO_PRICES = /^__MACOSX|\/$|(^|\/)\.|\.(png|jpe?g|pdf|docx?)$/i;

/** Throws `PowerPricesError` if the archive is damaged. */
export function openArchive({ name, bytes }: SourceFile): Entry[] {
  if (bytes[0] === 0x1f)
    return [{ kind: "file", name: name.replace(/\.gz$/i, ""), open: () => unpacked(() => gunzipSync(bytes)) }];
  const names: string[] = [];
  unpacked(() =>
    unzipSync(bytes, {
      filter: (file) => {
        names.push(file.name);
        return false;
      },
    }),
  );
  const open = (wanted: string): Uint8Array => unpacked(() => unzipSync(bytes, { filter: only(wanted) })[wanted]);
  if (names.includes(WORKBOOK)) {
    const part = (wanted: string): Uint8Array => (names.includes(wanted) ? open(wanted) : new Uint8Array());
    return sheetsOf(part).map((sheet) => ({ kind: "sheet", ...sheet }));
  }
  return names
    .filter((inner) => !NO_PRICES.test(inner))
    .sort()
    .map((inner) => ({ kind: "file", name: inner, open: () => open(inner) }));
}

const only =
  (wanted: string) =>
  ({ name, originalSize }: { name: string; originalSize: number }): boolean => {
    if (name === wanted && originalSize > MAX_BYTES) {
      throw new PowerPricesError(
        `${wanted} has more than 1,000 MB when it is unpacked. Cut it into parts, by month for example.`,
      );
    }
    return name === wanted;
  };

function unpacked<Result>(unpack: () => Result | undefined): Result {
  let result: Result | undefined;
  try {
    result = unpack();
  } catch (error) {
    if (error instanceof PowerPricesError) throw error;
  }
  if (result !== undefined) return result;
  throw new PowerPricesError(
    "This is an Excel or ZIP file. Save the sheet as CSV, or unpack the archive, and choose that file: it cannot be opened here.",
  );
}
