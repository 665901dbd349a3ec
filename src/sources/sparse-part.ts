import { searchSparse } from '../../operators/search-sparse.js';
import type { SparseSearcherOptions } from '../sparse/searcher.js';
import { erased, type Part, type Prepared } from './part.js';

/** A search by an inverted index, which adds what it finds as the field `as`. */
export const sparsePart = ({ as, ...searched }: SparseSearcherOptions & { as: string }): Part => ({
  field: as,
  operator: (options) => erased(searchSparse<Prepared, string>({ ...searched, ...options, as })),
  open: async () => {
    const { SparseSearcher } = await import('../sparse/searcher.js');
    const searcher = new SparseSearcher(searched);
    return {
      make: (batch, k) => searcher.search(batch, k),
      [Symbol.dispose]: () => {
        searcher[Symbol.dispose]();
      },
    };
  },
});
