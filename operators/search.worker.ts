import { workerData } from 'node:worker_threads';
import type { Found } from '../src/search/found.js';
import { openSearcher, type Searcher, type SearcherOptions } from '../src/search/searcher.js';
import type { Lists } from '../src/formats/lists.js';

export interface SearchData extends SearcherOptions {
  k: number;
}

export interface SearchTask {
  queries: Float32Array;
  excluded: Lists | undefined;
}

const { k, ...options } = workerData as SearchData;

/** Opened by the first task: a task may fail, whereas a thread that fails to start ends the process. */
let searcher: Searcher | undefined;

export default async ({ queries, excluded }: SearchTask): Promise<Found> => {
  searcher ??= openSearcher(options);
  return searcher.search(queries, k, excluded);
};
