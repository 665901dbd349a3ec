/** The order in which an epoch visits its rows (NGAME: negatives come from a text's own cluster). */
import { startOf } from '../cluster/node.js';
import { permutation } from '../permutation.js';
import { Random } from '../random.js';
import type { Matrix } from '../formats/npy.js';
import type { BatchPlan } from './reader.js';

export interface OrderOptions {
  epoch: number;
  /** How many clusters the rows are in, one after the other; with as many as there are rows the order is random. */
  clusters: number;
  /** Rows per mini-batch. */
  size: number;
  /** Mini-batches to leave out at the beginning; default 0. */
  from?: number;
  seed: number;
}

/**
 * Clusters in random order, one after the other, cut into mini-batches; inside a cluster rows keep their order. The few left
 * over wait for another epoch's order. Only the clusters of the current mini-batch are read.
 */
export function* batches(
  visited: Matrix<'int32'>,
  { epoch, clusters, size, from = 0, seed }: OrderOptions,
): Generator<BatchPlan> {
  const clusterAt = permutation(clusters, Random.of(seed, 'order', epoch).below(2 ** 31));
  const whole = { rows: visited.rows, clusters };
  let next = 0;
  let [begin, end] = [0, 0]; // what is left of the current cluster
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
