/**
 * Features: the terms that occur in at least so many documents, and in how many. The position of a term among all, ascending, is
 * its column. `<base>.terms.npy` and `<base>.frequencies.npy` are int32, `<base>.json` is the description.
 */
import * as z from 'zod';
import { checkJson, readJson } from '../files/read-json.js';
import { readColumn } from '../formats/npy.js';
import { InputError } from '../errors.js';
import { kindOf, TERM_KINDS, type TermKind } from './terms.js';

export const featureFiles = (base: string) => ({
  terms: `${base}.terms.npy`,
  frequencies: `${base}.frequencies.npy`,
  description: `${base}.json`,
});

/** Minimum document frequency of each kind of term that is counted. */
export const LeastFrequencies = z.object({
  word: z.int().min(1).optional(),
  bigram: z.int().min(1).optional(),
  characters: z.int().min(1).optional(),
} satisfies Record<TermKind, unknown>);
export type LeastFrequencies = z.infer<typeof LeastFrequencies>;

/** `documents` is the number of texts that were counted. */
export const FeatureDescription = z.object({ documents: z.int().min(0), least: LeastFrequencies });
export type FeatureDescription = z.infer<typeof FeatureDescription>;

/** The kinds of terms that are counted. */
export const kindsOf = (least: LeastFrequencies): Set<TermKind> =>
  new Set(TERM_KINDS.filter((kind) => least[kind] !== undefined));

/** Terms in a bucket of the lookup, on average. */
const BUCKET = 4;

/** Features in memory: 9 bytes per feature, 90 MB of ten million. */
export class Features {
  /** Ascending. */
  readonly terms: Int32Array;
  /** `ln((1 + documents) / (1 + frequency)) + 1`, by column. */
  readonly idf: Float32Array;
  readonly kinds: ReadonlySet<TermKind>;
  /** Columns of terms by their highest bits: bucket `b` begins at `starts[b]`. */
  readonly #starts: Int32Array;
  readonly #shift: number;

  /** @throws InputError if a file is missing or the files do not belong together. */
  constructor(base: string) {
    const { terms, frequencies, description } = featureFiles(base);
    const { documents, least } = checkJson(description, FeatureDescription, readJson(description));
    this.terms = readColumn(terms);
    this.idf = new Float32Array(readColumn(frequencies));
    for (let column = 0; column < this.idf.length; column++)
      this.idf[column] = Math.log((1 + documents) / (1 + this.idf[column]!)) + 1;
    this.kinds = kindsOf(least);
    if (this.terms.length !== this.idf.length)
      throw new InputError(`${base}: its files do not belong together`);
    const bits = Math.max(0, Math.min(26, Math.ceil(Math.log2(this.terms.length / BUCKET))));
    this.#shift = 32 - bits;
    this.#starts = startsOf(this.terms, this.#shift);
  }

  get count(): number {
    return this.terms.length;
  }

  /** The column of a term, −1 if it is none of the features. */
  columnOf(term: number): number {
    const bucket = bucketOf(term, this.#shift);
    for (let column = this.#starts[bucket]!; column < this.#starts[bucket + 1]!; column++)
      if (this.terms[column] === term) return column;
    return -1;
  }

  kindOf(column: number): TermKind {
    return kindOf(this.terms[column]!);
  }
}

/** Buckets in the order of signed terms. A shift by 32 would be one by 0. */
const bucketOf = (term: number, shift: number): number => (shift === 32 ? 0 : (term ^ 0x80000000) >>> shift);

function startsOf(terms: Int32Array, shift: number): Int32Array {
  const starts = new Int32Array(2 ** (32 - shift) + 1);
  for (const term of terms) starts[bucketOf(term, shift) + 1]!++;
  for (let b = 1; b < starts.length; b++) starts[b]! += starts[b - 1]!;
  return starts;
}
