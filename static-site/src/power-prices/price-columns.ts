// Finds the columns that hold prices, with their names, currencies and units.

import type { Column } from "./column-profile";
import { type Market, normalised } from "./markets/market";
import { codeIn, hasCurrency, isOtherUnit, type PriceUnit, priceUnit } from "./price-units";
import { headerName, isDaily, isNamed, type TimePlan } from "./time-plan";

export type PriceColumn = {
  readonly at: number;
  readonly name: string;
  readonly header: string;
  readonly unit: PriceUnit;
  /** Whether its header may mean something other than the price of power. */
  readonly isDoubtful: boolean;
};

/** The price columns of a table; several if each is a place, or a kind of price. */
export type PriceColumns = {
  /** The columns to read. Empty if `isUnclear`, or if there is none. */
  readonly columns: readonly PriceColumn[];
  /** All columns that may be prices, by header. */
  readonly options: readonly string[];
  /** Whether all are the prices of gas or the like, or of a part: "MCPC (capacity)", "Energy component". */
  readonly mayBeOther: boolean;
  /** Whether the user chose them. */
  readonly isChosen: boolean;
  readonly isRecognised: boolean;
  /** A column whose header says that it has prices. */
  readonly withoutNumbers: Column | undefined;
  /** A column whose header names a unit that no power price has. */
  readonly otherUnit: string | undefined;
  /** Several columns of numbers, and none says that it is a price. */
  readonly isUnclear: boolean;
};

const PRICE_WORDS =
  /price|preis|pris\b|prijs|prix|precio|preço|prezzo|cena|hinta|\bpreț|cijena|τιμή|spot|tari?ff?a?\b|\bcost\b|\bkurs\b|settlement price|clearing|(\/ ?|\bper ?)1? ?[kmg] ?w ?h|価格|プライス|단가|가격|电价|цен[аы]|цін[аи]|тариф|fiyat|\b(lmp|lbmp|spp|smp|mcp|mcpc|ptf|hoep|rrp|usep|pml|cmg|pld|pun|sbp|ssp|rtm|dam|mclear|wep)\b/;
const TOTAL_WORDS = /\b(total|with adders|incl adders|final|settlement)\b/;
/** What a household pays, and not what the power is worth. */
const WITH_TAX = /\b(vat|tax|taxes|moms|mva|mwst|ust|btw|iva|tva|alv|gst)\b/;
const COMPONENT_WORDS =
  /\b(congestion|loss|losses|energy component|system energy|marginal cost|mcc|mcl|mlc|mec|ghg|greenhouse|adders?|rtorpa|rtordpa|rtoffpa|reserve|regulation|reg|spin|nonspin|ancillary|mcpc|cap|floor|ceiling|capacity|break ?-?even|strike|spread|component|componente|pérdidas|perdidas|congestión|congestion|energía|predispatch|forecast|fcst|tax|vat|rollingavg|ravg|30ravg|avg|average|mean|min|minimum|max|maximum|low|high|bid|ask|base|baseload|peak|peakload|offpeak|change|shadow|last week|uplift|or 10|or 30)\b/;
/** Beside the lowest, the highest or the mean, these are of single trades. */
const TRADE_WORDS = /\b(first|last|open|opening|close|closing|latest|letzter?|dernier|eerste|laatste)\b/;
const STATISTIC_WORDS = /\b(avg|average|mean|min|minimum|max|maximum|low|lowest|high|highest|vwap)\b/;
const AMOUNT_WORDS =
  /\b[kmg] ?wh?\b|\b(volume|volumen|revenue|income|payment|amount|load|demand|generation|production|consumption|temperature|temp|quantity|qty|menge|capacity|flow|wind|solar|turnover|exchange|import|export|buy|sell|energy|ail|ilość|obrót|wolumen|množství|saldo)\b|約定|入札|総量/;
/** Goods whose price may stand beside that of power. */
const OTHER_GOODS = /\b(gas|ttf|coal|carbon|co2|eua|oil|henry hub|btc|bitcoin|eth|ether(eum)?|hash ?price)\b/;
const isOtherGood = ({ words }: Column): boolean => OTHER_GOODS.test(words.replace(/\/ ?t ?co2/g, ""));
/** Headers that say nothing of what is below them. */
const NEUTRAL = /^((rate|value|val|wert|valor|valeur|waarde|data|number|column)s?\b.*|.?)$/;
const ID_WORDS =
  /\b(id|ids|ptid|eic|mrid|resmrid|nr|no|number|num|nbr|index|idx|row|version|rev|revision|seq|sequence|group|grp|pos|position|code|count|hour|hr|he|interval|period|day|date|month|year|week|weekday|voltage|kv|lat|lon|latitude|longitude|run|status|flag|zip|is|current)\b|コード/;
/** European bidding zones and the Nordic system price. */
const AREA =
  /^(sys|se ?[1-4]|no ?[1-5]|dk ?[12]|fi|ee|lv|lt|at|be|fr|nl|de(-?lu|-?at-?lu)?|pl|cz|sk|hu|ro|bg|si|hr|rs|gr|es|pt|ch|gb2?|uk|ie|sem|it|nord|cnor|csud|sud|sici|sard|cala|oslo|bergen|kr\.?sand|molde|trondheim|trheim|tromsø|ger|lux|tel|aut|bel)$/i;

/**
 * The columns whose headers name prices, the total before its components. A single column of
 * numbers without such a name is taken for the price, several are unclear.
 */
export function findPrices(
  all: readonly Column[],
  time: TimePlan,
  market: Market | null,
  title: string,
  taken: ReadonlySet<number>,
  chosen: string | undefined,
): PriceColumns {
  const numbers = withOwnHeaders(all).filter(
    (column) =>
      column.isNumber &&
      !time.taken.has(column.at) &&
      !taken.has(column.at) &&
      !time.hours.some(({ at }) => at === column.at),
  );
  const possible = numbers.filter((column) => isPossible(column));
  const power = possible.filter((column) => !isOtherGood(column));
  const candidates = power.some((column) => saysPrice(column)) ? power : possible;
  const isPrice = (column: Column): boolean => saysPrice(column);
  const hasStatistics = candidates.some(({ words }) => STATISTIC_WORDS.test(words));
  const isPart = ({ words }: Column): boolean =>
    (COMPONENT_WORDS.test(words) && !/with adders|\binc/.test(words)) || (hasStatistics && TRADE_WORDS.test(words));

  const byUser = numbers.filter((column) => isNamed(column, chosen));
  const byMarket = numbers.filter(({ header }) => market?.price?.test(normalised(header)));
  const named = candidates.filter((column) => isPrice(column) && !isPart(column));
  const totals = named.filter(({ words }) => TOTAL_WORDS.test(words));
  const plain = named.filter(({ words }) => !TOTAL_WORDS.test(words));
  const isTotal =
    totals.length > 0 &&
    !(plain.length > 0 && totals.some(({ words }) => WITH_TAX.test(words))) &&
    plain.every(({ words }) => totals.some((one) => sharesWord(one.words, words)));
  const parts = candidates.filter((column) => isPrice(column) && isPart(column));
  const areas = candidates.filter(({ header }) => AREA.test(shortName(header)));
  const others = candidates.filter((column) => !isPart(column) && !AMOUNT_WORDS.test(column.words));

  const hasEnergy = numbers.some((column) => /\b[km]wh\b/i.test(column.header) && !saysPrice(column));
  const isDoubtful = (column: Column): boolean =>
    !byMarket.includes(column) &&
    (isOtherGood(column) ||
      (hasEnergy && (/\b(cost|charge|bill)s?\b/.test(column.words) || !PRICE_WORDS.test(column.words))) ||
      !(isPrice(column) || areas.includes(column) || NEUTRAL.test(column.words)));

  const groups = [byUser, byMarket, isTotal ? totals : named, areas, parts];
  const likely = groups.find((group) => group.length > 0) ?? (others.length === 1 ? others : []);
  const whole = isDaily(time) ? likely.filter(({ header }) => !isPartOfDay(header)) : likely;
  const isUnclear = likely !== byUser && likely !== byMarket && likely !== areas && !arePlaces(whole);
  const found = isUnclear ? [] : likely;
  const titled = likely.length === 0 && others.length > 1 && /(\/|per )\s?[kmg]wh/i.test(title) ? others : found;
  const kept = titled.filter(({ at }) => !taken.has(at));
  const rest = isUnclear || titled.length === 0 ? candidates.filter(isPart) : [];
  const options = [...kept, ...named, ...byMarket, ...areas, ...parts, ...others, ...rest];
  return {
    columns: priceColumnsOf(kept, all, isDoubtful),
    mayBeOther:
      byMarket.length === 0 &&
      kept.length > 0 &&
      (kept.every(isOtherGood) || (found === parts && !whole.every(({ words }) => WHOLE_PARTS.test(words)))),
    options: [...new Set(options.map(headerName))],
    isChosen: byUser.length > 0,
    isRecognised: kept.length > 0 && (byMarket.length > 0 || named.length === 1 || isTotal || found === areas),
    withoutNumbers: all.find((column) => !column.isNumber && !time.taken.has(column.at) && saysPrice(column)),
    otherUnit: numbers.find(({ header }) => isOtherUnit(header))?.header,
    isUnclear: kept.length === 0 && (isUnclear || others.length > 1),
  };
}

const PART_OF_DAY =
  /\b(on|off)?[- ]?peak(load)?\b|\b(5x16|2x16|7x8|7x16|5x8)\b|\bnight\b|\bday (rate|tariff|price)\b|\b(dag|nacht|tag|dal|piek|normaal|hoog|laag|hoch|nieder|schwachlast)[- ]?tari|heures? (pleine|creuse)|\b(punta|llano|valle)\b/i;
/** The names of tariffs' hours in France, Switzerland, Italy and Spain. */
const PART_CODES = /\b(HP|HC|HPH|HCH|HPE|HCE|HT|NT|F[123]|F23|P[1-6])\b/;
/** Whether a text names the hours of peak, of night and the like: a price of these is not that of a day. */
export const isPartOfDay = (text: string): boolean => {
  const words = text.replace(/_/g, " ");
  return PART_OF_DAY.test(words) || PART_CODES.test(words);
};

/** Prices of the whole power of a time, if no others are there. */
const WHOLE_PARTS = /\b(avg|average|mean|base|baseload|rollingavg)\b/;

/**
 * Whether columns are the same price at several places, or in several currencies, as far as their
 * headers say it: "N1 EUR/MWh" and "N2 EUR/MWh" are, "Buy price" and "Sell price" are not.
 */
function arePlaces(columns: readonly Column[]): boolean {
  if (columns.length < 2) return true;
  const names = columns.map(({ header }) => placePart(header));
  const isSame = names.every((name) => name === names[0]);
  const currencies = columns.map(({ header }) => priceUnit(header).currency);
  if (isSame) return new Set(currencies).size === columns.length;
  const withoutNumber = names.map((name) => name.replace(/\d+/, ""));
  return (
    withoutNumber.every((name) => name.length > 1 && name !== names[0] && name === withoutNumber[0]) ||
    names.every((name) => AREA.test(name) || PLACE_CODE.test(name) || PLACE_WORD.test(name))
  );
}

const PLACE_WORD = /\b(hub|node|zone|area|region|bus|point)\b/i;

/** "SE3", "HB_NORTH", "DE-LU", "N10". */
export const PLACE_CODE =
  /^(?!(?:BUY|SELL|UP|DOWN|BID|ASK|LONG|SHORT|DAM?|RTM?|ID\d?|[PQ]\d+|PEAK|BASE|POWER|MIN|MAX|AVG|GAS|COAL|CO2)$)[A-Z][A-Z0-9_./-]*$/;

/** A header without words for a price and its unit. */
const placePart = (header: string): string =>
  shortName(
    header
      .replace(/_/g, " ")
      .replace(/([a-z])([A-Z])/g, "$1 $2")
      .replace(/ \(column \d+\)$/, ""),
  )
    .replace(/[^\s]*\s?(?:\/|\bper\b)\s?[kmg]wh\b/gi, " ")
    .replace(/\b(?:price|preis|prix|precio|prezzo|spot|lmp|smp)s?\b|\b[A-Z]{3}$/gi, (word) =>
      /^[A-Z]{3}$/.test(word) && codeIn(word) === null ? word : " ",
    )
    .trim();

/** Of columns with the same header, all but the first are named by their place too. */
const withOwnHeaders = (columns: readonly Column[]): Column[] =>
  columns.map((column, index) =>
    column.header !== "" && columns.findIndex(({ header }) => header === column.header) < index
      ? { ...column, header: `${column.header} (column ${column.at + 1})` }
      : column,
  );

const sharesWord = (one: string, other: string): boolean =>
  other.split(" ").some((word) => word.length > 2 && !UNIT_WORD.test(word) && one.split(" ").includes(word));

const UNIT_WORD = /[([]|[\])]|[kmg]wh/;

export const saysPrice = ({ header, words }: Column): boolean =>
  (PRICE_WORDS.test(words) || hasCurrency(header)) &&
  !/\b(volume|demand|load|turnover|revenue|income|payment|amount|forecast(?!ed price))\b|約定総量/.test(words);

/** Ids, counters, constants, and prices of other goods are no power prices. */
function isPossible(column: Column): boolean {
  const { header, words, values } = column;
  if (isOtherUnit(header)) return false;
  const isNamed = saysPrice(column);
  if (!isNamed && ID_WORDS.test(words.replace(/\bday[ -]?ahead\b/, ""))) return false;
  if (/\b(id|ids|ptid|eic|mrid|nr|number|version|index|rank|flag)$/.test(words)) return false;
  return isNamed || AREA.test(shortName(header)) || !isCounter(values);
}

/** Whole numbers that rise by one, or are all the same, or are as long as ids. */
function isCounter(values: readonly string[]): boolean {
  if (values.length < 3 || !values.every((text) => /^-?\d+$/.test(text))) return false;
  const numbers = values.map(Number);
  const steps = numbers.slice(1).map((value, at) => value - (numbers[at] ?? 0));
  return (
    steps.filter((step) => step === 1).length * 10 > steps.length * 8 ||
    steps.every((step) => step === 0) ||
    numbers.every((value) => value >= 100_000)
  );
}

function priceColumnsOf(
  found: readonly Column[],
  all: readonly Column[],
  isDoubtful: (column: Column) => boolean,
): PriceColumn[] {
  // Old ENTSO-E exports name the place in the header of a last, empty column.
  const place =
    found.length === 1 ? all.find((column) => !found.includes(column) && /^[A-Z]{3}\|/.test(column.header)) : undefined;
  const names = new Set<string>();
  return found.map((column) => {
    const { at, header } = column;
    const short =
      areaName(place?.header ?? (found.length > 1 ? shortName(header) : ownName(header))) ||
      (found.length === 1 ? "Price" : `Column ${at + 1}`);
    const name = names.has(short) ? (names.has(header) ? `${short} (column ${at + 1})` : header) : short;
    names.add(name);
    return { at, name, header, unit: priceUnit(header), isDoubtful: isDoubtful(column) };
  });
}

/** "BZN|FR" (a bidding zone) becomes "FR". */
export const areaName = (text: string): string => text.replace(/^[A-Z]{3}\|/, "");

/** "SE3 Price (EUR)" becomes "SE3". */
function shortName(header: string): string {
  return withoutUnit(header).replace(/ price$/i, "") || header;
}

/** The name of a single column: "Final price ($/MWh)" becomes "Final price". */
function ownName(header: string): string {
  const short = shortName(header);
  return AREA.test(short) ? short : withoutUnit(header);
}

function withoutUnit(header: string): string {
  return header
    .replace(/\([^)]*\)|\[[^\]]*\]/g, " ")
    .replace(/\b(Originalauflösungen|Berechnete Auflösungen|Original resolutions|Calculated resolutions)\b/i, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** The columns in one currency, and the names of those in other currencies. */
export type OneCurrency = {
  readonly currency: string | null;
  readonly kept: readonly PriceColumn[];
  readonly others: readonly string[];
};

/**
 * The columns in USD if there are any, otherwise those in the first column's currency. Columns that
 * name no coin are in the one that the file states; a coin that is not known is not that of others.
 */
export function inOneCurrency(
  columns: readonly PriceColumn[],
  stated: string | null,
  wanted: string | null,
): OneCurrency {
  const currencyOf = ({ unit }: PriceColumn): string | null =>
    (unit.isSure ? unit.currency : null) ?? stated ?? unit.currency;
  const coinOf = (column: PriceColumn): string => currencyOf(column) ?? column.unit.coin;
  const coins = columns.map(coinOf);
  const currencies = columns.map(currencyOf);
  const first = ["USD", ...currencies].find((one) => one !== null && currencies.includes(one)) ?? null;
  const isThere = wanted !== null && columns.some(({ unit }) => unit.isSure && unit.currency === wanted);
  const unsure = columns.find(({ unit }) => !unit.isSure) ?? columns[0];
  const ofWanted = isThere || unsure === undefined ? wanted : coinOf(unsure);
  const coin = (wanted === null ? first : ofWanted) ?? coins.find((one) => one !== "");
  const kept = columns.filter((_, at) => coins[at] === "" || coins[at] === coin);
  const others = columns.filter((column) => !kept.includes(column)).map(({ name }) => name);
  return { currency: wanted ?? first, kept, others };
}
