// Which currency a dollar sign is: by the letters beside it, or by the country of the prices.

const LETTERS: Readonly<Record<string, string>> = {
  US: "USD",
  R: "BRL",
  C: "CAD",
  CA: "CAD",
  CAN: "CAD",
  CDN: "CAD",
  A: "AUD",
  AU: "AUD",
  NZ: "NZD",
  S: "SGD",
  SG: "SGD",
  HK: "HKD",
  NT: "TWD",
  TW: "TWD",
  M: "MXN",
  MX: "MXN",
  MN: "MXN",
  CL: "CLP",
  COL: "COP",
  AR: "ARS",
  U: "UYU",
  UY: "UYU",
  RD: "DOP",
};
const BEFORE = /(?<![a-z])([a-z]{1,3})\$/i;
const AFTER = /\$(US|CAN?|AU?|NZ|HK)(?![A-Za-z])/;

/** Countries with a dollar sign of their own, or with nodal prices in another currency: by zone, and by words. */
const COUNTRIES: readonly (readonly [currency: string, zones: RegExp, words: RegExp])[] = [
  [
    "CAD",
    /^America\/(Toronto|Edmonton|Vancouver|Winnipeg|Regina|Halifax|Moncton|Montreal|St_Johns)|^Canada\//,
    /\b((?<!\bUS (?:&|and) )canad\w+|ontario|toronto|alberta|qu[eé]bec|ieso|aeso)\b/i,
  ],
  [
    "AUD",
    /^Australia\/|^UTC\+(09:30|10:00|11:00)$/,
    /\b(austral\w+|queensland|tasmania|aemo|(nsw|qld|vic|sa|tas)1|a[ewc][ds]t)\b/i,
  ],
  ["NZD", /^Pacific\/Auckland|^NZ|^UTC\+1[23]:00$/, /\b(new zealand|nz[ds]?t)\b/i],
  ["SGD", /^Asia\/Singapore|^UTC\+08:00$/, /\bsingapore\b/i],
  ["HKD", /^Asia\/Hong_Kong|^UTC\+08:00$/, /\bhong kong\b/i],
  ["TWD", /^Asia\/Taipei|^UTC\+08:00$/, /\b(taiwan|taipower)\b/i],
  ["PHP", /^Asia\/Manila|^UTC\+08:00$/, /\b(philippin\w+|luzon|visayas|mindanao|iemop)\b/i],
  ["MXN", /^America\/(Mexico|Monterrey|Tijuana|Hermosillo|Merida|Cancun)|^Mexico\//, /\b(m[eé]xico|precio|tarifa)\b/i],
  ["CLP", /^America\/Santiago|^UTC-03:00$/, /\b(chile|precio|tarifa)\b/i],
  ["COP", /^America\/Bogota/, /\b(colombia|precio|tarifa)\b/i],
  ["ARS", /^America\/(Argentina|Buenos_Aires)|^UTC-03:00$/, /\b(argentina|precio|tarifa)\b/i],
  ["UYU", /^America\/Montevideo|^UTC-03:00$/, /\b(uruguay|precio|tarifa)\b/i],
];
const OF_USA =
  /^(UTC|US\/.*|America\/(New_York|Chicago|Denver|Los_Angeles|Phoenix|Detroit|Boise|Anchorage|(Indiana|Kentucky)\/.*)|Pacific\/Honolulu|UTC-(0[4-9]|10):00)$/;

/**
 * The currency of the dollar sign in a text; "$" if the letters beside it are not those of a country,
 * as in "LMP$"; null if they are those of a country that is not listed here, or if there is no sign.
 */
export function dollarIn(text: string): string | null {
  const letters = (BEFORE.exec(text) ?? AFTER.exec(text))?.[1]?.toUpperCase() ?? "";
  const isOther = letters.length === 1 || letters.length === 2; // "J$" is Jamaica's, "LMP$" only a price.
  return LETTERS[letters] ?? (isOther || !text.includes("$") ? null : "$");
}

/** The currencies of the countries other than the USA that a time zone or a text names. */
export const currenciesOf = (zone: string | null, text: string): string[] =>
  COUNTRIES.filter(([, zones, words]) => zones.test(zone ?? "") || words.test(text)).map(([currency]) => currency);

/** Whether a time zone may be one of the USA; so may one that is not known. */
export const mayBeUsa = (zone: string | null): boolean => zone === null || OF_USA.test(zone);
