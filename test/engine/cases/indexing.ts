import * as tf from '@tensorflow/tfjs';
import type { Case } from '../agree.js';
import { below, bools, floats, given, ints, tied } from '../given.js';

function topk(x: tf.Tensor, k: number): tf.Tensor[] {
  const { values, indices } = tf.topk(x, k);
  return [values, indices];
}

export const indexingCases: Record<string, readonly Case[]> = {
  GatherV2: [
    {
      inputs: [floats(5, 3), below(5, 7), below(3, 2, 2)],
      fn: (x, rows, cols) => [tf.gather(x, rows), tf.gather(x, cols, 1), tf.gather(x, cols, -1)],
      gradients: true,
    },
    {
      inputs: [floats(4, 3), below(3, 4, 2), floats(4, 3, 2)],
      fn: (x, within, y) => [tf.gather(x, within, 1, 1), tf.gather(y, within, 1, 1)],
    },
    {
      inputs: [ints(5), bools(5), below(5, 3)],
      fn: (x, y, rows) => [tf.gather(x, rows), tf.gather(y, rows)],
    },
    { inputs: [floats(5, 3), below(5, 0)], fn: (x, rows) => tf.gather(x, rows) },
    { inputs: [floats(5, 3), below(5)], fn: (x, row) => tf.gather(x, row) },
  ],
  GatherNd: [
    {
      inputs: [floats(4, 3, 2), below(3, 5, 2), below(3, 2, 2, 1), below(2, 4, 3)],
      fn: (x, pairs, rows, places) => [tf.gatherND(x, pairs), tf.gatherND(x, rows), tf.gatherND(x, places)],
    },
  ],
  ScatterNd: [
    {
      inputs: [below(3, 6, 1), floats(6, 2), below(2, 5, 2), floats(5)],
      fn: (rows, x, places, y) => [tf.scatterND(rows, x, [4, 2]), tf.scatterND(places, y, [3, 2])],
    },
    { inputs: [below(2, 5, 2), ints(5, 3)], fn: (places, x) => tf.scatterND(places, x, [2, 3, 3]) },
  ],
  UnsortedSegmentSum: [
    {
      inputs: [floats(6, 2), given('int32', [6], [3, 1, -1, 1, 0, -2]), floats(6)],
      fn: (x, ids, y) => [
        tf.unsortedSegmentSum(x, ids as tf.Tensor1D, 4),
        tf.unsortedSegmentSum(y, ids as tf.Tensor1D, 9),
      ],
      gradients: true,
    },
    { inputs: [floats(0, 2), below(3, 0)], fn: (x, ids) => tf.unsortedSegmentSum(x, ids as tf.Tensor1D, 3) },
  ],
  OneHot: [
    {
      inputs: [given('int32', [4], [0, 2, -1, 7]), below(3, 2, 2)],
      fn: (x, y) => [tf.oneHot(x, 3), tf.oneHot(y, 3, 5, -1, 'float32'), tf.oneHot(x, 8, 1, 0, 'bool')],
    },
  ],
  Range: [
    {
      inputs: [floats()],
      fn: (x) => [
        tf.add(tf.range(0, 5), x),
        tf.range(2, 11, 3, 'int32'),
        tf.range(0, 1, 0.1),
        tf.range(5, 0, -2),
        tf.range(5, 0),
        tf.range(3, 3),
        tf.range(0, 5, -1),
      ],
    },
  ],
  TopK: [
    {
      inputs: [floats(6), floats(3, 5), tied(4, 6), floats(2, 2, 3)],
      fn: (...xs) => xs.flatMap((x) => topk(x, 3)),
    },
    { inputs: [ints(2, 4)], fn: (x) => [topk(x, 1), topk(x, 4)].flat() },
  ],
};
