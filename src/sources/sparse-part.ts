import { searchSparse } from '../../operators/search-sparse.js';
import { erased, type Part, type Prepared } from './part.js';

export interface SparsePartOptions {
  /** Base name of the inverted index. */
  index: string;
  /** The field that it adds. */
  as: string;
  /** Whether labels are indexed, some of which may be excluded; default true. */
  excluding?: boolean;
}

/** A search by an inverted index, of labels or of training texts. */
export const sparsePart = ({ index, as, excluding = true }: SparsePartOptions): Part => ({
  field: as,
  operator: (options) => erased(searchSparse<Prepared, string>({ index, excluding, ...options, as })),
  open: async () => {
    const { InvertedIndex } = await import('../sparse/inverted.js');
    const opened = new InvertedIndex(index);
    return {
      make: ({ features, excluded }, k) => opened.search(features, k, excluding ? excluded : undefined),
      [Symbol.dispose]: () => {
        opened[Symbol.dispose]();
      },
    };
  },
});
