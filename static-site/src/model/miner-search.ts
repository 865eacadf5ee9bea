// Finds miners of the catalogue by what a user types.

type Named = { readonly name: string };

export type Found<Miner extends Named> = {
  /** The one that is meant beyond doubt; null if several could be, or none. */
  readonly one: Miner | null;
  /** Those in which every word begins a word of the name, so also S21e for "s21". */
  readonly all: readonly Miner[];
};

/**
 * One miner is meant if it has exactly this name, or if no other has all the typed words as whole
 * words.
 */
export function findMiners<Miner extends Named>(text: string, miners: readonly Miner[]): Found<Miner> {
  const typed = wordsOf(text);
  if (typed.length === 0) return { one: null, all: [] };
  const matching = (test: (word: string, typed: string) => boolean) =>
    miners.filter(({ name }) => typed.every((part) => wordsOf(name).some((word) => test(word, part))));
  const named = miners.find(({ name }) => name.toLowerCase() === text.trim().toLowerCase());
  const whole = matching((word, part) => word === part);
  return {
    one: named ?? (whole.length === 1 ? (whole[0] ?? null) : null),
    all: matching((word, part) => word.startsWith(part)),
  };
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}+.]+/gu) ?? [];
}
