import type { IndexSettings } from '../src/search/index-file.js';
import { IndexBuilder } from '../src/search/index-builder.js';
import type { IndexRows } from '../src/search/index-rows.js';

export interface AddTask {
  rows: IndexRows;
  threads: number;
}

let builder: IndexBuilder | undefined;

export const begin = (settings: IndexSettings): void => {
  builder?.[Symbol.dispose]();
  builder = new IndexBuilder(settings);
};

export const add = ({ rows, threads }: AddTask): void => {
  builder!.add(rows, threads);
};

export const save = (path: string): void => {
  builder!.save(path);
  builder![Symbol.dispose]();
  builder = undefined;
};
