/** The order in which an epoch visits the training texts (NGAME: negatives come from one's own cluster). */
import { startOf } from '../cluster/node.js';
import { permutation } from '../permutation.js';
import { Random } from '../random.js';
import type { Matrix } from '../formats/npy.js';
import type { BatchPlan } from './reader.js';

export interface OrderOptions {
  epoch: number;
  /** Of how many clusters, one after the other, the texts are; of as many as there are texts, the order is random. */
  clusters: number;
  /** Texts a mini-batch. */
  size: number;
  /** Mini-batches to leave out at the beginning; default 0. */
  from?: number;
  seed: number;
}

/**
 * Clusters in random order, one after the other, cut into mini-batches; inside a cluster texts keep their order. The few
 * left over wait for another epoch's order. Nothing is kept: clusters are read when their turn comes.
 */
export function* batches(
  texts: Matrix<'int32'>,
  { epoch, clusters, size, from = 0, seed }: OrderOptions,
): Generator<BatchPlan> {
  const clusterAt = permutation(clusters, Random.of(seed, 'order', epoch).below(2 ** 31));
  const whole = { rows: texts.rows, clusters };
  let visited = 0;
  let [begin, end] = [0, 0]; // what is left of the cluster at hand
  for (let step = 0; (step + 1) * size <= texts.rows; step++) {
    const [begins, counts]: number[][] = [[], []];
    for (let missing = size; missing > 0; missing -= counts!.at(-1)!) {
      if (begin === end) {
        const cluster = clusterAt(visited++);
        [begin, end] = [startOf(whole, cluster), startOf(whole, cluster + 1)];
      }
      begins!.push(begin);
      counts!.push(Math.min(missing, end - begin));
      begin += counts!.at(-1)!;
    }
    if (step >= from) yield { epoch, step, rows: texts.gatherRanges(begins!, counts!) };
  }
}
