// What is asked and noted of several files.

import { counted, oneOf } from "./reader";

export const joinedTables = (count: number, names: string): string =>
  count === 1 ? `Read only ${names}` : `${count} tables joined: ${names}`;
export const otherPrices = (count: number, names: string): string =>
  `${count} tables have other prices at the same times: ${names}`;
/** `others` of the prices are not the same in both files. */
export const inTwoFiles = (hours: string, others: number): string =>
  others === 0
    ? `${hours} in two files, with the same prices`
    : `${hours} in two files, ${counted(others)} price${others === 1 ? " is" : "s are"} not the same: the first file is used`;
export const whichFile = (names: readonly string[]): string =>
  `Which are the prices to use: ${oneOf(names)}? These files or sheets have other prices at the same times.`;
export const leftOutTable = (name: string, message: string): string => {
  const reason = (/^.*?[\w”)](?=[.:] )/.exec(message)?.[0] ?? message).replace(/\.$/, "");
  return `Left out ${name}: ${reason.replace(/^(The|This) (file|sheet|archive) /, "it ").replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())}`;
};
