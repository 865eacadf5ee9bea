import { expect, test } from "vitest";
import { findMiners } from "./miner-search";

const MINERS = [
  "Antminer S21 (200 TH/s)",
  "Antminer S21 Pro (234 TH/s)",
  "Antminer S21 XP (270 TH/s)",
  "Antminer S21 XP+ Hyd (500 TH/s)",
  "Antminer S21e XP Hyd 3U (860 TH/s)",
  "Avalon Q (90 TH/s)",
].map((name) => ({ name }));
const found = (text: string) => {
  const { one, all } = findMiners(text, MINERS);
  return { one: one?.name ?? null, all: all.map(({ name }) => name) };
};

test("whole words that only one miner has mean that one", () => {
  expect(found("avalon q").one).toBe("Avalon Q (90 TH/s)");
  expect(found("  PRO s21 ").one).toBe("Antminer S21 Pro (234 TH/s)");
  expect(found("s21e").one).toBe("Antminer S21e XP Hyd 3U (860 TH/s)");
  expect(found("xp s21").one).toBe("Antminer S21 XP (270 TH/s)"); // XP+ is another word.
});

test("a whole name means that miner, whatever else has its words", () => {
  expect(found("antminer s21 (200 th/s)").one).toBe("Antminer S21 (200 TH/s)");
});

test("words of several miners list them, and mean none", () => {
  expect(found("s21")).toEqual({ one: null, all: MINERS.slice(0, 5).map(({ name }) => name) });
});

test("a miner of another series is listed, but not meant", () => {
  expect(found("s21 xp hyd 3u")).toEqual({ one: null, all: ["Antminer S21e XP Hyd 3U (860 TH/s)"] });
});

test("nothing is found for nothing, or for what no name has", () => {
  expect(found(" ")).toEqual({ one: null, all: [] });
  expect(found("Model T")).toEqual({ one: null, all: [] });
});
