import { batches } from '../src/sample/order.js';
import type { BatchPlan } from '../src/sample/reader.js';
import { Matrix } from '../src/formats/npy.js';
import { chain } from '../src/stream/chain.js';
import { concurrent } from '../src/stream/concurrent.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { Pool } from '../src/stream/pooled.js';

/** An epoch to be cut into mini-batches. */
export interface Epoch {
  epoch: number;
  /** An int32 `.npy` of the rows to visit, cluster after cluster, as `cluster-assign` makes it. */
  rows: string;
  /** How many clusters they are in; default as many as there are rows, which is a random order. */
  clusters?: number | undefined;
  /** The mini-batch to begin with, where those before it have been trained on; default the first. */
  from?: number;
}

export interface ReaderThreadsOptions<Sources> {
  /** The built `.js` file whose default export makes the reader (`MakeReader`). */
  reader: URL;
  /** What it reads from; survives structured cloning. */
  sources: Sources;
  /** Default 1. */
  threads?: number;
}

/** Threads that read mini-batches: they outlive the epochs' pipelines. Give them to `mineNegatives`; dispose them when done. */
export class ReaderThreads<Batch extends BatchPlan, Sources> implements AsyncDisposable {
  readonly threads: number;
  readonly #pool: Pool;

  constructor({ reader, sources, threads = 1 }: ReaderThreadsOptions<Sources>) {
    this.threads = threads;
    const worker = new URL('./mine-negatives.worker.js', import.meta.url);
    this.#pool = new Pool({ worker, threads, data: { reader: reader.href, sources } });
  }

  read(plan: BatchPlan): Promise<Batch> {
    return this.#pool.run(plan);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#pool[Symbol.asyncDispose]();
  }
}

export interface MineNegativesOptions<Batch extends BatchPlan> {
  readers: ReaderThreads<Batch, unknown>;
  /** Rows per mini-batch. */
  batch: number;
  /** Of the order of the rows. */
  seed: number;
  /** Mini-batches in flight beside those in the threads; default 2. */
  ahead?: number;
}

/**
 * Turns epochs into mini-batches whose rows are each other's hard negatives: clusters in random order, one after the other.
 * Order kept; at most `threads + ahead` mini-batches in flight; a failure surfaces at its mini-batch; owns nothing: the
 * threads are its user's.
 */
export function mineNegatives<Batch extends BatchPlan>({
  readers,
  batch,
  seed,
  ahead = 2,
}: MineNegativesOptions<Batch>): Operator<Epoch, Batch> {
  const visit = operator<Epoch, BatchPlan>('visit', async function* (epochs) {
    for await (const { epoch, rows, clusters, from = 0 } of epochs) {
      using file = Matrix.open(rows, 'int32');
      yield* batches(file, { epoch, clusters: clusters ?? file.rows, size: batch, from, seed });
    }
  });
  const window = readers.threads + ahead;
  const read = concurrent<BatchPlan, Batch>('mine-negatives', (plan) => readers.read(plan), { window });
  return chain(visit, read);
}
