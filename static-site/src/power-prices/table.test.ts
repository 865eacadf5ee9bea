import fc from "fast-check";
import { expect, test } from "vitest";

import { cell, tableOfText, withCells } from "./table";

test("one cell is the same as that of its whole row", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "1", " ", ".", ""), maxLength: 4 });
  const rows = fc.array(fc.array(text, { minLength: 1, maxLength: 5 }), { minLength: 2, maxLength: 9 });
  fc.assert(
    fc.property(rows, fc.constantFrom("\n", "\r\n"), fc.boolean(), fc.boolean(), (cells, end, isQuoted, endsLine) => {
      const quoted = isQuoted ? '"b;c"' : "b";
      const lines = [`head;${quoted}`, ...cells.map((row) => row.join(";"))].join(end);
      const table = withCells(tableOfText(endsLine ? lines + end : lines), new Set([1]), (one) => `<${one}>`);

      for (let at = 0; at < table.length; at += 1) {
        const row = table.row(at);
        row.forEach((_, column) => {
          expect(table.cellAt(at, column)).toBe(cell(row, column));
        });
        expect(table.cellAt(at, row.length + 1)).toBe("");
      }
    }),
  );
});
