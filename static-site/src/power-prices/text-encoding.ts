// Decodes the bytes of a text file by these alone.

import { decodeAs } from "./valid-text";

const SAMPLE_BYTES = 2_000;

/** What is not ASCII may be in an old encoding, or have digits of another script. */
export async function decodeText(bytes: Uint8Array): Promise<string> {
  const encoding = utf16Of(bytes);
  const text = encoding === null ? decodeAs("utf-8", bytes) : new TextDecoder(encoding).decode(bytes);
  if (text?.length === bytes.length) return text;
  const { decodeOld, withPlainDigits } = await import("./old-encodings");
  return withPlainDigits(text ?? decodeOld(bytes));
}

/** By the byte order mark, or by zeros in every second byte: dates and numbers are ASCII. */
function utf16Of(bytes: Uint8Array): "utf-16le" | "utf-16be" | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  let even = 0;
  let odd = 0;
  for (let at = 0; at + 1 < sample.length; at += 2) {
    if (sample[at] === 0) even += 1;
    if (sample[at + 1] === 0) odd += 1;
  }
  const many = sample.length / 4;
  if (odd > many && even === 0) return "utf-16le";
  return even > many && odd === 0 ? "utf-16be" : null;
}
