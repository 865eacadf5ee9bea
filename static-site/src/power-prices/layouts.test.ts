// Layouts of markets, written for these tests after the public descriptions that the markets' files
// link. The values are ours.

import { describe, expect, test } from "vitest";

import { readFiles } from "./read-files";
import type { Choices, Reading } from "./reading";

const HOUR = 3_600_000;

async function read(text: string | Uint8Array, choices: Choices = {}, name = "file.csv"): Promise<Reading> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return readFiles([{ name, bytes }], choices);
}

/** A series as lines "start, hours, price", with the start as in 2024-01-31T13:00. */
function shown({ series, preferred }: Reading, name?: string): string[] {
  const one = name === undefined ? series[preferred] : series.find((other) => other.name === name);
  return (one?.intervals ?? []).map(
    ({ start, end, price }) =>
      `${new Date(start).toISOString().slice(0, 16)} ${Number(((end - start) / HOUR).toFixed(4))} ${price}`,
  );
}

const names = ({ series }: Reading): string[] => series.map(({ name }) => name);
const range = (count: number, first = 1): number[] => Array.from({ length: count }, (_, at) => first + at);

describe("Europe", () => {
  test("OMIE numbers the hours that passed: 25 in autumn, 23 in spring", async () => {
    const day = (date: string, count: number): string[] =>
      range(count).map((hour) => `${date};${hour};${hour + 0.5};${hour};`);
    const reading = await read(
      ["MARGINALPDBC;", ...day("2024;03;31", 23), ...day("2024;10;27", 25), "*"].join("\n"),
      {},
      "marginalpdbc_20241027.1",
    );

    expect(reading).toMatchObject({ status: "read", layout: "OMIE day-ahead", currency: "EUR" });
    expect(names(reading)).toEqual(["Portugal", "Spain"]);
    const spain = shown(reading);
    // Midnight of 31 March in Madrid is 23:00 UTC; of 27 October 22:00 UTC of the day before.
    expect(spain[0]).toBe("2024-03-30T23:00 1 1");
    expect(spain[22]).toBe("2024-03-31T21:00 1 23");
    expect(spain[23]).toBe("2024-10-26T22:00 1 1");
    expect(spain[47]).toBe("2024-10-27T22:00 1 25");
  });

  test("OMIE numbers quarter-hours to 100 in autumn", async () => {
    const rows = range(100).map((quarter) => `2025;10;26;${quarter};${quarter};${quarter};`);
    const spain = shown(await read(["MARGINALPDBC;", ...rows, "*"].join("\n")));

    expect(spain[0]).toBe("2025-10-25T22:00 0.25 1");
    expect(spain[99]).toBe("2025-10-26T22:45 0.25 100");
  });

  test("OTE has hours 1 to 25 beside the day, a price and amounts", async () => {
    const rows = range(25).map((hour) => `27.10.2024;${hour};${hour},25;1 234,5;99,1`);
    const reading = await read(["Den;Hodina;Cena (EUR/MWh);Množství (MWh);Saldo DT (MWh)", ...rows].join("\n"));

    expect(reading).toMatchObject({ layout: "OTE", currency: "EUR" });
    expect(shown(reading)[24]).toBe("2024-10-27T22:00 1 25.25");
  });

  test("TGE has zloty, hours of the day and a volume", async () => {
    const rows = range(24).map((hour) => `2024-07-15;${hour};${400 + hour},50;${hour}00,0`);
    const reading = await read(["Data;Godzina;Fixing I - Kurs (PLN/MWh);Fixing I - Wolumen (MWh)", ...rows].join("\n"));

    expect(reading).toMatchObject({ layout: "TGE Fixing", currency: "PLN" });
    expect(shown(reading)[0]).toBe("2024-07-14T22:00 1 401.5");
  });

  test("HUPX has quarter-hours by number", async () => {
    const rows = range(96).map((quarter) => `2025-11-05;${quarter};${quarter}.10`);
    const reading = await read(["Delivery day;Quarter Hour;Price (EUR/MWh)", ...rows].join("\n"), {}, "HUPX DAM.csv");

    expect(reading).toMatchObject({ layout: "HUPX", currency: "EUR" });
    expect(shown(reading)[95]).toBe("2025-11-05T22:45 0.25 96.1");
  });

  test("Elia has times with an offset, and prices of up and down regulation beside the imbalance price", async () => {
    const reading = await read(
      [
        "Datetime;Resolution code;Quality status;System imbalance;Marginal incremental price;Marginal decremental price;Imbalance Price",
        "2024-05-22T01:15:00+02:00;PT15M;Validated;-10.1;90.1;10.1;55.5",
        "2024-05-22T01:00:00+02:00;PT15M;Validated;-11.1;91.1;11.1;-44.5",
      ].join("\n"),
    );

    expect(reading).toMatchObject({ layout: "Elia imbalance", currency: "EUR" });
    expect(shown(reading)).toEqual(["2024-05-21T23:00 0.25 -44.5", "2024-05-21T23:15 0.25 55.5"]);
    expect(reading.choices.kind.value).toBe("imbalance");
  });

  test("Elexon's system prices number half-hours, 50 in autumn", async () => {
    const rows = range(50).map((period) => `2025-10-26,${period},${period}.5,${period}.5,-12`);
    const reading = await read(
      ["SettlementDate,SettlementPeriod,SystemSellPrice,SystemBuyPrice,NetImbalanceVolume", ...rows].join("\n"),
    );

    expect(reading).toMatchObject({ layout: "Elexon system price", currency: "GBP" });
    // Midnight in London was 23:00 UTC.
    expect(shown(reading)[0]).toBe("2025-10-25T23:00 0.5 1.5");
    expect(shown(reading)[49]).toBe("2025-10-26T23:30 0.5 50.5");
  });

  test("Octopus Agile has pence per kWh, with and without tax", async () => {
    const reading = await read(
      [
        "valid_from,valid_to,value_exc_vat,value_inc_vat",
        "2024-01-01T00:30:00Z,2024-01-01T01:00:00Z,10.5,11.025",
        "2024-01-01T00:00:00Z,2024-01-01T00:30:00Z,-2,-2.1",
      ].join("\n"),
    );

    expect(reading).toMatchObject({ layout: "Octopus Agile", currency: "GBP" });
    expect(shown(reading)).toEqual(["2024-01-01T00:00 0.5 -20", "2024-01-01T00:30 0.5 105"]);
  });

  test("Amber Electric has cents per kWh, and starts that are a second late", async () => {
    const reading = await read(
      [
        "type,duration,startTime,endTime,nemTime,perKwh,renewables,spotPerKwh",
        "ActualInterval,30,2025-04-04T13:00:01Z,2025-04-04T13:30:00Z,2025-04-04T23:30:00+10:00,15.3,35.2,3.5",
        "ActualInterval,30,2025-04-04T13:30:01Z,2025-04-04T14:00:00Z,2025-04-05T00:00:00+10:00,12.1,35.2,-0.25",
      ].join("\n"),
    );

    expect(reading).toMatchObject({ layout: "Amber Electric", currency: "AUD" });
    expect(shown(reading)).toEqual(["2025-04-04T13:00 0.5 35", "2025-04-04T13:30 0.5 -2.5"]);
  });

  test("aWATTar has UNIX milliseconds and the unit in a column", async () => {
    const reading = await read(
      "start_timestamp,end_timestamp,marketprice,unit\n1704067200000,1704070800000,42.5,Eur/MWh\n1704070800000,1704074400000,-1.5,Eur/MWh\n",
    );

    expect(reading).toMatchObject({ layout: "aWATTar", currency: "EUR" });
    expect(shown(reading)).toEqual(["2024-01-01T00:00 1 42.5", "2024-01-01T01:00 1 -1.5"]);
  });

  test("Tibber's currency is asked for", async () => {
    const text =
      "startsAt,total,energy,tax\n2024-01-01T00:00:00.000+01:00,0.61,0.4,0.21\n2024-01-01T01:00:00.000+01:00,0.55,0.3,0.25\n";
    expect((await read(text)).asks.map(({ key }) => key)).toEqual(["currency"]);

    const reading = await read(text, { currency: "NOK" });
    expect(reading.currency).toBe("NOK");
    expect(shown(reading)).toEqual(["2023-12-31T23:00 1 400", "2024-01-01T00:00 1 300"]);
  });

  test("energy-charts has areas in one row and units in the next", async () => {
    const reading = await read(
      "Datum (MEZ);Day Ahead Auktion (DE-LU)\n;Preis (EUR/MWh)\n2024-07-15T00:00+02:00;70,5\n2024-07-15T01:00+02:00;-71,5\n",
    );

    expect(reading).toMatchObject({ status: "read", currency: "EUR" });
    expect(shown(reading)).toEqual(["2024-07-14T22:00 1 70.5", "2024-07-14T23:00 1 -71.5"]);
  });

  test("EnergyZero has EUR/kWh at UTC", async () => {
    const reading = await read("readingDate,price\n2024-01-01T00:00:00Z,0.042\n2024-01-01T01:00:00Z,0.05\n");

    expect(reading).toMatchObject({ layout: "EnergyZero", currency: "EUR" });
    expect(shown(reading)).toEqual(["2024-01-01T00:00 1 42", "2024-01-01T01:00 1 50"]);
  });
});

describe("North and South America", () => {
  test("AESO names hours by their end in one cell with the date, and marks the second pass by a star", async () => {
    const reading = await read(
      [
        "Historical Pool Price Report",
        "November 3 - November 3, 2024",
        "",
        "Date (HE),Price ($),30Ravg ($),AIL Demand (MW)",
        '"11/03/2024 01",21.50,50.10,9000.0',
        '"11/03/2024 02",22.50,50.10,9000.0',
        '"11/03/2024 02*",23.50,50.10,9000.0',
        '"11/03/2024 03",24.50,50.10,9000.0',
        '"11/03/2024 24",45.50,50.10,9000.0',
      ].join("\n"),
    );

    expect(reading).toMatchObject({ layout: "AESO pool price", currency: "CAD" });
    // Calgary: UTC-6 until 2:00, then UTC-7.
    expect(shown(reading)).toEqual([
      "2024-11-03T06:00 1 21.5",
      "2024-11-03T07:00 1 22.5",
      "2024-11-03T08:00 1 23.5",
      "2024-11-03T09:00 1 24.5",
      "2024-11-04T06:00 1 45.5",
    ]);
  });

  test("IESO's zonal price has its date in the title, in Eastern standard time", async () => {
    const rows = range(24).map((hour) => `${hour},${hour}.25,0.1,0.2`);
    const reading = await read(
      [
        "CREATED AT 2025/07/01 12:55:10 FOR 2025/07/02",
        "Delivery Hour,Zonal Price,Energy Loss Price,Energy Congestion Price",
        ...rows,
      ].join("\n"),
      {},
      "PUB_DAHourlyOntarioZonalPrice_20250702.csv",
    );

    expect(reading).toMatchObject({ layout: "IESO Ontario zonal price", currency: "CAD" });
    expect(shown(reading)[0]).toBe("2025-07-02T05:00 1 1.25");
    expect(shown(reading)[23]).toBe("2025-07-03T04:00 1 24.25");
  });

  test("MISO has hours in columns, the date in the title, and the parts of the price in rows", async () => {
    const hours = range(24).map((hour) => `HE ${hour}`);
    const row = (node: string, value: string, base: number): string =>
      `${node},Hub,${value},${range(24)
        .map((hour) => (base + hour).toFixed(2))
        .join(",")}`;
    const reading = await read(
      [
        "Day Ahead Market ExPost LMPs",
        "07/15/2024",
        "",
        ",,,All Hours-Ending are Eastern Standard Time (EST)",
        `Node,Type,Value,${hours.join(",")}`,
        row("ILLINOIS.HUB", "LMP", 20),
        row("ILLINOIS.HUB", "MCC", 0),
        row("ILLINOIS.HUB", "MLC", 1),
        row("INDIANA.HUB", "LMP", 30),
        row("INDIANA.HUB", "MCC", 2),
      ].join("\n"),
    );

    expect(reading).toMatchObject({ layout: "MISO", currency: "USD" });
    expect(names(reading)).toEqual(["ILLINOIS.HUB", "INDIANA.HUB"]);
    expect(shown(reading)[0]).toBe("2024-07-15T05:00 1 21");
    expect(shown(reading, "INDIANA.HUB")[23]).toBe("2024-07-16T04:00 1 54");
  });

  test("ISO New England's 5 minutes have local starts at each location", async () => {
    const reading = await read(
      [
        '"C","Real-Time Five-Minute LMPs"',
        '"H","Local Time","Location ID","Location Name","Location Type","LMP","Energy Component","Congestion Component","Loss Component"',
        '"H","Date/Time","Number","String","String","Number","Number","Number","Number"',
        '"D","07/15/2024 00:00:00","4000",".H.INTERNAL_HUB","HUB","31.5","31","0","0.5"',
        '"D","07/15/2024 00:05:00","4000",".H.INTERNAL_HUB","HUB","-32.5","-32","0","-0.5"',
        '"D","07/15/2024 00:10:00","4000",".H.INTERNAL_HUB","HUB","33.5","33","0","0.5"',
        '"T","3"',
      ].join("\n"),
    );

    expect(reading.layout).toBe("ISO New England, 5 minutes");
    expect(shown(reading)).toEqual([
      "2024-07-15T04:00 0.0833 31.5",
      "2024-07-15T04:05 0.0833 -32.5",
      "2024-07-15T04:10 0.0833 33.5",
    ]);
  });

  test("CENACE has pesos, the date in the title, and the parts of the price in columns", async () => {
    const rows = range(24).flatMap((hour) => [
      `${hour},01PLO-115,${hour + 500}.10,500,0.1,0.2`,
      `${hour},02APD-115,${hour + 600}.10,600,0.1,0.2`,
    ]);
    const reading = await read(
      [
        "Centro Nacional de Control de Energía",
        "Reporte de Precios Marginales Locales",
        "Fecha: 15/07/2024",
        "",
        "Hora,Clave del nodo,Precio marginal local ($/MWh),Componente de energia ($/MWh),Componente de perdidas ($/MWh),Componente de congestion ($/MWh)",
        ...rows,
      ].join("\n"),
    );

    expect(reading).toMatchObject({ layout: "CENACE PML", currency: "MXN" });
    expect(names(reading)).toEqual(["01PLO-115", "02APD-115"]);
    // Mexico City has had UTC-6 all year since 2022.
    expect(shown(reading)[0]).toBe("2024-07-15T06:00 1 501.1");
  });

  test("XM has pesos per kWh with the hours 0 to 23 in columns", async () => {
    const hours = range(24, 0);
    const reading = await read(
      [
        "Precio de Bolsa Nacional",
        `Fecha,${hours.join(",")},Version`,
        `2024-07-15,${hours.map((hour) => `${300 + hour}.5`).join(",")},TXF`,
        `2024-07-16,${hours.map((hour) => `${400 + hour}.5`).join(",")},TXF`,
      ].join("\n"),
    );

    expect(reading).toMatchObject({ layout: "XM Colombia", currency: "COP" });
    expect(shown(reading)[0]).toBe("2024-07-15T05:00 1 300500");
    expect(shown(reading)[47]).toBe("2024-07-17T04:00 1 423500");
  });

  test("Chile's marginal costs are by bus, hours 0 to 23 or 1 to 24", async () => {
    const rows = range(24).map((hour) => `2024-07-15;${hour};CRUCERO_______220;${hour},5`);
    const reading = await read(["fecha;hora;barra;CMg [USD/MWh]", ...rows].join("\n"));

    expect(reading).toMatchObject({ currency: "USD" });
    expect(names(reading)).toEqual(["CRUCERO_______220"]);
    // Winter in Santiago: UTC-4.
    expect(shown(reading)[0]).toBe("2024-07-15T04:00 1 1.5");
  });

  test("reais are a currency of their own", async () => {
    const reading = await read("Data;Hora;Preço (R$/MWh)\n15/07/2024;00:00;61,07\n15/07/2024;01:00;62,07\n", {
      zone: "America/Sao_Paulo",
    });

    expect(reading.currency).toBe("BRL");
    expect(shown(reading)[0]).toBe("2024-07-15T03:00 1 61.07");
  });
});

describe("Asia and the Pacific", () => {
  test("JEPX is in Shift_JIS, with codes of half-hours, yen per kWh, and a column for each area", async () => {
    const header =
      "受渡日,時刻コード,売り入札量(kWh),買い入札量(kWh),約定総量(kWh),システムプライス(円/kWh),エリアプライス東京(円/kWh)";
    const rows = range(48).map((code) => `2024/04/01,${code},100,200,300,${code}.25,${code}.75`);
    // Encoders of Shift_JIS are not part of the platform: these are the bytes of the header alone.
    const bytes = Uint8Array.from([...shiftJis(header), ...new TextEncoder().encode(`\r\n${rows.join("\r\n")}\r\n`)]);
    const reading = await read(bytes);

    expect(reading).toMatchObject({ status: "read", layout: "JEPX spot", currency: "JPY" });
    expect(reading.series).toHaveLength(2);
    // Tokyo is nine hours ahead.
    expect(shown(reading)[0]).toBe("2024-03-31T15:00 0.5 1250");
    expect(shown(reading)[47]).toBe("2024-04-01T14:30 0.5 48250");
  });

  test("IEX of India has time blocks of a quarter-hour beside the hour, in rupees", async () => {
    const rows = range(96, 0).map((block) => {
      const clock = (at: number): string =>
        `${String(Math.floor(at / 4)).padStart(2, "0")}:${String((at % 4) * 15).padStart(2, "0")}`;
      return `15-07-2024,${Math.floor(block / 4) + 1},${clock(block)} - ${clock(block + 1)},9000.1,8000.2,7000.3,${3000 + block}.5`;
    });
    const reading = await read(
      ["Date,Hour,Time Block,Purchase Bid (MW),Sell Bid (MW),MCV (MW),MCP (Rs/MWh)", ...rows].join("\n"),
    );

    expect(reading).toMatchObject({ layout: "IEX India", currency: "INR" });
    // India is 5.5 hours ahead.
    expect(shown(reading)[0]).toBe("2024-07-14T18:30 0.25 3000.5");
    expect(shown(reading)[95]).toBe("2024-07-15T18:15 0.25 3095.5");
  });

  test("KPX has the hours 1 to 24 in columns, in won per kWh", async () => {
    const hours = range(24);
    const reading = await read(
      [
        `기간,${hours.map((hour) => `${hour}시`).join(",")},최대,최소,가중평균`,
        `2024/07/15,${hours.map((hour) => 100 + hour).join(",")},124,101,112`,
        `2024/07/16,${hours.map((hour) => 150 + hour).join(",")},174,151,162`,
      ].join("\n"),
    );

    expect(reading).toMatchObject({ layout: "KPX SMP", currency: "KRW" });
    expect(shown(reading)).toHaveLength(48);
    expect(shown(reading)[0]).toBe("2024-07-14T15:00 1 101000");
  });

  test("Singapore numbers half-hours, with months by name", async () => {
    const rows = range(48).map((period) => `USEP,15 Jul 2024,${period},${100 + period}.10,,6000.1,0`);
    const reading = await read(
      ["INFORMATION TYPE,DATE,PERIOD,USEP ($/MWh),LCP ($/MWh),DEMAND (MW),TCL (MW)", ...rows].join("\n"),
    );

    expect(reading).toMatchObject({ layout: "Singapore USEP", currency: "SGD" });
    expect(shown(reading)[47]).toBe("2024-07-15T15:30 0.5 148.1");
  });

  test("New Zealand numbers trading periods: 50 when summer time ends, 46 when it begins", async () => {
    const day = (date: string, count: number): string[] =>
      range(count).flatMap((period) => [
        `${date},${period},BEN2201,${period}.50`,
        `${date},${period},OTA2201,1${period}.50`,
      ]);
    const reading = await read(
      [
        "TradingDate,TradingPeriod,PointOfConnection,DollarsPerMegawattHour",
        ...day("2024-04-07", 50),
        ...day("2024-09-29", 46),
      ].join("\n"),
    );

    expect(reading).toMatchObject({ layout: "New Zealand EMI", currency: "NZD" });
    expect(names(reading)).toEqual(["BEN2201", "OTA2201"]);
    const ben = shown(reading);
    // NZDT is UTC+13, NZST UTC+12.
    expect(ben[0]).toBe("2024-04-06T11:00 0.5 1.5");
    expect(ben[49]).toBe("2024-04-07T11:30 0.5 50.5");
    expect(ben[50]).toBe("2024-09-28T12:00 0.5 1.5");
    expect(ben[95]).toBe("2024-09-29T10:30 0.5 46.5");
  });
});

/** Shift_JIS of the few characters that the header has, looked up by decoding all pairs of bytes. */
function shiftJis(text: string): number[] {
  const known = new Map<string, readonly number[]>();
  const decoder = new TextDecoder("shift_jis");
  for (let lead = 0x81; lead <= 0x9f; lead += 1) {
    for (let trail = 0x40; trail <= 0xfc; trail += 1)
      known.set(decoder.decode(Uint8Array.of(lead, trail)), [lead, trail]);
  }
  return [...text].flatMap((character) =>
    character < "\u0080" ? [character.charCodeAt(0)] : (known.get(character) ?? [63]),
  );
}
