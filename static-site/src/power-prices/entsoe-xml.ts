// Reads the day-ahead prices that ENTSO-E's interface sends as XML (Publication_MarketDocument of
// IEC 62325-451-3): prices by their position in a period.

import { HOUR_MS, MINUTE_MS } from "../model/units";
import { noneFromEntsoe, ONLY_ENTSOE_XML } from "../words/entsoe-xml";
import { textOf } from "./html-table";
import { PowerPricesError } from "./power-file";
import { type Row, type Table, tableOfRows } from "./table";

/** Null if the text is not XML. Throws `PowerPricesError` if it has no day-ahead prices. */
export function tableOfXml(text: string): Table | null {
  const start = text.slice(0, 2_000);
  if (!/^\uFEFF?\s*<\?xml\b/.test(start) || /<html\b/i.test(start)) return null;
  if (/<Acknowledgement_MarketDocument\b/.test(start)) throw new PowerPricesError(noneFromEntsoe(first(text, "text")));
  const rows = all(text, "TimeSeries").flatMap(rowsOf);
  if (rows.length === 0) throw new PowerPricesError(ONLY_ENTSOE_XML);
  return tableOfRows([["MTU (UTC)", "Area", "Sequence", "Day-ahead Price", "Currency"], ...rows]);
}

function rowsOf(series: string): Row[] {
  const place = [first(series, "in_Domain\\.mRID"), first(series, "classificationSequence\\S*\\.position")];
  const currency = first(series, "currency_Unit\\.name");
  // Such a curve leaves out a price that is the same as the one before.
  const hasRepeats = first(series, "curveType") === "A03";
  return all(series, "Period").flatMap((period) => {
    const [start, end] = [Date.parse(first(period, "start")), Date.parse(first(period, "end"))];
    const stepMs = lengthOf(first(period, "resolution"));
    const prices = new Map(
      all(period, "Point").map((point) => [Number(first(point, "position")), first(point, "price\\.amount")]),
    );
    const rows: Row[] = [];
    let price = "";
    for (let at = 0; start + at * stepMs < end; at += 1) {
      price = prices.get(at + 1) ?? (hasRepeats ? price : "");
      const iso = (count: number): string => new Date(start + count * stepMs).toISOString().replace(".000", "");
      if (price !== "") rows.push([`${iso(at)}/${iso(at + 1)}`, ...place, price, currency]);
    }
    return rows;
  });
}

/** The milliseconds of "PT15M", "PT1H" or "P1D"; NaN for other texts. */
function lengthOf(resolution: string): number {
  const [, days, hours, minutes] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(resolution) ?? [];
  const length = (24 * Number(days ?? 0) + Number(hours ?? 0)) * HOUR_MS + Number(minutes ?? 0) * MINUTE_MS;
  return length > 0 ? length : NaN;
}

const elements = (name: string): RegExp => new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, "g");

/** The contents of all elements with a name. */
const all = (xml: string, name: string): string[] =>
  Array.from(xml.matchAll(elements(name)), ([, inner = ""]) => inner);

const first = (xml: string, name: string): string => textOf(elements(name).exec(xml)?.[1] ?? "");
