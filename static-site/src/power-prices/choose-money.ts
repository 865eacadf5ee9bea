// Chooses the currency and the unit of prices.

import { unitOf } from "../words/coins";
import {
  converted,
  isPowerPrice,
  leftOutOtherCoins,
  READ_PER_MWH,
  readAsCurrency,
  whichCoin,
  whichCurrency,
  whichUnit,
} from "../words/reader";
import type { Answers } from "./answers";
import { namesOf } from "./choose-price";
import { currenciesOf, mayBeUsa } from "./coin-signs";
import type { Known } from "./known";
import { readPrice } from "./price-cells";
import { inOneCurrency, type PriceColumn } from "./price-columns";
import {
  CURRENCIES,
  codeIn,
  isHigh,
  medianOf,
  NO_UNIT,
  type PriceUnit,
  priceUnit,
  UNITS,
  unitIn,
  unitNamed,
  withLatinUnits,
} from "./price-units";
import type { PricePlan } from "./read-rows";
import { cell } from "./table";

export type Money = {
  readonly currency: string;
  /** The column that names the currency of each row. */
  readonly currencyAt: number | null;
  /** The column that names the unit of each row. */
  readonly unitAt: number | null;
  readonly prices: readonly PricePlan[];
  /** What was left out, converted or assumed. */
  readonly notes: readonly string[];
};

/** Null if something must be asked. */
export function chooseMoney(
  known: Known,
  given: readonly PriceColumn[],
  zone: string | null,
  answers: Answers,
): Money | null {
  const { choices } = known;
  if (given.length === 0) return null;
  const locals = currenciesOf(zone, wordsOfPlaces(known));
  const local = (unit: PriceUnit): PriceUnit => withLocalCurrency(unit, locals);
  const columns = given.map((column) => ({ ...column, unit: local(column.unit) }));
  const said = whatFileSays(known, columns, local);
  if (mayBeNoPrice(known, columns, said)) {
    answers.ask("price", isPowerPrice(namesOf(columns)), answers.choices.price.options);
    return null;
  }
  // A term of American markets.
  const isLmp = known.columns.some(({ header }) => /lmp/i.test(header)) && mayBeUsa(zone) && locals.length === 0;
  const wanted = currencyNamed(choices.currency);
  const one = inOneCurrency(columns, said.currency, wanted);
  const { others } = one;
  if (others.length > 0) answers.choices.price = { ...answers.choices.price, value: namesOf(one.kept) };

  const currency = one.currency ?? (locals.length === 0 ? said.weakCurrency : null) ?? (isLmp ? "USD" : null);
  const kept = one.kept.map((column) => ({ ...column, unit: unitIn(currency, column.unit) }));
  const mayBe = columns.flatMap(({ unit }) => unit.mayBe);
  const hasBareDollar = given.some(({ unit }) => unit.currency !== null) || said.weakCurrency !== null;
  const coin = hasBareDollar ? "$" : (columns.find(({ unit }) => unit.coin !== "")?.unit.coin ?? said.coin);
  const currencies = [
    ...new Set([...columns.flatMap(({ unit }) => unit.currency ?? []), ...mayBe, ...locals, ...CURRENCIES]),
  ];
  const isMisfit = choices.currency !== undefined && (wanted === null || !(said.inRows?.includes(wanted) ?? true));
  if (isMisfit) answers.refuse("currency", choices.currency, said.inRows ?? currencies);
  else if (currency === null) answers.ask("currency", whichCurrency(coin), currencies);
  else {
    const isSure = said.currency !== null || kept.some(({ unit }) => unit.isSure);
    answers.say("currency", currency, choices.currency, isSure, currencies);
  }

  if (kept.length === 0) return null;
  const chosen = choices.unit === undefined ? null : unitNamed(choices.unit);
  const ofMarket = known.market?.unit === undefined ? null : (UNITS[known.market.unit] ?? null);
  const factorIn = (unit: PriceUnit): number | null => (isBarePerKwh(unit) ? ofMarket : null) ?? unit.perMwh;
  const factors = kept.map(({ unit }) => chosen?.perMwh ?? factorIn(unit) ?? said.perMwh ?? (isLmp ? 1 : null));
  const [factor = null] = factors;
  const energy = chosen === null ? energyOfCoin(kept) : null;
  const units = energy === null ? Object.keys(UNITS) : [energy, `cents/${energy}`];
  const unit = units.find((name) => UNITS[name] === factor) ?? kept[0]?.unit.written ?? "";
  if (choices.unit !== undefined && chosen === null) answers.refuse("unit", choices.unit, units);
  else if (factor === null || factors.includes(null) || mayBeCents(known, kept, chosen?.perMwh, currency))
    answers.ask("unit", energy === null ? unitQuestion(known, kept) : whichCoin(coin, kept[0]?.header ?? ""), units);
  else
    answers.say(
      "unit",
      unit,
      choices.unit,
      kept.some((column) => column.unit.perMwh !== null) || said.perMwh !== null,
      units,
    );
  if (currency === null || factor === null || answers.choices.unit.found === "needed") return null;

  const notes: string[] = [];
  if (others.length > 0) notes.push(leftOutOtherCoins(currency, others));
  if (factor !== 1) {
    const own = kept[0]?.unit;
    const isOwn = chosen === null && (own?.perMwh ?? factor) === factor;
    const written = isOwn ? own?.written || said.written : "";
    // The currency may be chosen, and not the one that is written.
    const named = written === "" ? unitOf(currency, unit) : written.replace(/^([A-Z]{3})?(?=\/)/, currency);
    notes.push(converted(named, factor, currency));
  }
  if (answers.isAssumed("currency")) notes.push(readAsCurrency(currency, hasDollar(known) ? "$" : ""));
  if (answers.isAssumed("unit")) notes.push(READ_PER_MWH);
  const prices = kept.map((column, at): PricePlan => ({ ...column, perMwh: factors[at] ?? 1 }));
  const isByRow = chosen === null && kept.every((column) => column.unit.perMwh === null);
  return { currency, currencyAt: said.currencyAt, unitAt: isByRow ? said.unitAt : null, prices, notes };
}

/**
 * Whether a header says "per kWh" without a coin, and its prices are too high for whole ones: 15.3 for
 * a kWh may be cents.
 */
function mayBeCents(
  { sample, market }: Known,
  [column]: readonly PriceColumn[],
  chosen: number | undefined,
  currency: string | null,
): boolean {
  if (column === undefined || !isBarePerKwh(column.unit) || chosen !== undefined || market?.unit !== undefined)
    return false;
  const prices = sample.flatMap((row) => readPrice(cell(row, column.at), ".") ?? []);
  return isHigh(medianOf(prices) * 1_000, currency ?? "USD");
}

/** "per kWh" without a word for the coin. */
const isBarePerKwh = ({ perMwh, currency, coin }: PriceUnit): boolean =>
  perMwh === 1_000 && currency === null && coin === "";

/** Whether nothing says that the columns are prices: no header, no unit, and not the user. */
const mayBeNoPrice = ({ choices }: Known, columns: readonly PriceColumn[], { perMwh }: Said): boolean =>
  choices.unit === undefined &&
  choices.price === undefined &&
  perMwh === null &&
  columns.every(({ unit, isDoubtful }) => isDoubtful && unit.perMwh === null);

type Said = {
  readonly currency: string | null;
  /** "$" alone, which may be that of several countries. */
  readonly weakCurrency: string | null;
  readonly coin: string;
  readonly currencyAt: number | null;
  readonly unitAt: number | null;
  /** The currencies of that column. */
  readonly inRows: readonly string[] | null;
  readonly perMwh: number | null;
  readonly written: string;
};

/** What the file says beside the headers of prices: in other columns, in cells, in its title; or its market. */
function whatFileSays(
  { columns, sample, title, market }: Known,
  prices: readonly PriceColumn[],
  local: (unit: PriceUnit) => PriceUnit,
): Said {
  const firstOf = (at: number | undefined, isWanted: (text: string) => boolean): string =>
    at === undefined ? "" : (sample.map((row) => cell(row, at)).find(isWanted) ?? "");
  const ofRows = columns.find(
    ({ words, distinct }) => /^currency\b/.test(words) && [...distinct].some((text) => codeIn(text) !== null),
  );
  const unitAt = columns.find(
    ({ words, distinct }) =>
      /\b(unit|uom|measure|currency)\b/.test(words) && [...distinct].some((text) => priceUnit(text).perMwh !== null),
  )?.at;
  const code = codeIn(firstOf(ofRows?.at, (text) => text !== ""));
  const unitCell = local(priceUnit(firstOf(unitAt, (text) => text !== "")));
  const priceText = firstOf(prices[0]?.at, (text) => /[^\d.,\s()+-]/.test(text)).replace(/[\d.,\s()+-]+/g, "");
  const priceCell = local(priceUnit(priceText));
  const titled = /(\/|per ?|[a-z]{3} ?)[kmg]wh/i.test(title) ? local(priceUnit(title)) : NO_UNIT;
  const sure = (unit: PriceUnit): string | null => (unit.isSure ? unit.currency : null);
  const ofMarket = market?.unit === undefined ? null : (UNITS[market.unit] ?? null);
  return {
    currency: code ?? sure(unitCell) ?? sure(priceCell) ?? market?.currency ?? sure(titled),
    weakCurrency: priceCell.currency ?? titled.currency,
    coin: priceCell.coin || titled.coin,
    currencyAt: ofRows?.at ?? null,
    unitAt: unitAt ?? null,
    inRows: ofRows === undefined ? null : [...new Set([...ofRows.distinct].flatMap((text) => codeIn(text) ?? []))],
    perMwh: unitCell.perMwh ?? priceCell.perMwh ?? ofMarket ?? titled.perMwh,
    written: ofMarket === null ? titled.written : "",
  };
}

/** A bare "$" says nothing in a country that has its own; of the currencies of a sign, the country's is meant. */
function withLocalCurrency(unit: PriceUnit, locals: readonly string[]): PriceUnit {
  const possible = unit.mayBe.filter((code) => locals.includes(code));
  if (possible.length === 1) return { ...unit, currency: possible[0] ?? null, isSure: true, mayBe: [] };
  return unit.isSure || locals.length === 0 ? unit : { ...unit, currency: null };
}

/** The energy of a unit whose coin is not known, so that it may be a hundredth: "MWh" of "ngwee/MWh"; or null. */
function energyOfCoin([column]: readonly PriceColumn[]): string | null {
  if (column === undefined || column.unit.perMwh !== null || column.unit.coin === "") return null;
  const energy = /([kmg])wh/i.exec(withLatinUnits(column.header))?.[1]?.toUpperCase();
  return energy === undefined ? null : energy === "K" ? "kWh" : `${energy}Wh`;
}

/** A column with more different values than these does not name the regions of a country. */
const MAX_PLACES = 50;

/** The texts that may name a country: the title, the headers and the places. */
const wordsOfPlaces = ({ title, columns }: Known): string =>
  [
    title,
    ...columns.flatMap(({ header, distinct }) => [header, ...(distinct.size <= MAX_PLACES ? distinct : [])]),
  ].join(" ");

/** The code of a currency as a user writes it: "usd", "€"; null if it is none. */
function currencyNamed(text: string | undefined): string | null {
  const name = text?.trim() ?? "";
  if (!/^[a-z]{3}$/i.test(name)) return priceUnit(name).currency;
  const code = name.toUpperCase();
  return Intl.supportedValuesOf("currency").includes(code) ? code : null;
}

const hasDollar = ({ columns, sample }: Known): boolean =>
  columns.some(({ header }) => header.includes("$")) || sample[0]?.some((text) => text.includes("$")) === true;

function unitQuestion({ sample }: Known, [column]: readonly PriceColumn[]): string {
  const cells = sample.map((row) => cell(row, column?.at ?? -1));
  return whichUnit(column?.header ?? "", cells.find((text) => /[1-9]/.test(text)) ?? "");
}
