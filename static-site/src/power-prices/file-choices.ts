// What the user chose for reading a file of power prices, and its form in the URL.

import { CHOICE_KEYS, type Choices } from "./reading";

/** An exchange rate: USD for one unit of a currency. */
export type Rate = { readonly currency: string; readonly usd: number };

export type FileChoices = {
  /** `headerKey` of the file that the choices are for; empty if they are for any file. */
  readonly header: string;
  readonly choices: Choices;
  readonly rate: Rate | null;
};

export const NO_FILE_CHOICES: FileChoices = { header: "", choices: {}, rate: null };

const MAX_LENGTH = 200;

/** Reads the parameters `sell.file`, `sell.zone` and the like. */
export function parseFileChoices(params: URLSearchParams): FileChoices {
  const text = (name: string): string => (params.get(`sell.${name}`) ?? "").trim().slice(0, MAX_LENGTH);
  const choices = Object.fromEntries(CHOICE_KEYS.map((key) => [key, text(key)]).filter(([, value]) => value !== ""));
  const header = /^[0-9a-z]{1,7}$/.exec(text("file"))?.[0] ?? "";
  const [, currency = "", usd] = /^([A-Z]{3}):([\d.]+(?:e-\d+)?)$/.exec(text("rate")) ?? [];
  const rate = isRate(Number(usd)) ? { currency, usd: Number(usd) } : null;
  return { header, choices, rate };
}

/** The parameters of a link; none if nothing was chosen. */
export function fileChoicesQuery({ header, choices, rate }: FileChoices): Record<string, string> {
  const chosen = CHOICE_KEYS.flatMap((key) => (choices[key] === undefined ? [] : [[`sell.${key}`, choices[key]]]));
  return Object.fromEntries([
    ...(chosen.length > 0 && header !== "" ? [["sell.file", header]] : []),
    ...chosen,
    ...(rate === null ? [] : [["sell.rate", `${rate.currency}:${rate.usd}`]]),
  ]);
}

/** Whether a number may be what one unit of a currency is worth in USD. */
export const isRate = (usd: number): boolean => 1e-9 <= usd && usd <= 1e6;

/** A short key of a file's header, for links: equal for equal headers (FNV-1a, 32 bits). */
export function headerKey(header: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(header)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(36);
}
