// Which colour each compared machine has: it keeps it while others are added, removed or made the leading one.

/** Number of the colour, from 1, by the machine's identifier. */
export type Colours = ReadonlyMap<string, number>;

/** Machines that had a colour keep it; the others get the first free ones, in their order. */
export function assignColours(before: Colours, ids: readonly string[]): Colours {
  const kept = new Map(ids.flatMap((id) => (before.has(id) ? [[id, before.get(id) ?? 0] as const] : [])));
  const taken = new Set(kept.values());
  let next = 1;
  const free = () => {
    while (taken.has(next)) next++;
    return next++;
  };
  return new Map(ids.map((id) => [id, kept.get(id) ?? free()]));
}
