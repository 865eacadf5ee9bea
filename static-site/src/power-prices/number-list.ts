// A list of numbers that grows, in as little memory as a typed array.

type Numbers = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

export class NumberList<Kind extends Numbers> {
  length = 0;
  #values: Kind;

  /** `values` is the first room of the list, and says what its numbers are. */
  constructor(values: Kind) {
    this.#values = values;
  }

  push(value: number): void {
    if (this.length === this.#values.length) {
      const Larger = this.#values.constructor as new (length: number) => Kind;
      const larger = new Larger(2 * this.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length] = value;
    this.length += 1;
  }

  last(): number {
    return this.#values[this.length - 1] ?? 0;
  }

  toArray(): Kind {
    return this.#values.subarray(0, this.length) as Kind;
  }
}
