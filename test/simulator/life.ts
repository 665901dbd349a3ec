/** What programs do with a simulated disk, and what they must find there whatever became of their processes. */
import type { Random } from '../../src/random.js';

/** The state of one program over all its processes: what it was told is on the disk. */
export interface Life {
  /** A new process: opens what is there as the product does. @throws Broken if it is not what was acknowledged. */
  recover(): Promise<void>;
  /** One operation that must last once it returns. Returns what notes that it did. */
  step(): Promise<() => void>;
  /** Whether the product goes on in the same process after a failed operation. */
  readonly retries: boolean;
}

/** Draws from `random` all that the program does. */
export type MakeLife = (random: Random) => Life;

/** A promise of the product that did not hold. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

export function hold(condition: boolean, otherwise: () => string): asserts condition {
  if (!condition) throw new Broken(otherwise());
}
