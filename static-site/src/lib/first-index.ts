/**
 * Binary search: the first index for which `isSo` is true, or `length` if there is none. `isSo` must be true for all
 * indices after that one.
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
