// Which of several prices of one time are meant: asked, refused, or clear.

import { describe, expect, test } from "vitest";
import type { Choices, Reading } from "./reading";
import { readHours, readRows } from "./testing";

const pricesOf = ({ series, preferred }: Reading): number[] =>
  (series[preferred]?.intervals ?? []).map(({ price }) => price);
const asked = ({ asks }: Reading): unknown[] => asks.map(({ key, options }) => [key, ...options]);
const NONE = "None of these is a price";

/** Each of the cells at each of three hours. */
const rowsOf = (header: string, cells: readonly string[]): string[] => [
  header,
  ...[0, 1, 2].flatMap((hour) => cells.map((text) => `2025-06-01T0${hour}:00:00Z,${text}${hour}`)),
];

describe("columns", () => {
  test.each([
    ["Buy EUR/MWh,Sell EUR/MWh", ["Buy EUR/MWh", "Sell EUR/MWh"]],
    ["Nuclear USD/MWh,Power USD/MWh", ["Nuclear USD/MWh", "Power USD/MWh"]],
    ["Last €/MWh,Weight. Avg. €/MWh", ["Last €/MWh", "Weight. Avg. €/MWh"]],
    ["Spot price (EUR/MWh),Total incl. VAT (EUR/MWh)", ["Spot price (EUR/MWh)", "Total incl. VAT (EUR/MWh)"]],
    ["Spot price (EUR/MWh),Total (EUR/MWh)", ["Spot price (EUR/MWh)", "Total (EUR/MWh)"]],
    ["High price $/MWh,Low price $/MWh", ["High price $/MWh", "Low price $/MWh"]],
    ["Energy component $/MWh,Loss component $/MWh", ["Energy component $/MWh", "Loss component $/MWh"]],
    ["P10 EUR/MWh,P90 EUR/MWh", ["P10 EUR/MWh", "P90 EUR/MWh"]],
    ["Import rate (€/MWh inc VAT),Export rate (€/MWh)", ["Import rate (€/MWh inc VAT)", "Export rate (€/MWh)"]],
    ["Price EUR/MWh,Price EUR/MWh", ["Price EUR/MWh", "Price EUR/MWh (column 3)"]],
  ])("under %s it is asked which is the price", (header, options) => {
    const rows = ["20,30", "21,31", "22,32"];

    expect(asked(readHours(`time (UTC),${header}`, rows))).toEqual([["price", ...options, NONE]]);
    expect(pricesOf(readHours(`time (UTC),${header}`, rows, { price: options[1] ?? "", currency: "EUR" }))).toEqual([
      30, 31, 32,
    ]);
  });

  test.each([
    ["Цена (лв./MWh)", "Цена (евро/MWh)", "BGN", "EUR"],
    ["Ціна (грн/МВт·год)", "Ціна (євро/МВт·год)", "UAH", "EUR"],
    ["Price (zork/MWh)", "Price (EUR/MWh)", "EUR", "EUR"],
  ])("of prices under %s and %s, those of one coin are read", (one, other, first, second) => {
    const rows = ["20,40", "21,41", "22,42"];
    const file = readHours(`time (UTC),${one},${other}`, rows, { unit: "MWh" });

    expect([file.currency, file.series.map(({ name }) => name).length]).toEqual([first, 1]);
    const chosen = readHours(`time (UTC),${one},${other}`, rows, { unit: "MWh", currency: "EUR" });
    expect([chosen.currency, pricesOf(chosen)]).toEqual([second, [40, 41, 42]]);
  });

  test.each(["Price cap EUR/MWh", "Break-even EUR/MWh", "Price floor EUR/MWh"])(
    "%s is not the price if another column is",
    (other) => {
      expect(pricesOf(readHours(`time (UTC),${other},Clearing EUR/MWh`, ["4000,20", "4000,21"]))).toEqual([20, 21]);
    },
  );

  test.each(["N1 EUR/MWh,N2 EUR/MWh", "Hub 0 (EUR/MWh),Hub 1 (EUR/MWh)", "DE EUR/MWh,FR EUR/MWh"])(
    "%s are places",
    (header) => {
      const reading = readHours(`time (UTC),${header}`, ["20,30", "21,31"]);

      expect(reading.status).toBe("read");
      expect(reading.series).toHaveLength(2);
    },
  );

  test.each(["MCPC (capacity) USD/MWh", "ShadowPrice USD/MWh", "Congestion USD/MWh"])(
    "it is asked whether %s is the price of power",
    (header) => {
      expect(asked(readHours(`time (UTC),${header}`, ["20", "21"]))).toEqual([["price", header, NONE]]);
    },
  );

  test("the same price in two currencies is read in one", () => {
    const reading = readHours("time (UTC),PriceEUR,PriceGBP", ["20,17", "21,18"], { unit: "MWh" });

    expect(reading.currency).toBe("EUR");
    expect(reading.notes).toContain(
      "Left out, as they are not in EUR: PriceGBP. To read these, choose another price column",
    );
  });

  test("euros beside an amount of energy may be revenue", () => {
    expect(asked(readHours("time (UTC),MWh,EUR", ["2.5,75", "2.5,201.5"]))).toEqual([["price", "EUR", NONE]]);
  });
});

describe("rows", () => {
  test.each([
    ["Commodity", "Gas", "Power"],
    ["Direction", "Up", "Down"],
    ["Market", "DAM", "RTM"],
  ])("those that %s tells apart are asked about", (header, one, other) => {
    const rows = rowsOf(`time,${header},USD/MWh`, [`${one},1`, `${other},2`]);
    const reading = readRows(rows);

    expect(reading.message).toBe(
      `Which are the prices to use: ${one} or ${other}? The column “${header}” has these at the same times.`,
    );
    expect(asked(reading)).toEqual([["place", one, other]]);
    expect(pricesOf(readRows(rows, { place: other }))).toEqual([20, 21, 22]);
  });

  test.each([
    ["Version", "1", "2"],
    ["Revision", "9", "10"],
    ["Published", "2025-06-03T00:00:00Z", "2025-06-10T00:00:00Z"],
  ])("of several by %s, the latest is used", (header, early, late) => {
    const choices: Choices = { zone: "UTC" };
    for (const cells of [
      [`${early},1`, `${late},2`],
      [`${late},2`, `${early},1`],
    ]) {
      const reading = readRows(rowsOf(`time,${header},USD/MWh`, cells), choices);

      expect(pricesOf(reading)).toEqual([20, 21, 22]);
      expect(reading.notes).toContain("3 rows left out, as a later version of the same time is there");
    }
  });

  test("a column that a market's files do not have is asked about too", () => {
    const market = readRows([
      "Time Stamp,Name,PTID,LBMP ($/MWHr),Market",
      ...["HAM", "DAM"].flatMap((kind) =>
        [0, 1, 2].map((hour) => `11/03/2025 0${hour}:00,CAPITL,61757,${kind === "DAM" ? 2 : 1}${hour},${kind}`),
      ),
    ]);

    expect(market.layout).toBe("NYISO");
    expect(asked(market)).toEqual([["place", "CAPITL, HAM", "CAPITL, DAM"]]);
  });

  test("trades are not prices of a time, whatever their ids", () => {
    const trades = Array.from(
      { length: 60 },
      (_, at) => `2025-06-01T0${Math.floor(at / 10)}:00:00Z,${700 + at},${at}.5`,
    );
    const { status, message } = readRows(["time,TradeId,USD/MWh", ...trades]);

    expect(status).toBe("refused");
    expect(message).toContain("This is a list of trades.");
  });
});
