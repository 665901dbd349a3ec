import type { Batch, BatchPlan, BatchSources } from '../src/mining/batch.js';
import type { CandidateBatch, CandidateSources } from '../src/mining/candidates.js';
import { batches, clusteredOrder, randomOrder } from '../src/mining/order.js';
import { Random } from '../src/random.js';
import { chain } from '../src/stream/chain.js';
import { operator, type Operator } from '../src/stream/operator.js';
import { pooled } from '../src/stream/pooled.js';

/** An epoch to be cut into mini-batches. */
export interface Epoch {
  epoch: number;
  /** Training texts to visit, by row. */
  rows: Int32Array;
  /** The cluster of each of them; without clusters the order is random. */
  clusterOf?: Int32Array | undefined;
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
    for await (const { epoch, rows, clusterOf } of epochs) {
      const random = Random.of(seed, 'order', epoch);
      const order = clusterOf ? clusteredOrder(rows, clusterOf, random) : randomOrder(rows, random);
      yield* batches(order, { epoch, size: batch });
    }
  });
  const worker = new URL('./mine-negatives.worker.js', import.meta.url);
  return chain(
    visit,
    pooled<BatchPlan, MinedBatch<Sources>>('mine-negatives', { worker, threads, ahead, data: sources }),
  );
}
