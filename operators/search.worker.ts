import { workerData } from 'node:worker_threads';
import { ExactSearch } from '../src/search/exact.js';
import type { Found } from '../src/search/found.js';
import type { Lists } from '../src/store/ragged.js';

export interface SearchData {
  labels: string;
  k: number;
}

export interface SearchTask {
  queries: Float32Array;
  excluded: Lists | undefined;
}

const { labels, k } = workerData as SearchData;
const exact = new ExactSearch({ labels, threads: 1 });

export default ({ queries, excluded }: SearchTask): Promise<Found> => exact.search(queries, k, excluded);
