import { IndexBuilder } from '../src/search/index-builder.js';
import type { IndexDescription } from '../src/search/ann.js';

export interface AddTask {
  /** Label of the first vector. */
  first: number;
  vectors: Float32Array;
  threads: number;
}

let builder: IndexBuilder | undefined;

export const begin = (description: Omit<IndexDescription, 'bytes'>): void => {
  builder = new IndexBuilder(description);
};

export const add = ({ first, vectors, threads }: AddTask): void => {
  builder!.add(first, vectors, threads);
};

export const save = (path: string): IndexDescription => {
  const description = builder!.save(path);
  builder = undefined;
  return description;
};
