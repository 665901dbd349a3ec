import { workerData } from 'node:worker_threads';
import type { Found } from '../src/search/found.js';
import { openSearcher, type SearcherOptions } from '../src/search/searcher.js';
import type { Lists } from '../src/store/ragged.js';

export interface SearchData extends Omit<SearcherOptions, 'threads'> {
  k: number;
}

export interface SearchTask {
  queries: Float32Array;
  excluded: Lists | undefined;
}

const { k, ...options } = workerData as SearchData;
const searcher = openSearcher({ ...options, threads: 1 });

export default ({ queries, excluded }: SearchTask): Promise<Found> => searcher.search(queries, k, excluded);
