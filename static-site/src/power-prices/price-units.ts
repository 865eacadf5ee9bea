// Reads the currency and the unit of prices from headers, titles and what the user chose.

import { unusual } from "../words/reader";
import { CURRENCIES_OF_SIGN, dollarIn, withPlainCoins } from "./coin-signs";

/** What a text says about a price. Null where it does not say. */
export type PriceUnit = {
  /** ISO 4217 code. */
  readonly currency: string | null;
  /** Whether the currency is clear: "$" alone may be that of several countries. */
  readonly isSure: boolean;
  /** The currencies of its sign, if several have it: "元" may be CNY or TWD. */
  readonly mayBe: readonly string[];
  /** The coin as the text writes it before "/MWh", if it does not name one currency; empty if there is none. */
  readonly coin: string;
  /** Numbers in this unit times `perMwh` are in the currency per MWh. */
  readonly perMwh: number | null;
  /** The unit in words: "ct/kWh". Empty if there is none. */
  readonly written: string;
};

export const NO_UNIT: PriceUnit = { currency: null, isSure: false, mayBe: [], coin: "", perMwh: null, written: "" };

/** Units to choose from, and how many of the currency per MWh each is. */
export const UNITS: Readonly<Record<string, number>> = { MWh: 1, kWh: 1_000, "cents/kWh": 10, GWh: 0.001 };
const COMMON_CURRENCIES: readonly string[] = [
  ..."USD EUR GBP CAD AUD NZD SEK NOK DKK CHF PLN CZK HUF RON BGN TRY UAH RSD ISK GEL MDL MKD".split(" "),
  ..."JPY KRW CNY INR SGD HKD PHP THB VND MYR IDR TWD BRL MXN ARS CLP COP PEN UYU ZAR ILS RUB KZT AED".split(" "),
];

/** Those of power markets first. */
export const CURRENCIES: readonly string[] = [
  ...new Set([...COMMON_CURRENCIES, ...Intl.supportedValuesOf("currency").filter((code) => !/^X[^ACOP]/.test(code))]),
];

const CODES = COMMON_CURRENCIES.join("|");
/** Any code alone, in brackets or before the unit of energy: "(PKR/kWh)". Elsewhere it may be a word. */
const CODE_BEFORE_ENERGY = new RegExp(
  `(?:^|[\\s([_,])(${CURRENCIES.join("|")})(?:$|[)\\]]|\\s*(?:/|per\\b|_per_|_)\\s*[kmg]?wh)`,
  "i",
);
const CODE_IN_CAPITALS = new RegExp(`(?<![A-Z])(${CODES})(?![A-Z]{2})`);
const CODE_AS_WORD = /(?<![a-z])(USD|EUR|SEK|NOK|DKK|GBP|CAD|AUD|NZD|CHF|PLN|CZK|HUF|JPY|BRL|MXN|SGD|ZAR)(?![a-z])/i;
const HUNDREDTHS =
  /(?<![a-zåäöø])(?:euro?|usd|chf|cad|aud)?(ct|cts|cents?|c€|c(?!\s*\$)|¢|pence|p|öre|øre|ore|\uFFFDre|snt|rp|rappen|gr|groszy|paise|paisa)\.?\s*(?:(?:eur|usd|chf|cad|aud|€|\$)\s*)?(?:\/|_per_|per\b|_)\s*(?:[\d.,]+\s*)?(?:[kmg]wh|kilowatt)/i;
/** Some are those of several countries. */
const HUNDREDTH_OF: Readonly<Record<string, string>> = {
  ct: "EUR",
  cts: "EUR CHF USD",
  "c€": "EUR",
  snt: "EUR",
  p: "GBP",
  pence: "GBP",
  öre: "SEK",
  øre: "NOK DKK",
  ore: "NOK DKK SEK",
  paise: "INR PKR NPR",
  paisa: "INR PKR NPR",
  rp: "CHF IDR",
  rappen: "CHF",
  gr: "PLN",
  groszy: "PLN",
};
/** "k€/GWh", "thousand USD/MWh". */
const MULTIPLE =
  /(?:(?<![a-z])(?:k(?=[€$£]|eur|usd|gbp)|[TM](?=[€£]|EUR|USD|GBP))|\b(?:thousand|million)\s+)(?=[^\s/]{1,8}\s*(?:\/|per\b))/i;
const MULTIPLES: Readonly<Record<string, number>> = { thousand: 1e3, million: 1e6 };
/** "/100 kWh", "per thousand kWh". */
const AMOUNT = /(?:\/|\bper)\s*(\d[\d.,]*|hundred|thousand)\s*[kmg]\s?wh/i;
const AMOUNTS: Readonly<Record<string, number>> = { hundred: 100, thousand: 1_000 };
/** The word before "/kWh" or "per 100 MWh". */
const BEFORE_ENERGY =
  /([^\s/([_]+?)[)\].]*(?:\s*\/\s*|\s+per\s+|_per_)(?:(?:[\d.,]+|hundred|thousand)\s*)?(?:[kmg]\s?wh|(?:kilo|mega|giga)watt)/i;
/** What that word is if prices are in whole units of a currency: its sign, its name, or a word for a price. */
const WHOLE_COIN =
  /^(?!cent|[mµ][€$£]).*(?:[$€£₺¥₩₹₱₴₽円元원]|zł|Kč|price|preis|prijs|pris|prix|precio|preço|prezzo|cena|hinta|tari\w*|rate|cost|lmp|value|spot)$/i;
const NAME_OF_COIN =
  /^(?:kr|kron[aeor]+|koruna|ft|forint|tl|lira|rs|rupees?|lei|zloty|hryvnia|roubles?|rubles?|руб|грн|тенге|rand|euros?|yen|yuan|won|baht|reais|dollars?|pesos?|pounds?|francs?|tenge|dinars?)$/i;
/** Codes of currencies and names of places: "R/MWh", "KES/kWh", "NP15/MWh", "NORTH/MWh". */
const CODE_OR_PLACE = /^(?:\$[A-Z]{1,3}|[A-Z]|[A-Z]{3,})$|[\d|-]/;
const ENERGY = /([kmg])\s?w\s?h(?:r|our|el?)?(?![a-z])|(kilo|mega|giga)watt[-\s]?h/i;
/** "МВт·ч" in Russian, "МВт·год" in Ukrainian. */
const CYRILLIC_ENERGY = /([кмг])вт[·*.\s-]?(?:ч|год)/i;
const LATIN: Readonly<Record<string, string>> = { к: "kWh", м: "MWh", г: "GWh" };
const CHINESE_ENERGY = /(?<=[/／]\s?)(?:([千兆])瓦[时時]|度)/;
const CHINESE: Readonly<Record<string, string>> = { 千: "kWh", 兆: "MWh", 度: "kWh" };
/** "MW·h", "(MW*h)". */
const SPLIT_ENERGY = /\(?([kmg])w\s?[·⋅•*.]\s?h(?![a-z])\)?/i;
const MWH_IN: Readonly<Record<string, number>> = { k: 1e-3, m: 1, g: 1e3 };
const OTHER_UNIT =
  /(?:\/|\bper\s)\s?(?:mmbtu|mcf|therm|gj|gal|bbl|barrel|ton(?:ne)?s?|t\s?co2|t(?![a-z])|kg|m3|kw(?!\s?h)|mw(?!\s?h)|day|month|year|kvar\w*|k?va(?![a-z]))|=\s?100\b|[kmg]wh\s?\/\s?(?:eur|usd|gbp|[€$£])/i;

/** Carbon or heat for each unit of energy: "gCO2eq/kWh", "MMBtu/MWh". */
const NO_MONEY = /(?:co2\w*|(?<![a-z])(?:k?g|lbs?|t|mmbtu|k?btu|[kmg]j))[)\]]?\s*(?:\/|\bper\b)\s*[kmg]\s?wh/i;

/** "EUR/MWh", also in "EUR/MWh, EUR/tCO2". */
const POWER_PRICE = new RegExp(`(?:${CODES}|[$€£])\\s?(?:/|per )\\s?[kmg]wh`, "i");

/** The ISO 4217 code in a text: "SpotPriceDKK" is in DKK. */
export function codeIn(text: string): string | null {
  const found = CODE_BEFORE_ENERGY.exec(text) ?? CODE_IN_CAPITALS.exec(text) ?? CODE_AS_WORD.exec(text);
  return found?.[1]?.toUpperCase() ?? null;
}

/** Whether a text names a unit that is not that of a power price: "$/MMBtu", "EUR/kW". */
export function isOtherUnit(given: string): boolean {
  const text = withLatinUnits(given);
  return NO_MONEY.test(text) || (OTHER_UNIT.test(text) && !POWER_PRICE.test(text));
}

/** Whether a text has the sign or the code of a currency. */
export const hasCurrency = (text: string): boolean =>
  codeIn(text) !== null || text.includes("$") || CURRENCIES_OF_SIGN.some(([pattern]) => pattern.test(text));

/** Whether a word before "/kWh" may be an unknown coin such as "kurus": 100 or 1000 may be one of the currency. */
const isUnknownCoin = (word: string | undefined): boolean =>
  word !== undefined &&
  !WHOLE_COIN.test(word) &&
  !NAME_OF_COIN.test(word) &&
  !CODE_OR_PLACE.test(word) &&
  !CURRENCIES_OF_SIGN.some(([pattern]) => pattern.test(word)) &&
  !(codeIn(word) !== null && /[A-Z]{3}$|^[A-Za-z]{3}$/.test(word));

/** "руб/кВт·ч" as "руб/kWh". */
export const withLatinUnits = (text: string): string =>
  text
    .replace(CYRILLIC_ENERGY, (found, size: string) => LATIN[size.toLowerCase()] ?? found)
    .replace(CHINESE_ENERGY, (found, size: string | undefined) => CHINESE[size ?? found] ?? found)
    .replace(SPLIT_ENERGY, "$1Wh");

function multipleIn(text: string): "thousand" | "million" | "" {
  const found = MULTIPLE.exec(text)?.[0].trim().toLowerCase() ?? "";
  return found === "" ? "" : found.startsWith("m") ? "million" : "thousand";
}

/** How much energy the price is for: "100" in "/100 kWh"; null if it is not a power of ten. */
function amountIn(text: string): number | null {
  const written = AMOUNT.exec(text)?.[1]?.toLowerCase() ?? "1";
  const amount = AMOUNTS[written] ?? Number(written.replace(/[.,]/g, ""));
  return /^10*$/.test(String(amount)) ? amount : null;
}

/** The unit that a text names. */
export function priceUnit(given: string): PriceUnit {
  const written = withPlainCoins(withLatinUnits(given));
  const multiple = multipleIn(written);
  const text = multiple === "" ? written : written.replace(MULTIPLE, "");
  const hundredth = HUNDREDTHS.exec(text)?.[1]?.toLowerCase();
  const isMill = /\bmills?\s*(\/|per)\s*[kmg]wh/i.test(text);
  const found = ENERGY.exec(text);
  const energy = (found?.[1] ?? found?.[2]?.[0])?.toLowerCase();
  const sign = CURRENCIES_OF_SIGN.find(([pattern]) => pattern.test(text))?.[1];
  const dollar = dollarIn(text);
  const ofSign = codeIn(text) ?? sign ?? HUNDREDTH_OF[hundredth ?? ""] ?? dollar ?? "";
  const codes = ofSign.split(" ").filter((code) => code !== "" && code !== "$");
  const stated = codes.length === 1 ? (codes[0] ?? null) : null;
  const currency = stated ?? (dollar === "$" && codes.length === 0 ? "USD" : null);
  const word = BEFORE_ENERGY.exec(text)?.[1] ?? "";
  const isCoin = word !== "" && (codes.length > 1 || !WHOLE_COIN.test(word));
  const common = {
    currency,
    isSure: stated !== null,
    mayBe: codes.length > 1 ? codes : [],
    coin: stated === null && isCoin ? word : "",
  };
  const part = (MULTIPLES[multiple] ?? 1) * (isMill ? 1e-3 : hundredth === undefined ? 1 : 1e-2);
  const coin = `${multiple} ${isMill ? "mills" : (hundredth ?? currency ?? "")}`.trim();
  const amount = amountIn(text);
  const isKnown = hundredth !== undefined || isMill || !isUnknownCoin(word === "" ? undefined : word);
  if (energy === undefined || !isKnown || amount === null) return { ...common, perMwh: null, written: "" };
  const factor = part / amount / (MWH_IN[energy] ?? 1);
  const unit = `${amount === 1 ? "" : `${amount} `}${energy === "k" ? "k" : energy.toUpperCase()}Wh`;
  return { ...common, perMwh: Number(factor.toPrecision(12)), written: `${coin}/${unit}` };
}

/** The same, in a currency: "Rp" is the hundredth of a Swiss franc, and the rupiah of Indonesia itself. */
export function unitIn(currency: string | null, unit: PriceUnit): PriceUnit {
  if (currency !== "IDR" || unit.perMwh === null || !unit.written.startsWith("rp/")) return unit;
  return { ...unit, perMwh: unit.perMwh * 100, written: unit.written.replace("rp", "Rp") };
}

/** Of the currency per MWh, for a unit as a user writes it: "kWh", "EUR/kWh", "p/kWh". */
export function unitNamed(text: string): { name: string; perMwh: number } | null {
  const plain = text.trim().replace(/^per\s+|^\//i, "");
  const known = Object.keys(UNITS).find((name) => name.toLowerCase() === plain.toLowerCase());
  if (known !== undefined) return { name: known, perMwh: UNITS[known] ?? 1 };
  const { perMwh } = priceUnit(plain);
  if (perMwh === null) return null;
  const name = Object.keys(UNITS).find((unit) => UNITS[unit] === perMwh);
  return { name: name ?? plain, perMwh };
}

/** Roughly how many of a currency a USD is, to doubt prices that no market has. */
const ROUGHLY_PER_USD: Readonly<Record<string, number>> = {
  JPY: 150,
  KRW: 1_400,
  CNY: 7,
  INR: 85,
  PHP: 57,
  THB: 35,
  HKD: 8,
  VND: 25_000,
  IDR: 16_000,
  TWD: 32,
  BRL: 5,
  MXN: 18,
  ARS: 1_000,
  CLP: 950,
  COP: 4_000,
  UYU: 40,
  ZAR: 18,
  RUB: 90,
  KZT: 500,
  TRY: 40,
  UAH: 41,
  RSD: 108,
  ISK: 135,
  HUF: 370,
  CZK: 23,
  SEK: 10,
  NOK: 10,
  DKK: 7,
  PLN: 4,
  RON: 5,
  MDL: 18,
  MKD: 57,
  ...{ PKR: 280, BDT: 120, NPR: 140, LKR: 300, AMD: 385, NGN: 1_500, KES: 130, EGP: 50, IRR: 42_000, UZS: 12_500 },
  ...{ CRC: 500, DOP: 60, NIO: 37, PYG: 7_000, BOB: 7, GTQ: 8, HNL: 26, ALL: 85, ZMW: 25, GHS: 12, MNT: 3_500 },
};

export const medianOf = (prices: readonly number[]): number =>
  prices.toSorted((a, b) => a - b)[Math.floor(prices.length / 2)] ?? NaN;

const scaleOf = (currency: string): number => ROUGHLY_PER_USD[currency] ?? 1;

/** Whether no market is likely to have this median, in the currency per MWh. */
export const isHigh = (median: number, currency: string): boolean => Math.abs(median) > 2_000 * scaleOf(currency);

/** Null, or why the prices, in the currency per MWh, are not likely to be right. */
export function doubt(median: number, currency: string): string | null {
  const scale = scaleOf(currency);
  if (Math.abs(median) >= 2 * scale && !isHigh(median, currency)) return null;
  const rounded = Number(median.toPrecision(4)).toLocaleString("en-US", { maximumFractionDigits: 4 });
  return unusual(`${rounded} ${currency}/MWh`, median < 2 * scale ? "low" : "high");
}
