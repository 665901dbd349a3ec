/** The order in which an epoch visits the training texts (NGAME: negatives come from one's own cluster). */
import type { Random } from '../random.js';
import type { BatchPlan } from './batch.js';

/** Clusters in random order, one after the other; inside a cluster the rows keep their order. */
export function clusteredOrder(rows: Int32Array, clusterOf: Int32Array, random: Random): Int32Array {
  const clusters = clusterOf.reduce((most, cluster) => Math.max(most, cluster), -1) + 1;
  const starts = new Int32Array(clusters);
  for (const cluster of clusterOf) starts[cluster]!++;
  let total = 0;
  for (const cluster of random.shuffle(Int32Array.from({ length: clusters }, (_x, i) => i))) {
    const size = starts[cluster]!;
    starts[cluster] = total;
    total += size;
  }
  const order = new Int32Array(rows.length);
  clusterOf.forEach((cluster, i) => (order[starts[cluster]!++] = rows[i]!));
  return order;
}

/** Every row once in random order: clusters of one. */
export const randomOrder = (rows: Int32Array, random: Random): Int32Array => random.shuffle(rows.slice());

/** Cuts an order into batches of `size`; the few texts left over wait for another epoch's order. */
export function* batches(
  order: Int32Array,
  { epoch, size }: { epoch: number; size: number },
): Generator<BatchPlan> {
  for (let step = 0; (step + 1) * size <= order.length; step++)
    yield { epoch, step, rows: order.slice(step * size, (step + 1) * size) };
}
