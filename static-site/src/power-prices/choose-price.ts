// Chooses the columns of prices, and the kind of price.

import { isPowerPrice, KIND_UNKNOWN, NO_PRICE, noNumbers, notOfEnergy, whichPrice } from "../words/reader";
import { type Answers, optionNamed } from "./answers";
import { kindIn } from "./kinds";
import type { Known } from "./known";
import { PowerPricesError, quoted } from "./power-file";
import { areaName, findPrices, type PriceColumn } from "./price-columns";
import { type PriceUnit, priceUnit } from "./price-units";

const HOURS = "the columns of hours";
/** Places that titles name, in files without a column of places. */
const PLACE_IN_TITLE = /\b(DE-LU|DE-AT-LU|AT|BE|FR|NL|CH|GB|FI|PL)\b/;

/** Empty if it must be asked. Throws `PowerPricesError` if no column can be the price. */
export function choosePrices(known: Known, taken: ReadonlySet<number>, answers: Answers): readonly PriceColumn[] {
  const { columns, time, market, title, choices, header, table } = known;
  if (time.hours.length > 0) {
    answers.sayOneOf("price", HOURS, choices.price, true, [HOURS]);
    return [
      {
        at: -1,
        name: areaName(PLACE_IN_TITLE.exec(title)?.[0] ?? "Price"),
        header: "",
        unit: unitOfHours(known),
        isDoubtful: false,
      },
    ];
  }
  const prices = findPrices(columns, time, market, title, taken, choices.price);
  const isThere = prices.isChosen || choices.price === namesOf(prices.columns);
  const isUnclear = prices.isUnclear || prices.mayBeOther || prices.columns.some(({ isDoubtful }) => isDoubtful);
  const options = isUnclear ? [...prices.options, NO_PRICE] : prices.options;
  if (isUnclear && optionNamed(choices.price, [NO_PRICE]) !== undefined) {
    answers.say("price", NO_PRICE, choices.price, true, options);
    return [];
  }
  if (choices.price !== undefined && !isThere && options.length > 0) {
    answers.refuse("price", choices.price, options);
    return prices.columns;
  }
  if (prices.mayBeOther && !prices.isChosen) {
    answers.ask("price", isPowerPrice(namesOf(prices.columns)), options);
    return [];
  }
  if (prices.columns.length > 0) {
    answers.say("price", namesOf(prices.columns), choices.price, prices.isRecognised, options);
    return prices.columns;
  }
  if (prices.isUnclear) {
    answers.ask("price", whichPrice(prices.options), options);
    return [];
  }
  if (prices.withoutNumbers !== undefined) {
    const { header, values } = prices.withoutNumbers;
    throw new PowerPricesError(noNumbers(header, values[0]));
  }
  if (prices.otherUnit !== undefined) throw new PowerPricesError(notOfEnergy(prices.otherUnit));
  const example = quoted(table.row(header.firstRow).join(table.delimiter || ", "));
  throw new PowerPricesError(
    `${quoted(time.name)} holds times, but no column holds prices. Line ${header.firstRow + 1} reads ${example}.`,
  );
}

/** The unit in the headers of the hours, or in the label of all rows: "Price (EUR/MWh)". */
function unitOfHours({ columns, time }: Known): PriceUnit {
  const ofHeader = priceUnit(columns.find(({ at }) => at === time.hours[0]?.at)?.header ?? "");
  if (ofHeader.perMwh !== null || ofHeader.currency !== null) return ofHeader;
  const labels = columns.filter(({ at, distinct }) => distinct.size === 1 && !time.hours.some((one) => one.at === at));
  const units = labels.flatMap(({ distinct }) => [...distinct].map(priceUnit));
  return units.find(({ perMwh, currency }) => perMwh !== null && currency !== null) ?? ofHeader;
}

/** The headers of columns, to show them as one choice. */
export const namesOf = (columns: readonly PriceColumn[]): string =>
  columns.map(({ header, name }) => header || name).join(", ");

/** Of columns that are different kinds of price, those of the chosen kind. */
export function chooseKind(
  { choices, title, market }: Known,
  columns: readonly PriceColumn[],
  answers: Answers,
): readonly PriceColumn[] {
  const kinds = columns.map(({ header }) => kindIn(header));
  const options = [...new Set(kinds.filter((kind) => kind !== null))];
  const wanted = optionNamed(choices.kind, options);
  const stated =
    options.length > 0 ? (wanted ?? kinds.find((kind) => kind !== null) ?? null) : (market?.kind ?? kindIn(title));
  const chosen = wanted ?? optionNamed(choices.kind, stated === null ? [] : [stated]);
  if (choices.kind !== undefined && chosen === undefined && stated !== null)
    answers.refuse("kind", choices.kind, options.length > 0 ? options : [stated]);
  else answers.say("kind", stated, chosen, options.length < 2 && stated !== null, options);
  if (choices.kind !== undefined && stated === null) answers.ignore("kind", choices.kind, KIND_UNKNOWN);
  return wanted === undefined ? columns : columns.filter((_, at) => kinds[at] === wanted);
}
