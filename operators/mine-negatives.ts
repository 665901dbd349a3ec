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
  /** An int32 `.npy` of the rows to visit, cluster after cluster, as `cluster-assign` writes it. */
  rows: string;
  /** Number of clusters; default: the number of rows, which gives a random order. */
  clusters?: number | undefined;
  /** The mini-batch to start with, if earlier ones have been trained on; default: the first. */
  from?: number;
}

export interface ReaderThreadsOptions<Sources> {
  /** The built `.js` file whose default export makes the reader (`MakeReader`). */
  reader: URL;
  /** What it reads from; must survive structured cloning. */
  sources: Sources;
  /** Default 1. */
  threads?: number;
}

/** Threads that read mini-batches: they outlive the epochs' pipelines. Pass them to `mineNegatives`; dispose them when done. */
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
  /** Seed of the order of the rows. */
  seed: number;
  /** Mini-batches in flight besides those in the threads; default 2. */
  ahead?: number;
}

/**
 * Turns epochs into mini-batches whose rows are each other's hard negatives: clusters in random order, concatenated.
 * Order kept; at most `threads + ahead` mini-batches in flight; a failure surfaces at its mini-batch; owns nothing: the
 * threads are the caller's.
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
