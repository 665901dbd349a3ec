/** The order in which an epoch visits its rows (NGAME: negatives come from a text's own cluster). */
import { startOf } from '../cluster/node.js';
import { permutation } from '../permutation.js';
import { Random } from '../random.js';
import type { Matrix } from '../formats/npy.js';
import type { BatchPlan } from './reader.js';

export interface OrderOptions {
  epoch: number;
  /** Number of clusters that the rows are grouped in; as many as rows gives a random order. */
  clusters: number;
  /** Rows per mini-batch. */
  size: number;
  /** Mini-batches to skip at the start; default 0. */
  from?: number;
  seed: number;
}

/**
 * Clusters in random order, concatenated and cut into mini-batches; within a cluster rows keep their order. An incomplete
 * last mini-batch is dropped. Only the clusters of the current mini-batch are read.
 */
export function* batches(
  visited: Matrix<'int32'>,
  { epoch, clusters, size, from = 0, seed }: OrderOptions,
): Generator<BatchPlan> {
  const clusterAt = permutation(clusters, Random.of(seed, 'order', epoch).below(2 ** 31));
  const whole = { rows: visited.rows, clusters };
  let next = 0;
  let [begin, end] = [0, 0]; // rest of the current cluster
  for (let step = 0; (step + 1) * size <= visited.rows; step++) {
    const [begins, counts]: number[][] = [[], []];
    for (let missing = size; missing > 0; missing -= counts!.at(-1)!) {
      if (begin === end) {
        const cluster = clusterAt(next++);
        [begin, end] = [startOf(whole, cluster), startOf(whole, cluster + 1)];
      }
      begins!.push(begin);
      counts!.push(Math.min(missing, end - begin));
      begin += counts!.at(-1)!;
    }
    if (step >= from) yield { epoch, step, rows: visited.gatherRanges(begins!, counts!) };
  }
}
