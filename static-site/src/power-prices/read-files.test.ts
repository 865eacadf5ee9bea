import { gzipSync, strToU8, type Zippable, zipSync } from "fflate";
import { describe, expect, test } from "vitest";

import { readFiles } from "./read-files";
import type { Reading } from "./reading";
import { lines, prices } from "./testing";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (name: string, bytes: Uint8Array): Promise<Reading> => readFiles([{ name, bytes }]);

/** Hourly prices at UTC, from an hour of 15 January 2024 on. */
const csv = (from: number, ...values: number[]): string =>
  [
    "Time (UTC),Price (USD/MWh)",
    ...values.map((price, at) => `2024-01-15 ${String(from + at).padStart(2, "0")}:00,${price}`),
  ].join("\n");

describe("the encoding of a text follows from its bytes", () => {
  const text = "Zeit (UTC);Preis [€/MWh];Größe\n2024-01-15 00:00;21,5;ä\n2024-01-15 01:00;-4,25;ö\n";
  const utf16 = (littleEndian: boolean, mark: boolean): Uint8Array => {
    const units = [...(mark ? "\uFEFF" : ""), ...text].map((character) => character.charCodeAt(0));
    return Uint8Array.from(units.flatMap((unit) => (littleEndian ? [unit & 255, unit >> 8] : [unit >> 8, unit & 255])));
  };
  const windows1252 = Uint8Array.from(
    [...text].map((character) => (character === "€" ? 0x80 : character.charCodeAt(0))),
  );

  test.each([
    ["UTF-8", bytesOf(text)],
    ["UTF-8 with a byte order mark", bytesOf(`\uFEFF${text}`)],
    ["UTF-16 LE with a mark", utf16(true, true)],
    ["UTF-16 BE with a mark", utf16(false, true)],
    ["UTF-16 BE without a mark", utf16(false, false)],
    ["Windows-1252", windows1252],
  ])("%s", async (_, bytes) => {
    const reading = await read("preise.csv", bytes);

    expect(reading.status === "read" ? reading.currency : reading.message).toBe("EUR");
    expect(reading.series[0]?.intervals.map(({ price }) => price)).toEqual([21.5, -4.25]);
  });
});

describe("headers in other scripts than the Latin one are read by their letters", () => {
  test.each([
    ["windows-1251", "c4e0f2e03bd7e0f13bd6b3ede02028e3f0ed2fccc2f22ee3eee4290a", "Ціна (грн/МВт.год)", "UAH"],
    ["koi8-r", "e4c1d4c13bfec1d33be3c5cec12028d2d5c22e2fedf7d4de290a", "Цена (руб./МВтч)", "RUB"],
    ["windows-1253", "c7ece5f1efece7eddfe13bbff1e13bd4e9ecde20284555522f4d5768290a", "Τιμή (EUR/MWh)", "EUR"],
    ["windows-1250", "44656e3b486f64696e613b43656e6120284be82f4d5768290a", "Cena (Kč/MWh)", "CZK"],
    ["gbk", "c8d5c6da3bd0a1cab13bbcdbb8f12028d4aa2f4d5768290a", "价格 (元/MWh)", "CNY"],
    ["big5", "a4e9b4c13ba470aec93bb971bbf92028a4b82f4d5768290a", "電價 (元/MWh)", "TWD"],
    ["euc-jp", "c6fcc9d53bbbfe3bb2c1b3ca2028b1df2f4d5768290a", "価格 (円/MWh)", "JPY"],
    [
      "shift_jis",
      "93fa95743b8e9e3b83438393836f83898393835897bf8be028897e2f4d5768290a",
      "インバランス料金(円/MWh)",
      "JPY",
    ],
    ["shift_jis", "93fa95743b8e9e8d8f3b93648cb997bf8be028897e2f4d5768290a", "電源料金(円/MWh)", "JPY"],
    ["shift_jis", "446174653b54696d653b925089bf204a50592f4d57680a", "単価 JPY/MWh", "JPY"],
    [
      "windows-1252",
      "5a6569743b533b507265697320fc62657220d67374657272656963682028802f4d5768290a",
      "Preis über Österreich (€/MWh)",
      "EUR",
    ],
  ])("%s", async (_, hex, price, currency) => {
    const header = Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
    const rows = bytesOf("15.01.2024;00:00;2000\n15.01.2024;01:00;2100\n15.01.2024;02:00;2050\n");
    const zone = currency === "CNY" ? "Asia/Shanghai" : currency === "TWD" ? "Asia/Taipei" : "UTC";
    const reading = await readFiles([{ name: "a.csv", bytes: Uint8Array.from([...header, ...rows]) }], { zone });

    expect(reading.message === "" ? "" : reading.choices.price.value).toBe(price);
    expect(reading.currency).toBe(currency);
  });

  test.each([
    ["Arabic", "٢٠٢٤-٠١-١٥ ٠٠:٠٠,٣٥٫٥", "٢٠٢٤-٠١-١٥ ٠١:٠٠,-٤٫٢٥"],
    ["full-width", "２０２４－０１－１５ ００：００,３５．５", "２０２４－０１－１５ ０１：００,－４．２５"],
    ["Thai", "๒๐๒๔-๐๑-๑๕ ๐๐:๐๐,๓๕.๕", "๒๐๒๔-๐๑-๑๕ ๐๑:๐๐,-๔.๒๕"],
  ])("%s digits are read", async (_, ...rows) => {
    const reading = await read("a.csv", bytesOf(["Time (UTC),Price (USD/MWh)", ...rows].join("\n")));

    expect(lines(fileOf(reading))).toEqual([
      ["2024-01-15T00:00", "2024-01-15T01:00", 35.5],
      ["2024-01-15T01:00", "2024-01-15T02:00", -4.25],
    ]);
  });
});

test.each([
  [
    "%PDF-1.7\n",
    "This is a PDF document, which cannot be read here. Choose a file with the same prices as CSV or Excel (.xlsx).",
  ],
  [
    "PAR1",
    "This is a Parquet file, which cannot be read here. Choose a file with the same prices as CSV or Excel (.xlsx).",
  ],
  ["Rar!", "This is a RAR archive, which cannot be read here. Unpack it, and choose the files in it."],
])("a file that begins with %j is named in the refusal", async (start, message) => {
  expect((await read("prices", bytesOf(`${start}\0\u00021,2\n`))).message).toBe(message);
});

describe("archives", () => {
  test("the sheets of an OpenDocument spreadsheet are read: dates and numbers as they are stored", async () => {
    const text = (content: string) =>
      `<table:table-cell office:value-type="string"><text:p>${content}</text:p></table:table-cell>`;
    const row = (hour: number, price: number) =>
      `<table:table-row><table:table-cell office:value-type="date" office:date-value="2024-01-15T0${hour}:00:00"><text:p>15/01/24</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="${price}"><text:p>${price.toFixed(0)}</text:p></table:table-cell></table:table-row>`;
    const content = `<office:document-content><table:table table:name="Jan"><table:table-row>${text("Time (UTC)")}${text("Price (USD/MWh)")}<table:table-cell table:number-columns-repeated="1022"/></table:table-row>${row(0, 20.25)}${row(1, -3)}<table:table-row table:number-rows-repeated="1048573"><table:table-cell table:number-columns-repeated="1024"/></table:table-row></table:table></office:document-content>`;
    const mimetype = bytesOf("application/vnd.oasis.opendocument.spreadsheet");
    const reading = await read("prices.ods", zipSync({ mimetype, "content.xml": bytesOf(content) }));

    expect(lines(fileOf(reading))).toEqual([
      ["2024-01-15T00:00", "2024-01-15T01:00", 20.25],
      ["2024-01-15T01:00", "2024-01-15T02:00", -3],
    ]);
  });

  test("an archive that is compressed in another way, or has a password, is refused for that", async () => {
    const zip = zipSync({ "a.csv": bytesOf(csv(0, 20, 21)) });
    const directory = zip.findIndex((_, at) => zip[at] === 0x50 && zip[at + 1] === 0x4b && zip[at + 2] === 1);
    const bzip2 = zip.with(8, 12).with(directory + 10, 12);
    const locked = zip.with(6, 1);

    expect((await read("a.zip", bzip2)).message).toBe(
      "The archive is compressed in a way that cannot be read here, such as bzip2. Unpack it, and choose the files in it.",
    );
    expect((await read("a.zip", locked)).message).toBe(
      "The archive has a password. Unpack it, and choose the files in it.",
    );
  });

  test("the files of a ZIP archive are joined in order of time, and the gap between them is told", async () => {
    const zip = zipSync({
      "b/february.csv": bytesOf(csv(6, 30, 31)),
      "a/january.csv": bytesOf(csv(0, 20, 21)),
      "readme.txt": bytesOf("Prices are, as ever, preliminary.\nSee the web site, please.\n"),
      "__MACOSX/._january.csv": bytesOf("x"),
    });
    const reading = await read("prices.zip", zip);

    expect(reading).toMatchObject({ status: "read", currency: "USD" });
    expect(reading.series).toHaveLength(1);
    expect(reading.series[0]?.intervals.map(({ price }) => price)).toEqual([20, 21, 30, 31]);
    expect(reading.notes[0]).toBe("2 tables joined: a/january.csv, b/february.csv");
    expect(reading.notes.join(". ")).toMatch(/Left out readme\.txt: no row has a time that can be read\. /);
    expect(reading.notes).toContain("4 hours are missing between the files (1 gap, from 2024-01-15 02:00 UTC)");
  });

  test("what is in two files counts once, and is told", async () => {
    const files = [csv(0, 20, 21, 22), csv(2, 99, 23)].map((text, at) => ({ name: `${at}.csv`, bytes: bytesOf(text) }));
    const reading = await readFiles(files);

    expect(reading.series[0]?.intervals.map(({ price }) => price)).toEqual([20, 21, 22, 23]);
    expect(reading.notes).toContain("1 hour is in two files, 1 price is not the same: the first file is used");
  });

  test("files with other prices at the same times are those of places, of which one must be chosen", async () => {
    const files = [
      { name: "DE.csv", bytes: bytesOf(csv(0, 20, 21, 22)) },
      { name: "FR.csv", bytes: bytesOf(csv(0, 30, 31, 32)) },
    ];
    const asking = await readFiles(files);

    expect(asking).toMatchObject({
      status: "asks",
      asks: [{ key: "place", options: ["DE", "FR"] }],
      message: "Which are the prices to use: DE or FR? These files or sheets have other prices at the same times.",
    });
    const chosen = await readFiles(files, { place: "FR" });
    expect(prices(fileOf(chosen))).toEqual([30, 31, 32]);
    expect(chosen.notes[0]).toBe("2 tables have other prices at the same times: DE.csv, FR.csv");
    expect((await readFiles([files[0], files[0]].flatMap((file) => file ?? []))).notes).toContain(
      "3 hours are in two files, with the same prices",
    );
  });

  test("a document in an archive is left out with a note", async () => {
    const archive = zipSync({ "prices.csv": bytesOf(csv(0, 20, 21)), "terms.pdf": bytesOf("%PDF-1.7\n\0") });

    expect((await read("a.zip", archive)).notes).toContain(
      "Left out terms.pdf: this is a PDF document, which cannot be read here",
    );
  });

  test("archives in an archive and compressed files are opened", async () => {
    const inner = zipSync({ "prices.csv.gz": gzipSync(bytesOf(csv(0, 20, 21))) });

    expect(prices(fileOf(await read("outer.zip", zipSync({ "inner.zip": inner }))))).toEqual([20, 21]);
  });

  test.each([
    ["a damaged archive", "PK\u0003\u0004 and so on", /^The file is damaged or incomplete\. Download it again\.$/],
    ["an empty archive", `PK\u0005\u0006${"\u0000".repeat(18)}`, /^The archive is empty\. Download it again\.$/],
    ["an old Excel file", "\u00d0\u00cf\u0011\u00e0", /^This is an old Excel file/],
  ])("%s is refused with the reason", async (_, text, message) => {
    const bytes = Uint8Array.from([...text].map((character) => character.charCodeAt(0)));

    expect(await read("prices.xlsx", bytes)).toMatchObject({
      status: "refused",
      message: expect.stringMatching(message),
    });
  });

  test("an archive of pictures is refused with their names", async () => {
    const { message } = await read("charts.zip", zipSync({ "march.png": bytesOf("x"), "april.png": bytesOf("y") }));

    expect(message).toBe("The archive has no tables, only march.png, april.png.");
  });

  test("a file of one day takes the order of dates from the others of its kind", async () => {
    const day = (date: string): string => `time (UTC),USD/MWh\n${date} 00:00,1\n${date} 01:00,2\n`;
    const files = ["03/04/2024", "13/04/2024"].map((date) => ({ name: `${date}.csv`, bytes: bytesOf(day(date)) }));
    const [first] = (await readFiles(files)).series[0]?.intervals ?? [];

    expect(new Date(first?.start ?? 0).toISOString()).toBe("2024-04-03T00:00:00.000Z");
  });

  test("day-ahead and real-time prices of a place are two series", async () => {
    const text = (price: number): Uint8Array => bytesOf(csv(0, price, price + 1));
    const reading = await readFiles([
      { name: "dam.csv", bytes: text(20) },
      { name: "rtm.csv", bytes: text(30) },
    ]);

    expect(reading.series.map(({ name }) => name)).toEqual(["Price, day-ahead", "Price, real-time"]);
  });

  test("questions of several files are asked once", async () => {
    const text = "time,price (USD/MWh)\n2024-01-15 00:00,1\n2024-01-15 01:00,2\n";
    const files = ["a.csv", "b.csv"].map((name) => ({ name, bytes: bytesOf(text) }));

    expect((await readFiles(files)).asks.map(({ key }) => key)).toEqual(["zone"]);
  });
});

describe("Excel workbooks", () => {
  test("sheets are joined; dates are day numbers with a date's style, and strings are shared", async () => {
    const sheet = (rows: readonly (readonly [string, number])[]): string =>
      `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>${rows
        .map(
          ([day, price], at) =>
            `<row r="${at + 2}"><c r="A${at + 2}" s="1"><v>${day}</v></c><c r="B${at + 2}"><v>${price}</v></c></row>`,
        )
        .join("")}</sheetData></worksheet>`;
    // Day 45306 is 15 January 2024 (45292 is the first of January); an hour is 1/24.
    const reading = await read(
      "prices.xlsx",
      workbook({
        "xl/worksheets/sheet1.xml": sheet([
          ["45306", 20.5],
          ["45306.041666666664", -21.25],
        ]),
        "xl/worksheets/sheet2.xml": sheet([
          ["45306.083333333336", 22],
          ["45306.125", 23.049999999999997], // As spreadsheets store 23.05.
        ]),
      }),
    );

    expect(reading).toMatchObject({ status: "read", currency: "EUR" });
    expect(lines(fileOf(reading))).toEqual([
      ["2024-01-15T00:00", "2024-01-15T01:00", 20.5],
      ["2024-01-15T01:00", "2024-01-15T02:00", -21.25],
      ["2024-01-15T02:00", "2024-01-15T03:00", 22],
      ["2024-01-15T03:00", "2024-01-15T04:00", 23.05],
    ]);
  });

  test("inline strings, empty cells and times of day are read", async () => {
    const rows = [
      ["Date", "Hour Ending", "", "Price ($/MWh), CPT"],
      ["2024-01-15", "01:00", "", "10"],
      ["2024-01-15", "24:00", "", "(11.5)"],
    ].map((cells, at) => {
      const written = cells.flatMap((text, column) =>
        text === "" ? [] : [`<c r="${"ABCD"[column]}${at + 1}" t="inlineStr"><is><t>${text}</t></is></c>`],
      );
      return `<row r="${at + 1}">${written.join("")}</row>`;
    });
    const sheets = { "xl/worksheets/sheet1.xml": `<worksheet><sheetData>${rows.join("")}</sheetData></worksheet>` };
    const reading = await readFiles([{ name: "prices.xlsx", bytes: workbook(sheets) }], { zone: "America/Chicago" });

    expect(lines(fileOf(reading))).toEqual([
      ["2024-01-15T06:00", "2024-01-15T07:00", 10],
      ["2024-01-16T05:00", "2024-01-16T06:00", -11.5],
    ]);
  });

  function workbook(sheets: Readonly<Record<string, string>>): Uint8Array {
    const names = Object.keys(sheets);
    const parts: Zippable = {
      "xl/workbook.xml": strToU8(
        `<workbook><sheets>${names.map((_, at) => `<sheet name="Month ${at + 1}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`).join("")}</sheets></workbook>`,
      ),
      "xl/_rels/workbook.xml.rels": strToU8(
        `<Relationships>${names.map((name, at) => `<Relationship Id="rId${at + 1}" Type="worksheet" Target="${name.replace("xl/", "")}"/>`).join("")}</Relationships>`,
      ),
      "xl/sharedStrings.xml": strToU8(
        "<sst><si><t>Time (UTC)</t></si><si><r><t>Price </t></r><r><t>(€/MWh)</t></r></si></sst>",
      ),
      "xl/styles.xml": strToU8(
        '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy\\ hh:mm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>',
      ),
    };
    return zipSync({ ...parts, ...Object.fromEntries(names.map((name) => [name, strToU8(sheets[name] ?? "")])) });
  }
});

test("a table of a web page named .xls is read", async () => {
  const reading = await read(
    "prices.xls",
    bytesOf(
      "<html><table><tr><th>Time (UTC)</th><th>Price (&euro;/MWh)</th></tr><tr><td>2024-01-15 00:00</td><td>&minus;1,5</td></tr><tr><td>2024-01-15 01:00<td><b>2,5</b></table></html>",
    ),
  );

  expect(reading).toMatchObject({ status: "read", currency: "EUR" });
  expect(prices(fileOf(reading))).toEqual([-1.5, 2.5]);
});

function fileOf({ status, message, layout, currency, series, preferred, notes }: Reading) {
  if (status !== "read" || currency === null) throw new Error(message);
  return { layout, currency, series, preferred, notes };
}
