/** Finds labels for sparse rows by an inverted index: of labels, or of texts whose labels vote. */
import type { Lists } from '../formats/lists.js';
import type { Found } from '../search/found.js';
import { votes, type VoteOptions } from '../search/votes.js';
import { RaggedReader } from '../store/ragged.js';
import { InvertedIndex } from './inverted.js';
import type { SparseRows } from './rows.js';

export interface SparseSearcherOptions {
  /** Base name of the inverted index. */
  index: string;
  /** Given if the indexed rows are texts: the base name of their labels, and how these vote. Otherwise the rows are labels. */
  voting?: (Omit<VoteOptions, 'k'> & { labels: string }) | undefined;
}

export interface SparseQueries {
  /** Values are above 0. */
  features: SparseRows;
  /** Labels to exclude for each text; absent: none. */
  excluded?: Lists | undefined;
  /** The row of each text itself in an index of texts, which does not vote; −1 if it has none. */
  own?: Int32Array | undefined;
}

export class SparseSearcher implements Disposable {
  readonly #index: InvertedIndex;
  readonly #voting: SparseSearcherOptions['voting'];
  readonly #labels: RaggedReader | undefined;

  /** @throws InputError if a file is missing or invalid. */
  constructor({ index, voting }: SparseSearcherOptions) {
    this.#index = new InvertedIndex(index);
    this.#voting = voting;
    this.#labels = voting && new RaggedReader(voting.labels);
  }

  /** The `k` labels with the largest inner products, or with the most votes. */
  search({ features, excluded, own }: SparseQueries, k: number): Found {
    const [voting, labels] = [this.#voting, this.#labels];
    if (!voting || !labels) return this.#index.search(features, k, excluded);
    const neighbours = this.#index.search(features, voting.voters + 1);
    const labelsOf = (rows: Int32Array): Lists => labels.gather(rows);
    return votes({ neighbours, labelsOf, own, excluded }, { k, ...voting });
  }

  [Symbol.dispose](): void {
    this.#index[Symbol.dispose]();
    this.#labels?.[Symbol.dispose]();
  }
}
