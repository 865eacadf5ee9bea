import { expect, test } from "vitest";
import { toCsv } from "./csv";

test("all rows end with CRLF, also the last one", () => {
  expect(
    toCsv(
      ["height", "usd_per_mwh"],
      [
        [840000, 97.5],
        [840001, 98],
      ],
    ),
  ).toBe("height,usd_per_mwh\r\n840000,97.5\r\n840001,98\r\n");
});

test("without rows there is only the header", () => {
  expect(toCsv(["height"], [])).toBe("height\r\n");
});

test("null is an empty cell; zero and an empty text are kept", () => {
  expect(toCsv(["a", "b", "c"], [[null, 0, ""]])).toBe("a,b,c\r\n,0,\r\n");
});

test("commas, quotes and line breaks are quoted", () => {
  expect(toCsv(["name, unit"], [['the "S21"'], ["two\nlines"], ["two\r\nlines"]])).toBe(
    '"name, unit"\r\n"the ""S21"""\r\n"two\nlines"\r\n"two\r\nlines"\r\n',
  );
});

test("texts that could be formulas are escaped, and quoted if needed", () => {
  expect(toCsv(["a"], [["=1+1"], ["+1"], ["-1"], ["@SUM(A1)"], ['=HYPERLINK("x",1)'], ["\t=1"]])).toBe(
    "a\r\n'=1+1\r\n'+1\r\n'-1\r\n'@SUM(A1)\r\n\"'=HYPERLINK(\"\"x\"\",1)\"\r\n'\t=1\r\n",
  );
});

test("negative numbers remain numbers, with all digits", () => {
  expect(toCsv(["a"], [[-1.969239533526167], [1e-7]])).toBe("a\r\n-1.969239533526167\r\n1e-7\r\n");
});
