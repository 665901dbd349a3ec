import type { Batch, BatchPlan, BatchSources } from '../src/sample/batch.js';
import type { CandidateBatch, CandidateSources } from '../src/sample/candidates.js';
import { batches } from '../src/sample/order.js';
import { Matrix } from '../src/formats/npy.js';
import { chain } from '../src/stream/chain.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { pooled } from '../src/stream/pooled.js';

/** An epoch to be cut into mini-batches. */
export interface Epoch {
  epoch: number;
  /** An int32 `.npy` of the training texts to visit, by row, cluster after cluster, as `cluster-assign` makes it. */
  texts: string;
  /** How many clusters they are in; default as many as there are texts, which is a random order. */
  clusters?: number | undefined;
  /** The mini-batch to begin with, where those before it have been trained on; default the first. */
  from?: number;
}

/** The mini-batch that such sources make. */
export type MinedBatch<Sources> = Sources extends CandidateSources ? CandidateBatch : Batch;

export interface MineNegativesOptions<Sources> {
  /** What mini-batches are read from: that of Module I, or of Module II. */
  sources: Sources;
  /** Texts a mini-batch. */
  batch: number;
  /** Of the order of the texts. */
  seed: number;
  /** Default 1. */
  threads?: number;
  /** Mini-batches in flight beside those in the threads; default 2. */
  ahead?: number;
}

/**
 * Turns epochs into mini-batches whose texts are each other's hard negatives: clusters in random order, one
 * after the other. Order kept; at most `threads + ahead` mini-batches in flight; a failure surfaces at its
 * mini-batch; owns its threads.
 */
export function mineNegatives<Sources extends BatchSources | CandidateSources>({
  sources,
  batch,
  seed,
  threads = 1,
  ahead = 2,
}: MineNegativesOptions<Sources>): Operator<Epoch, MinedBatch<Sources>> {
  const visit = operator<Epoch, BatchPlan>('visit', async function* (epochs) {
    for await (const { epoch, texts, clusters, from = 0 } of epochs) {
      using file = Matrix.open(texts, 'int32');
      yield* batches(file, { epoch, clusters: clusters ?? file.rows, size: batch, from, seed });
    }
  });
  const worker = new URL('./mine-negatives.worker.js', import.meta.url);
  return chain(
    visit,
    pooled<BatchPlan, MinedBatch<Sources>>('mine-negatives', { worker, threads, ahead, data: sources }),
  );
}
