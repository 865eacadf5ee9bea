// Tables in files with marks: XML and web pages. Loaded only when such a file comes.

import { tableOfXml } from "./entsoe-xml";
import { tableOfHtml } from "./html-table";
import type { Table } from "./table";

/** Null if the text has no table. Throws `PowerPricesError` if it is XML without prices. */
export const tableOfMarkup = (text: string): Table | null => tableOfXml(text) ?? tableOfHtml(text);
