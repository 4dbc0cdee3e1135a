// Choices that a seed repeats; must not know what is chosen.
import { seededRandom } from '../../__tests__/support/random.js';

/** A source of choices; the same seed and number give the same ones, so that any one run can be repeated alone. */
export class Chance {
  readonly random: () => number;

  constructor(seed: number, number: number) {
    this.random = seededRandom(Math.imul(seed, 1_000_003) + number);
  }

  /** True in this share of the cases. */
  happens(share: number): boolean {
    return this.random() < share;
  }

  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.random() * (max - min + 1));
  }

  one<T>(list: readonly T[]): T {
    const chosen = list[Math.floor(this.random() * list.length)];
    if (chosen === undefined) throw new Error('There is nothing to choose from.');
    return chosen;
  }

  /** A list of `min` to `max` things that `make` makes. */
  some<T>([min, max]: readonly [number, number], make: () => T): T[] {
    return Array.from({ length: this.integer(min, max) }, make);
  }
}
