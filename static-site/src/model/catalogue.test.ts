import { expect, test } from "vitest";
import { machinesById, toCatalogue } from "./catalogue";

const S19 = {
  asic_id: "antminer-s9",
  name: "Antminer S9",
  vendor: "Bitmain",
  cooling: "air",
  released: "2017-06-01",
  hashrate_ths: 14,
  power_w: 1_372,
  efficiency_j_per_th: 98,
  machines_per_mw: 728.9,
  source: "a test",
};
const S21 = {
  ...S19,
  asic_id: "s21",
  name: "Antminer S21",
  released: null,
  hashrate_ths: 200,
  power_w: 3_500,
  efficiency_j_per_th: 17.5,
  machines_per_mw: 285.7,
};
const CATALOGUE = toCatalogue({ asics: [S19, S21] });
const ids = (...chosen: readonly string[]) => machinesById(chosen, CATALOGUE).map(({ id }) => id);

test("a response becomes a catalogue, in the same order", () => {
  expect(CATALOGUE.map(({ name }) => name)).toEqual(["Antminer S9", "Antminer S21"]);
  expect(CATALOGUE[0]).toEqual({
    id: "antminer-s9",
    name: "Antminer S9",
    vendor: "Bitmain",
    cooling: "air",
    released: "2017-06-01",
    hashrate: 14,
    power: 1_372,
    source: "a test",
  });
  expect(CATALOGUE[1]?.released).toBeNull();
});

test("machines are in the order of the user's choice, not of the catalogue", () => {
  expect(ids("s21", "antminer-s9")).toEqual(["s21", "antminer-s9"]);
});

test("machines that are not in the catalogue are left out", () => {
  expect(ids("antminer-s1", "s21", "", "constructor", "custom:0:1")).toEqual(["s21"]);
  expect(ids()).toEqual([]);
  expect(machinesById(["s21"], [])).toEqual([]);
});

test("a custom machine needs no catalogue", () => {
  const id = "custom:100.5:3000";

  expect(machinesById([id], [])).toEqual([{ id, name: "Custom (100.5 TH/s, 3000 W)", hashrate: 100.5, power: 3_000 }]);
  expect(ids("s21", "custom:1:1", "antminer-s9")).toEqual(["s21", "custom:1:1", "antminer-s9"]);
});
