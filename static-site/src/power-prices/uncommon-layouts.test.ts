import { describe, expect, test } from "vitest";

import { readText } from "./read-power-prices";
import type { Choices, Reading } from "./reading";

const read = (lines: readonly string[], choices: Choices = {}): Reading => readText(lines.join("\n"), "", choices);

/** The intervals of the series shown first, as lines "start end price". */
function shown({ series, preferred }: Reading): string[] {
  const iso = (time: number): string => new Date(time).toISOString().slice(0, 16);
  return (series[preferred]?.intervals ?? []).map(({ start, end, price }) => `${iso(start)} ${iso(end)} ${price}`);
}

describe("one header may name the units of several prices", () => {
  test("of power and of carbon, below a header with the market", () => {
    const reading = read([
      "Date (GMT+2),Intraday Continuous (FR)",
      ',"Price (EUR/MWh, EUR/tCO2)"',
      "2025-06-03T00:00+02:00,88.4",
      "2025-06-03T01:00+02:00,-7.1",
    ]);

    expect(reading).toMatchObject({ status: "read", currency: "EUR" });
    expect(shown(reading)).toEqual([
      "2025-06-02T22:00 2025-06-02T23:00 88.4",
      "2025-06-02T23:00 2025-06-03T00:00 -7.1",
    ]);
  });

  test("of carbon alone, which is not a power price", () => {
    const reading = read(["Time (UTC),Price (EUR/tCO2)", "2025-06-03T00:00Z,70", "2025-06-03T01:00Z,71"]);

    expect(reading.status).toBe("refused");
  });
});

test("a place such as BZN|FI does not separate columns with bars", () => {
  const reading = read([
    "MTU (EET/EEST),Area,Day-ahead Price (EUR/MWh)",
    "03/06/2025 00:00 - 03/06/2025 01:00,BZN|FI,4.25",
    "03/06/2025 01:00 - 03/06/2025 02:00,BZN|FI,4.75",
    "13/06/2025 02:00 - 13/06/2025 03:00,BZN|FI,5",
  ]);

  // In summer, Helsinki is three hours ahead of UTC.
  expect(shown(reading)[0]).toBe("2025-06-02T21:00 2025-06-02T22:00 4.25");
  expect(reading.series.map(({ name }) => name)).toEqual(["FI"]);
});

test("bars separate columns also if prices have decimal commas", () => {
  const reading = read(["time (UTC)|EUR/MWh|USD/MWh", "2025-06-03 00:00|4,25|5,5", "2025-06-03 01:00|4,75|6,5"]);

  expect(shown(reading)[0]).toBe("2025-06-03T00:00 2025-06-03T01:00 5.5");
});

describe("a report of one day may have its date in the title", () => {
  const hours = Array.from({ length: 24 }, (_, at) => at + 1);

  test("with the month's name, beside the date on which it was published", () => {
    const reading = read([
      "Precios Marginales Locales del MTR",
      "Fecha de publicación: 02/Ago/2025",
      "Fecha: 09/Ago/2025",
      "",
      "Hora,Clave del nodo,Precio marginal local ($/MWh),Componente de pérdidas ($/MWh)",
      ...hours.map((hour) => `${hour},07XYZ-230,${600 + hour},3.5`),
    ]);

    expect(reading).toMatchObject({ status: "read", layout: "CENACE PML", currency: "MXN" });
    // Mexico City is six hours behind UTC.
    expect(shown(reading)[0]).toBe("2025-08-09T06:00 2025-08-09T07:00 601");
    expect(shown(reading)).toHaveLength(24);
  });

  test("with the hours in another column than the first", () => {
    const reading = read(
      [
        "PIP si volum tranzactionat pentru ziua de livrare: 14/5/2025",
        "",
        '"Zona de tranzactionare","Interval","Pret [lei/MWh]","Volum [MWh]"',
        ...hours.map((hour) => `"Romania","${hour}","${hour},5","${hour}"`),
      ],
      { zone: "Europe/Bucharest" },
    );

    expect(reading).toMatchObject({ status: "read", currency: "RON" });
    // In summer, Bucharest is three hours ahead of UTC.
    expect(shown(reading)[23]).toBe("2025-05-14T20:00 2025-05-14T21:00 24.5");
  });
});
