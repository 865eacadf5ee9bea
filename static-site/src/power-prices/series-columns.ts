// Finds the columns that tell several prices of one time apart: places, nodes, providers.

import { optionNamed } from "./answers";
import type { Column } from "./column-profile";
import { type Market, normalised } from "./markets/market";
import { PLACE_CODE } from "./price-columns";
import type { TimePlan } from "./time-plan";

export const PLACE_WORDS: readonly RegExp[] = [
  /^(settlement ?point( name)?|settlement location( name)?|pnode ?name|node ?name|location ?name|area display name|point of connection|geoname)$/,
  /^(area|price ?area|bidding ?zone|(price|bidding|delivery) ?(area|zone)|node|hub|location|region|regionid|zone|market ?area|barra|nodo|clave del nodo|submercado|country|name|bus ?name|pnode|data ?provider|resource ?name)$/,
  /\b(area|node|hub|location|region|zone|submarket|nodo|barra|country|name)\b/,
];
/** Values of a column that splits a price into its parts. */
const COMPONENT = /^(lmp|mcc|mcl|mlc|mce|mec|mghg|congestion|loss(es)?|energy|total)$/i;
const WHOLE_PRICE = /^(lmp|total)$/i;

/** The column of places, if a header says that it is one. */
export function placeColumn(columns: readonly Column[], market: Market | null, time: TimePlan): Column | undefined {
  const possible = columns.filter(
    ({ at, values, isNumber }) =>
      values.length > 0 && !isNumber && !time.taken.has(at) && !time.hours.some((hour) => hour.at === at),
  );
  const byMarket = possible.find(({ header }) => market?.place?.test(normalised(header)));
  if (byMarket !== undefined) return byMarket;
  return PLACE_WORDS.map((pattern) => possible.find(({ words }) => pattern.test(words))).find(
    (found) => found !== undefined,
  );
}

export type KindColumn = { readonly at: number; readonly value: string; readonly options: readonly string[] };

/** The column that says which part of the price a row is, and the value of the whole price. */
export function kindColumn(
  columns: readonly Column[],
  market: Market | null,
  chosen: string | undefined,
): KindColumn | null {
  for (const { at, header, distinct } of columns) {
    const options = [...distinct];
    const isMarkets = market?.rows?.column.test(normalised(header)) === true;
    const whole = options.find((text) => (isMarkets ? market?.rows?.value.test(text) : WHOLE_PRICE.test(text)));
    if (whole === undefined || !(isMarkets || (options.length > 1 && options.every((text) => COMPONENT.test(text)))))
      continue;
    const value = optionNamed(chosen, options) ?? whole;
    return { at, value, options };
  }
  return null;
}

/** Whether a column names places: by its header, or as its values are codes such as "NP15". */
export const namesPlaces = ({ words, distinct }: Column): boolean =>
  PLACE_WORDS.some((pattern) => pattern.test(words)) || [...distinct].every((text) => PLACE_CODE.test(text));
