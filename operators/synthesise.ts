import type { ColumnBatch } from '../src/formats/columns.js';
import type { LABEL_COLUMNS, TEXT_COLUMNS } from '../src/store/dataset.js';
import type { Operator } from '../src/stream/operator.js';
import { pooled } from '../src/stream/pooled.js';

/** Rows of a part of a corpus. */
export interface Rows {
  start: number;
  rows: number;
}

export interface SynthesiseOptions<S> {
  /** Columns to make: those of labels, or of texts. */
  columns: S;
  /** Name of the part; texts of different parts are drawn apart. */
  part: string;
  /** Folder of WordNet's dictionary, of whose words it is made. */
  dict: string;
  /** Labels in all. */
  labels: number;
  seed: number;
  /** Default 2. */
  threads?: number;
  /** Batches in flight beside those in the threads; default 2. */
  ahead?: number;
}

export type SyntheticColumns = typeof LABEL_COLUMNS | typeof TEXT_COLUMNS;

/**
 * Makes the rows asked for of a corpus without end (see `src/corpus/corpus.ts`): the same each time. Order kept; at most
 * `threads + ahead` batches in flight; a failure surfaces when its batch's turn comes; owns its threads, each with the
 * dictionary's words.
 */
export const synthesise = <S extends SyntheticColumns>({
  threads = 2,
  ahead = 2,
  ...data
}: SynthesiseOptions<S>): Operator<Rows, ColumnBatch<S>> =>
  pooled<Rows, ColumnBatch<S>>('synthesise', {
    worker: new URL('./synthesise.worker.js', import.meta.url),
    threads,
    ahead,
    data,
  });
