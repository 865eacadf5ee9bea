/**
 * The smallest value up to which the values have at least half of all weight; NaN if there are none. Reorders both
 * arrays. Sorting them would take several times as long.
 */
export function weightedMedian(values: Float64Array, weights: Float64Array): number {
  let half = 0;
  for (const weight of weights) half += weight / 2;
  let low = 0;
  let high = values.length - 1;
  let below = 0;
  while (low < high) {
    const pivot = values[(low + high) >> 1] ?? NaN;
    // Smaller values move before `from`, larger ones behind `to`.
    let from = low;
    let to = high;
    let smaller = 0;
    let equal = 0;
    for (let at = low; at <= to; ) {
      const value = values[at] ?? NaN;
      const weight = weights[at] ?? 0;
      if (pivot < value) {
        swap(values, at, to);
        swap(weights, at, to--);
      } else if (value < pivot) {
        smaller += weight;
        swap(values, at, from);
        swap(weights, at++, from++);
      } else {
        equal += weight;
        at++;
      }
    }
    if (half <= below + smaller && low < from) high = from - 1;
    else if (half <= below + smaller + equal) return pivot;
    else {
      low = to + 1;
      below += smaller + equal;
    }
  }
  return values[low] ?? NaN;
}

function swap(array: Float64Array, one: number, other: number): void {
  const kept = array[one] ?? NaN;
  array[one] = array[other] ?? NaN;
  array[other] = kept;
}
