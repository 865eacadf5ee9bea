// Opens ZIP archives, Excel workbooks (.xlsx), OpenDocument spreadsheets (.ods) and gzip files. Loaded only when such a file comes.

import { Gunzip, strFromU8, unzipSync } from "fflate";

import { DAMAGED, emptyArchive, NO_SHEETS, OTHER_COMPRESSION, WITH_PASSWORD } from "../words/archives";
import { tooLong } from "../words/reader";
import { MAX_TEXT_BYTES } from "./bounds";
import { DOCUMENT, sheetsOfDocument } from "./open-document";
import { PowerPricesError } from "./power-file";
import type { SourceFile } from "./source-file";
import type { Table } from "./table";
import { sheetsOf, WORKBOOK } from "./workbook";

/** A file or a sheet in an archive. It is unpacked when it is opened, so that one is in memory at a time. */
export type Entry =
  | { readonly kind: "file"; readonly name: string; readonly open: () => Uint8Array }
  | { readonly kind: "sheet"; readonly name: string; readonly open: () => Table };

const CHUNK_BYTES = 1 << 18;
const NO_PRICES = /^__MACOSX|\/$|(^|\/)\.|\.(png|jpe?g|docx?)$|^mimetype$/i;

/** Throws `PowerPricesError` if the archive is damaged. */
export function openArchive({ name, bytes }: SourceFile): Entry[] {
  if (bytes[0] === 0x1f) {
    const inner = name.replace(/\.gz$/i, "");
    return [{ kind: "file", name: inner, open: () => unpacked(() => gunzipped(inner, bytes)) }];
  }
  // Bit 0 of the flags of the first file: APPNOTE.TXT, section 4.4.4.
  if (((bytes[6] ?? 0) & 1) === 1) throw new PowerPricesError(WITH_PASSWORD);
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
  if (names.includes(DOCUMENT) && names.includes("mimetype")) {
    const sheets = sheetsOfDocument(strFromU8(open(DOCUMENT)));
    if (sheets.length === 0) throw new PowerPricesError(NO_SHEETS);
    return sheets.map((sheet) => ({ kind: "sheet", ...sheet }));
  }
  const possible = names.filter((inner) => !NO_PRICES.test(inner)).sort();
  if (possible.length === 0) throw new PowerPricesError(emptyArchive(names));
  return possible.map((inner) => ({ kind: "file", name: inner, open: () => open(inner) }));
}

/** An entry is unpacked into no more bytes than the archive states, so it is enough to check that number. */
const only =
  (wanted: string) =>
  ({ name, originalSize }: { name: string; originalSize: number }): boolean => {
    if (name === wanted && originalSize > MAX_TEXT_BYTES) throw new PowerPricesError(tooLong(wanted, MAX_TEXT_BYTES));
    return name === wanted;
  };

/** A gzip file states its size only modulo 4 GB, so its bytes are counted while it is unpacked. */
function gunzipped(name: string, bytes: Uint8Array): Uint8Array {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const stream = new Gunzip((chunk) => {
    size += chunk.length;
    if (size > MAX_TEXT_BYTES) throw new PowerPricesError(tooLong(name, MAX_TEXT_BYTES));
    chunks.push(chunk);
  });
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
    stream.push(bytes.subarray(at, at + CHUNK_BYTES), at + CHUNK_BYTES >= bytes.length);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function unpacked<Result>(unpack: () => Result | undefined): Result {
  let result: Result | undefined;
  try {
    result = unpack();
  } catch (error) {
    if (error instanceof PowerPricesError) throw error;
    if (error instanceof Error && /unknown compression/.test(error.message))
      throw new PowerPricesError(OTHER_COMPRESSION);
  }
  if (result !== undefined) return result;
  throw new PowerPricesError(DAMAGED);
}
