// The currencies that signs and names of coins stand for. Some are those of several countries: the
// time zone or the words of the file may decide between these.

/** One currency, or several that the file must decide between. */
export const CURRENCIES_OF_SIGN: readonly (readonly [sign: RegExp, currencies: string])[] = [
  [/\bUS (cents?|¢|c)\b/, "USD"],
  [/\breais\b/, "BRL"],
  [/€|\beuros?\b|\beurocent|[еє]вро/i, "EUR"],
  [/£/, "GBP"],
  [/₺|\bTL\b/, "TRY"],
  [/zł|\bPLN/, "PLN"],
  [/Kč/, "CZK"],
  [/\bFt\b/, "HUF"],
  [/\bRON\b/i, "RON"],
  [/\blei\b/i, "RON MDL"],
  [/円|\byen\b/i, "JPY"],
  [/[¥￥]/, "JPY CNY"],
  [/원|₩/, "KRW"],
  [/元/, "CNY TWD"],
  [/₹/, "INR"],
  [/\bRs\.?(?![a-z])|\brupees?\b/i, "INR PKR NPR LKR"],
  [/₱/, "PHP"],
  [/₴|грн/, "UAH"],

  [/руб|₽/, "RUB"],
  [/тенге|₸/, "KZT"],
  [/\bRand\b/, "ZAR"],
  [/บาท|฿/, "THB"],
  [/₪/, "ILS"],
  [/₦/, "NGN"],
  [/₡/, "CRC"],
  [/₲/, "PYG"],
  [/₵/, "GHS"],
  [/₾/, "GEL"],
  [/֏/, "AMD"],
  [/₼/, "AZN"],
  [/₮/, "MNT"],
  [/₭/, "LAK"],
  [/৳|\bTk\b/, "BDT"],
  [/\bRM\b/, "MYR"],
  [/\bK[Ss]h\b/, "KES"],
  [/лв/, "BGN"],
  [/\bBs\b/, "BOB VES"],
  [/\bkr\b|\bkron[aeor]+\b/i, "NOK SEK DKK ISK"],
  [/\bpesos?\b/i, "MXN ARS CLP COP UYU PHP DOP"],
  [/ريال|﷼/, "IRR SAR OMR QAR YER"],
];

/** Names of coins that have a slash or a dollar sign in them. */
const ODD_COINS: readonly (readonly [RegExp, string])[] = [
  [/\bU\$S\b|\bU\$D\b/gi, "USD"],
  [/\bS\/\.\s?(?=\/|per\b)/g, "PEN"],
  [/\bB\/\.\s?(?=\/|per\b)/g, "PAB"],
  [/\bNRs\b\.?/gi, "NPR"],
  [/đồng|₫|\bVN[ĐD]\b/gi, "VND"],
  [/\bPhp(?![a-z])/g, "PHP"],
];

/** The text with the codes of currencies in place of such names: "U$S/MWh" becomes "USD/MWh". */
export const withPlainCoins = (text: string): string =>
  ODD_COINS.reduce((plain, [coin, code]) => plain.replace(coin, code), text);

const LETTERS: Readonly<Record<string, string>> = {
  US: "USD",
  R: "BRL",
  C: "CAD NIO",
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

/** Countries whose sign is also that of others: by zone, and by words. */
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
  ["NIO", /^America\/Managua/, /\bnicaragua\b/i],
  ["CNY", /^Asia\/(Shanghai|Urumqi)|^UTC\+08:00$/, /\b(china|shandong|guangdong|shanxi)\b|兆瓦时|千瓦时|电价/i],
  ["JPY", /^Asia\/Tokyo|^UTC\+09:00$/, /\b(japan|jepx|tokyo)\b|エリア|価格/i],
  ["INR", /^Asia\/(Kolkata|Calcutta)|^UTC\+05:30$/, /\b(india|iex)\b/i],
  ["PKR", /^Asia\/Karachi|^UTC\+05:00$/, /\bpakistan\b/i],
  ["NPR", /^Asia\/Kathmandu|^UTC\+05:45$/, /\bnepal\b/i],
  ["LKR", /^Asia\/Colombo|^UTC\+05:30$/, /\bsri lanka\b/i],
  ["RON", /^Europe\/Bucharest/, /\b(romania|opcom)\b/i],
  ["MDL", /^Europe\/Chisinau/, /\bmoldova\b/i],
  ["CHF", /^Europe\/Zurich/, /\b(switzerland|schweiz|suisse|swiss\w*|rappen)\b/i],
  ["IDR", /^Asia\/(Jakarta|Makassar)/, /\bindonesia\b/i],
  ["NOK", /^Europe\/Oslo/, /\b(norway|norge|no[1-5])\b/i],
  ["SEK", /^Europe\/Stockholm/, /\b(sweden|sverige|se[1-4])\b/i],
  ["DKK", /^Europe\/Copenhagen/, /\b(denmark|danmark|dk[12])\b/i],
  ["ISK", /^Atlantic\/Reykjavik/, /\biceland\b/i],
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
