import { Matrix } from '../formats/npy.js';
import { featureFiles } from './features.js';
import { namesOfTerms, type TermKind } from './terms.js';

/** Tells the terms of features as a reader knows them, from the text in which they occur. Reads the terms asked for from disk. */
export class TermNames implements Disposable {
  readonly #terms: Matrix<'int32'>;
  readonly #kinds: ReadonlySet<TermKind>;

  /** @throws InputError if the file of the terms is missing or invalid. */
  constructor({ base, kinds }: { base: string; kinds: readonly TermKind[] }) {
    this.#terms = Matrix.open(featureFiles(base).terms, 'int32');
    this.#kinds = new Set(kinds);
  }

  /** The terms of some of a text's columns; empty for one that the text does not have. */
  of(text: string, columns: readonly number[]): string[] {
    const names = namesOfTerms(text, this.#kinds);
    return Array.from(this.#terms.gather(columns), (term) => names.get(term) ?? '');
  }

  [Symbol.dispose](): void {
    this.#terms[Symbol.dispose]();
  }
}
