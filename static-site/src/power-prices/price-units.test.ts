import { describe, expect, test } from "vitest";

import { readText } from "./read-power-prices";
import type { Choices } from "./reading";
import { lines, prices, readAnswered } from "./testing";

describe("the unit of prices", () => {
  test.each([
    ["price (USD/MWh)", "USD", 12],
    ["Price [EUR/MWh]", "EUR", 12],
    ["price_gbp_mwh", "GBP", 12],
    ["Pool price ($CAD/MWh)", "CAD", 12],
    ["RRP A$/MWh", "AUD", 12],
    ["SpotPriceDKK", "DKK", 12],
    ["€/MWh", "EUR", 12],
    ["USD/kWh", "USD", 12_000],
    ["NOK per kWh", "NOK", 12_000],
    ["price_usd_kwh", "USD", 12_000],
    ["ct/kWh", "EUR", 120],
    ["ctEUR/kWh", "EUR", 120],
    ["Cent€/kWh", "EUR", 120],
    ["Precio (U$S/MWh)", "USD", 12],
    ["Marginal price (PKR/kWh)", "PKR", 12_000],
    ["KES/kWh", "KES", 12_000],
    ["cmg_clp_kwh", "CLP", 12_000],
    ["Price (PhP/MWh)", "PHP", 12],
    ["Price Eur/MWh", "EUR", 12],
    ["Pris (Sek/kWh)", "SEK", 12_000],
    ["SMP (RM/MWh)", "MYR", 12],
    ["CMg (S/./MWh)", "PEN", 12],
    ["Costo marginal (B/./MWh)", "PAB", 12],
    ["Giá (đồng/kWh)", "VND", 12_000],
    ["日前电价(元/兆瓦时)", "CNY", 12],
    ["EUR/MW·h", "EUR", 12],
    ["cents/kWh (USD)", "USD", 120],
    ["Eurocent/kWh", "EUR", 120],
    ["öre/kWh", "SEK", 120],
    ["øre/kWh (NOK)", "NOK", 120],
    ["p/kWh", "GBP", 120],
    ["Цена (руб/кВт·ч)", "RUB", 12_000],
    ["Цена, тенге/кВтч", "KZT", 12_000],
    ["Ціна, грн/МВт.год", "UAH", 12],
    ["k€/GWh", "EUR", 12],
    ["Price TEUR/MWh", "EUR", 12_000],
    ["kUSD per GWh", "USD", 12],
    ["M€/GWh", "EUR", 12_000],
    ["thousand USD/MWh", "USD", 12_000],
    ["$/hundred kWh", "USD", 120],
    ["EUR / 1,000 kWh", "EUR", 12],
    ["EUR per 1.000 kWh", "EUR", 12],
    ["EUR cents/100 kWh", "EUR", 1.2],
    ["mills/kWh (USD)", "USD", 12],
  ])("a price of 12 under %s is in %s, %d for a MWh", (header, currency, perMwh) => {
    const file = readAnswered(`time;${header}\n2024-01-01 00:00;12\n2024-01-01 01:00;12\n`);

    expect(file.currency).toBe(currency);
    expect(prices(file)[0]).toBeCloseTo(perMwh, 9);
  });

  test.each([
    ["Price (blub/MWh)", ["unit", "currency"]],
    ["kuruş per MWh", ["unit", "currency"]],
    ["Тариф, коп/кВт·ч", ["unit", "currency"]],
    ["USD k/GWh", ["unit"]],
    ["EUR/250 kWh", ["unit"]],
    ["元/MWh", ["currency"]],
    ["¥/kWh", ["currency"]],
    ["Rs/MWh", ["currency"]],
    ["Rp/kWh", ["currency"]],
    ["cts/kWh", ["currency"]],
    ["C$/MWh", ["currency"]],
    ["lei/MWh", ["currency"]],
    ["R/MWh", ["currency"]],
    ["Price (zloty/MWh)", ["currency"]],
    ["DE-LU/MWh", ["currency"]],
    ["NORTH/MWh", ["currency"]],
    ["hub price per MWh", ["currency"]],
  ])("under %s %j are asked", (header, asks) => {
    const text = `time (UTC);${header}\n2024-01-01 00:00;12\n2024-01-01 01:00;12\n`;

    expect(readText(text).asks.map(({ key }) => key)).toEqual(asks);
  });

  test.each([
    ["元/MWh", "Asia/Taipei", "TWD"],
    ["元/MWh", "Asia/Shanghai", "CNY"],
    ["¥/kWh", "Asia/Tokyo", "JPY"],
    ["Rs/MWh", "Asia/Karachi", "PKR"],
    ["C$/MWh", "America/Managua", "NIO"],
    ["C$/MWh", "America/Toronto", "CAD"],
    ["lei/MWh", "Europe/Chisinau", "MDL"],
    ["kr/MWh", "Europe/Oslo", "NOK"],
  ])("%s at times in %s is %s", (header, zone, currency) => {
    const text = `time;${header}\n2024-01-01 00:00;12\n2024-01-01 01:00;12\n`;

    expect(readText(text, "", { zone }).currency).toBe(currency);
  });

  test("“Rp” is the hundredth of a Swiss franc, and the rupiah of Indonesia itself", () => {
    const priceIn = (choices: Choices) =>
      lines(
        readText("time;Rp/kWh\n2024-01-01 00:00;12\n2024-01-01 01:00;12\n", "", { zone: "UTC", ...choices }),
      )[0]?.[2];

    expect(priceIn({ currency: "CHF" })).toBe(120);
    expect(priceIn({ currency: "IDR" })).toBe(12_000);
    expect(priceIn({ zone: "Asia/Jakarta" })).toBe(12_000);
  });

  test("a question quotes the coin, and offers the currencies of its sign first", () => {
    const ask = (header: string) =>
      readText(`time (UTC);${header}\n2024-01-01 00:00;12\n2024-01-01 01:00;12\n`).asks.map((one) => [
        one.question,
        ...one.options.slice(0, 2),
      ]);

    expect(ask("元/MWh")).toEqual([["Which currency are the prices in? “元” alone does not say.", "CNY", "TWD"]]);
    expect(ask("Price (ngwee/kWh)")).toEqual([
      [
        "Is “ngwee” in “Price (ngwee/kWh)” a currency, or the hundredth part of one? It is not known here.",
        "kWh",
        "cents/kWh",
      ],
      ["Which currency are the prices in? “ngwee” alone does not say.", "USD", "EUR"],
    ]);
  });

  test("prices per kWh without a coin that are too high for whole ones may be cents", () => {
    const read = (price: string) =>
      readText(`time (UTC),Spot per kWh\n2024-01-01 00:00,${price}\n2024-01-01 01:00,${price}\n`, "", {
        currency: "AUD",
      });

    expect(read("15.3").asks.map(({ key }) => key)).toEqual(["unit"]);
    expect(prices(readAnswered("time (UTC),Spot AUD per kWh\n2024-01-01 00:00,0.15\n2024-01-01 01:00,0.15\n"))).toEqual(
      [150, 150],
    );
    expect(read("0.153").series[0]?.intervals[0]?.price).toBe(153);
  });

  test.each(["Price (EUR/kVA)", "Electricity price index (2015=100)", "Rate (MWh/EUR)"])(
    "%s is refused: it is no price of energy",
    (header) => {
      const { status, message } = readText(`time (UTC);${header}\n2024-01-01 00:00;12\n2024-01-01 01:00;12\n`);

      expect(status).toBe("refused");
      expect(message).toContain("is not a price per MWh or kWh");
    },
  );

  test.each([
    ["CAD", 42],
    ["NIO", 42],
  ])("C$/MWh is a currency, and no hundredth: %s", (currency, price) => {
    const text = "time (UTC);Price (C$/MWh)\n2024-01-01 00:00;42\n2024-01-01 01:00;42\n";

    expect(readText(text, "", { currency }).series[0]?.intervals[0]?.price).toBe(price);
  });

  test("a unit in the title applies if the header has none, and a conversion is noted", () => {
    const file = readAnswered("Prices in ct/kWh\ntime;price\n2024-01-01 00:00;5,5\n2024-01-01 01:00;6\n");

    expect(prices(file)).toEqual([55, 60]);
    expect(file.notes).toContain("Converted: 1 ct/kWh is 10 EUR/MWh");
  });
});
