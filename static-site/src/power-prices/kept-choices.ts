// Keeps what the user chose, for the next file with the same header.

import { type FileChoices, NO_FILE_CHOICES, type Rate } from "./file-choices";
import type { Choices } from "./reading";

export type KeptChoices = {
  readonly keep: (chosen: FileChoices) => void;
  /**
   * What was chosen for files with this header. `isFromOther`: the link has choices, but for another
   * header; this is said once.
   */
  readonly find: (header: string) => { readonly choices: Choices; readonly isFromOther: boolean };
  /** What the user entered for a currency; null if nothing. */
  readonly rate: (currency: string | null) => Rate | null;
};

/** `linked` are the choices of the page's link: without a header they are for any file. */
export function keptChoices(linked: FileChoices): KeptChoices {
  const byHeader = new Map<string, Choices>();
  const rates = new Map<string, Rate>();
  let isLinkNew = Object.keys(linked.choices).length > 0;
  const keep = ({ header, choices, rate }: FileChoices): void => {
    byHeader.set(header, choices);
    if (rate !== null) rates.set(rate.currency, rate);
  };
  keep(linked);
  return {
    keep,
    find(header) {
      const found = byHeader.get(header) ?? byHeader.get(NO_FILE_CHOICES.header);
      const isFromOther = found === undefined && isLinkNew;
      isLinkNew = false;
      return { choices: found ?? {}, isFromOther };
    },
    rate: (currency) => rates.get(currency ?? "") ?? null,
  };
}
