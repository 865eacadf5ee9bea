// Finds the columns that tell several prices of one time apart: places, nodes, providers.

import { optionNamed } from "./answers";
import type { Column } from "./column-profile";
import type { Conflict } from "./intervals";
import { type Market, normalised } from "./markets/market";
import { PLACE_CODE, type PriceColumn } from "./price-columns";
import { cell, type Table } from "./table";
import type { TimePlan } from "./time-plan";

const PLACE_WORDS: readonly RegExp[] = [
  /^(settlement ?point( name)?|settlement location( name)?|pnode ?name|node ?name|location ?name|area display name|point of connection|geoname)$/,
  /^(area|price ?area|bidding ?zone|(price|bidding|delivery) ?(area|zone)|node|hub|location|region|regionid|zone|market ?area|barra|nodo|clave del nodo|submercado|country|name|bus ?name|pnode|data ?provider|resource ?name)$/,
  /\b(area|node|hub|location|region|zone|submarket|nodo|barra|country|name)\b/,
];
/** Values of a column that splits a price into its parts. */
const COMPONENT = /^(lmp|mcc|mcl|mlc|mce|mec|mghg|congestion|loss(es)?|energy|total)$/i;
const WHOLE_PRICE = /^(lmp|total)$/i;
const MAX_CONFLICTS = 200;

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

/**
 * The column that differs in all pairs of rows with the same time: it names the series, whatever it
 * is called. Null if there is none.
 */
export function differingColumn(
  table: Table,
  conflicts: readonly Conflict[],
  columns: readonly Column[],
  time: TimePlan,
  prices: readonly PriceColumn[],
  keys: readonly number[],
): Column | null {
  const pairs = conflicts.slice(0, MAX_CONFLICTS).map(([one, other]) => [table.row(one), table.row(other)] as const);
  const candidates = columns.filter(
    ({ at, isNumber, isWhole }) =>
      !time.taken.has(at) && !keys.includes(at) && !prices.some((price) => price.at === at) && (!isNumber || isWhole),
  );
  const rank = ({ words, isNumber }: Column): number => {
    const place = PLACE_WORDS.findIndex((pattern) => pattern.test(words));
    return (isNumber ? 10 : 0) + (place < 0 ? PLACE_WORDS.length : place);
  };
  const share = ({ at }: Column): number =>
    pairs.filter(([one, other]) => cell(one, at) !== cell(other, at)).length / pairs.length;
  const ranked = candidates
    .map((column) => ({ column, rank: rank(column), share: share(column) }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => Math.floor(b.share) - Math.floor(a.share) || a.rank - b.rank || b.share - a.share);
  const best = ranked[0];
  // A column that differs in few pairs is a note or a counter; two columns may be needed together.
  return best === undefined || best.share < 0.3 ? null : best.column;
}

/** Whether a column names places: by its header, or as its values are codes such as "NP15". */
export const namesPlaces = ({ words, distinct }: Column): boolean =>
  PLACE_WORDS.some((pattern) => pattern.test(words)) || [...distinct].every((text) => PLACE_CODE.test(text));
