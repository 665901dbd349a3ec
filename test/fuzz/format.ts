/** A format of files that is fuzzed: how valid files are made, and the two readers that must agree. */
import type fc from 'fast-check';
import type { Damage } from './damage.js';
import type { Outcome } from './outcome.js';

/** A file to make: what it is, for a message, and how; and what it contains, if that is known without reading it. */
export interface Recipe {
  what: string;
  make: (path: string) => Promise<void>;
  expected?: Outcome;
}

export interface Format {
  recipes: fc.Arbitrary<Recipe>;
  damage: fc.Arbitrary<Damage>;
}

/** A reader by the package, or by something else. */
export type Reader = (path: string) => Promise<Outcome>;
export interface Readers {
  ours: Reader;
  theirs: Reader;
}
