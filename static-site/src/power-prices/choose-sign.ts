// Chooses whether a point or a comma in prices is before the decimals, or separates thousands.

import { PRICES_ARE_CLEAR, whichSign } from "../words/reader";
import { type Answers, optionNamed } from "./answers";
import type { Money } from "./choose-money";
import type { Known } from "./known";
import { type DecimalSign, decimalSign, readPrice } from "./price-cells";
import { doubt, medianOf } from "./price-units";
import { cell } from "./table";

const OPTIONS = ["thousands", "decimals"] as const;

/**
 * If all prices are such as "1.234", it is asked, unless they are likely with decimals and not with
 * thousands: as 45.123 EUR/MWh is.
 */
export function chooseSign(known: Known, money: Money, answers: Answers): DecimalSign {
  const { choices, table, sample } = known;
  const { sign, unclear } = decimalSign(priceCells(known, money), table.delimiter);
  if (unclear === null) {
    if (choices.sign !== undefined) answers.ignore("sign", choices.sign, PRICES_ARE_CLEAR);
    return sign;
  }
  const columns = columnsOf(known, money);
  const isLikely = (factor: number): boolean => {
    const prices = columns.flatMap(({ at, perMwh }) =>
      sample.flatMap((row) => {
        const price = readPrice(cell(row, at), factor === 1 ? sign : otherThan(sign));
        return price === null ? [] : [price * perMwh];
      }),
    );
    return doubt(medianOf(prices), money.currency) === null;
  };
  const chosen = optionNamed(choices.sign, OPTIONS);
  if (choices.sign !== undefined && chosen === undefined) answers.refuse("sign", choices.sign, OPTIONS);
  else if (chosen !== undefined) answers.say("sign", chosen, choices.sign, true, OPTIONS);
  else if (isLikely(1) && !isLikely(1_000)) answers.say("sign", "decimals", undefined, false, OPTIONS);
  else answers.ask("sign", whichSign(unclear), OPTIONS);
  return chosen === "thousands" ? otherThan(sign) : sign;
}

const otherThan = (sign: DecimalSign): DecimalSign => (sign === "." ? "," : ".");

const columnsOf = ({ time }: Known, { prices }: Money): readonly { at: number; perMwh: number }[] =>
  time.hours.length > 0 ? time.hours.map(({ at }) => ({ at, perMwh: prices[0]?.perMwh ?? 1 })) : prices;

function* priceCells(known: Known, money: Money): Generator<string> {
  const { table, header } = known;
  const columns = columnsOf(known, money);
  for (let row = header.firstRow; row < table.length; row += 1) {
    for (const { at } of columns) yield table.cellAt(row, at);
  }
}
