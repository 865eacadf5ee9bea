// Decodes texts in encodings other than UTF-8 and UTF-16, and reads digits of other scripts than the
// Latin one. Loaded only when a text is not ASCII.

import { decodeAs } from "./valid-text";

const SCORED_BYTES = 20_000;
const KANA = Array.from({ length: 0xc0 }, (_, at) => String.fromCharCode(0x3040 + at)).join("");

/**
 * Encodings of other scripts than the Latin one, with letters and signs that are common in tables of
 * prices. Most bytes are valid in several, but make rare letters in all but one.
 */
const SCRIPTS: readonly (readonly [encoding: string, common: string])[] = [
  ["shift_jis", `${KANA}日付時刻年月価格円約定電力取引料金単量入札売買源東京都北海道中部陸関西国四九州区分平均総量`],
  ["euc-jp", `${KANA}日付時刻年月価格円約定電力取引料金単量入札売買源東京都北海道中部陸関西国四九州区分平均総量`],
  ["euc-kr", "날짜일시간가격원거래전력단구분월제주육지계통한도평균소대"],
  ["gbk", "的日期时间段点电价格元小兆瓦千前实出清市场节区域交易月年"],
  ["big5", "的日期時間段點電價格元小兆瓦千前度實市場區域交易月年"],
  ["windows-1251", "аеинотрсвлкдмьуцчзыіїЦДВ"],
  ["koi8-u", "аеинотрсвлкдмьуцчзыіїЦДВ"],
  ["windows-1253", "αιοτηςσνρεμήίάώόπλκΤΗΏ"],
];

/** Three letters in a row that are not ASCII: Western and Central European words have no such. */
const OTHER_SCRIPT = /[\u00a5-\u00ff\u0192\u0160\u0161]{3}/;
/** First bytes of Shift_JIS, each before any second one, which are rare in Western texts: 0x81 to 0x90. */
const JAPANESE = /(?:[\u0081\u008d\u008f\u0090‚ƒ„…†‡ˆ‰‹][^\n]){2}/;
/** What letters of Central Europe, as in "zł" and "Kč", are in Windows-1252. */
const CENTRAL = /[a-z][³¹¾¼¿][a-z]|z³|Kè(?![a-z])/;

/** 0x80 to 0x9F of Windows-1252, which Node.js 20 decodes as Latin-1: as control characters. */
const WINDOWS = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/** Chooses the encoding in which the letters are those that are common in a language. */
export function decodeOld(bytes: Uint8Array): string {
  const western = windows1252(bytes);
  const begin = western.slice(0, SCORED_BYTES);
  if (CENTRAL.test(begin)) return new TextDecoder("windows-1250").decode(bytes);
  const scored = SCRIPTS.flatMap(([encoding, common]) => {
    // The last line may be cut within a letter.
    const sample = decodeAs(encoding, bytes.subarray(0, bytes.lastIndexOf(10, SCORED_BYTES) + 1 || bytes.length));
    return sample === null ? [] : [{ encoding, share: shareOf(common, sample) }];
  });
  const best = scored.sort((one, other) => other.share - one.share)[0];
  if (
    best === undefined ||
    best.share < MIN_SHARE ||
    !(OTHER_SCRIPT.test(begin) || JAPANESE.test(begin) || isJoined(best))
  )
    return western;
  return decodeAs(best.encoding, bytes) ?? new TextDecoder(best.encoding).decode(bytes);
}

const MIN_SHARE = 0.4;

/** Whether all letters are common ones, each of two bytes: then a single one is enough. */
const isJoined = ({ encoding, share }: { encoding: string; share: number }): boolean =>
  share > 0.9 && !/^(windows|koi)/.test(encoding);

/** Which part of the letters that are not ASCII are among the common ones. */
function shareOf(common: string, text: string): number {
  const letters = text.match(/[^\p{ASCII}\p{P}\p{S}\s]/gu) ?? [];
  return letters.filter((letter) => common.includes(letter)).length / Math.max(1, letters.length);
}

function windows1252(bytes: Uint8Array): string {
  const text = new TextDecoder("windows-1252").decode(bytes);
  return text.replace(/[\u0080-\u009f]/g, (found) => WINDOWS[found.charCodeAt(0) - 0x80] ?? found);
}

/** The zeros of Arabic, Persian, Indian, Bengali, Thai and full-width digits: the others follow each. */
const ZEROS = "٠۰०০๐０".split("").map((zero) => zero.charCodeAt(0));
const OTHER_DIGIT = /[٠-٩۰-۹०-९০-৯๐-๙０-９]/;
const OTHER_SIGNS: Readonly<Record<string, string>> = {
  "٫": ".",
  "٬": ",",
  "．": ".",
  "，": ",",
  "：": ":",
  "／": "/",
  "－": "-",
};

/** The text with ASCII digits, and the signs within numbers and times, in place of those of other scripts. */
export function withPlainDigits(text: string): string {
  if (!OTHER_DIGIT.test(text)) return text;
  return text
    .replace(/[٠-٩۰-۹०-९০-৯๐-๙０-９]/g, (digit) => {
      const code = digit.charCodeAt(0);
      return String(code - (ZEROS.find((zero) => code >= zero && code < zero + 10) ?? code));
    })
    .replace(/(?<=\d)[٫٬．，：／－](?=\d)|－(?=\d)/g, (sign) => OTHER_SIGNS[sign] ?? sign);
}
