/**
 * The first index from which on a list is so, or the list's length. `isSo` must not become false again
 * after it was true.
 */
export function firstIndex(length: number, isSo: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSo(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
