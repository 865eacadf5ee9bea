// Decodes the bytes of a text file by these alone: UTF-8, UTF-16, Shift_JIS, EUC-KR or Windows-1252.

const SAMPLE_BYTES = 2_000;
/** Two kana or common kanji in a row: umlauts and accents of Western text never make these. */
const JAPANESE = /[\u3040-\u30ff\u4e00-\u9fff]{2}/;
const KOREAN = /[\uac00-\ud7a3]{2}/;

/** 0x80 to 0x9F of Windows-1252, which Node.js 20 decodes as Latin-1: as control characters. */
const WINDOWS = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

export function decodeText(bytes: Uint8Array): string {
  const encoding = utf16Of(bytes);
  if (encoding !== null) return new TextDecoder(encoding).decode(bytes);
  return (
    decodeAs("utf-8", bytes) ??
    decodeIf("shift_jis", JAPANESE, bytes) ??
    decodeIf("euc-kr", KOREAN, bytes) ??
    windows1252(bytes)
  );
}

function windows1252(bytes: Uint8Array): string {
  const text = new TextDecoder("windows-1252").decode(bytes);
  return text.replace(/[\u0080-\u009f]/g, (found) => WINDOWS[found.charCodeAt(0) - 0x80] ?? found);
}

function decodeIf(encoding: string, script: RegExp, bytes: Uint8Array): string | null {
  const text = decodeAs(encoding, bytes);
  return text !== null && script.test(text) ? text : null;
}

/** Null if the bytes are not valid in this encoding. */
function decodeAs(encoding: string, bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
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
