import * as tf from '@tensorflow/tfjs';
import type { Case } from '../agree.js';
import { bools, exactly, floats, ints, positive, tied, type Given } from '../given.js';

type Reduce = (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor;

/** All axes, one, several, none, counted from the back, kept. */
const over =
  (op: Reduce) =>
  (x: tf.Tensor): tf.Tensor[] => [
    op(x),
    op(x, 0),
    op(x, -1, true),
    op(x, [0, 2]),
    op(x, [1, -1], true),
    op(x, []),
  ];

const reduction = (op: Reduce, input: Given): Case => ({ inputs: [input], fn: over(op) });

const smooth = (op: Reduce, input = floats(2, 3, 4)): Case => ({ ...reduction(op, input), gradients: true });

/** A scalar, and an empty array reduced over its non-empty axis. */
const small = (op: Reduce, make: (...shape: number[]) => Given): Case => ({
  inputs: [make(), make(0, 3), make(1)],
  fn: (scalar, none, one) => [op(scalar), op(none, 1), op(one), op(one, 0, true)],
});

const argument = (op: (x: tf.Tensor, axis?: number) => tf.Tensor): Case[] => [
  { inputs: [floats(2, 3, 4), tied(3, 5)], fn: (x, y) => [op(x), op(x, 1), op(x, -1), op(y, 0), op(y, 1)] },
  { inputs: [ints(3, 4), floats(1)], fn: (x, y) => [op(x, 1), op(y)] },
];

export const reductionCases: Record<string, readonly Case[]> = {
  All: [reduction(tf.all, bools(2, 3, 4)), small(tf.all, bools)],
  Any: [reduction(tf.any, bools(2, 3, 4)), small(tf.any, bools)],
  ArgMax: argument(tf.argMax),
  ArgMin: argument(tf.argMin),
  Max: [smooth(tf.max), reduction(tf.max, ints(2, 3, 2)), small(tf.max, floats)],
  Mean: [smooth(tf.mean), reduction(tf.mean, ints(2, 3, 2)), small(tf.mean, floats)],
  Min: [smooth(tf.min), reduction(tf.min, ints(2, 3, 2)), small(tf.min, floats)],
  Prod: [reduction(tf.prod, positive(2, 3, 2)), reduction(tf.prod, ints(2, 2, 2)), small(tf.prod, floats)],
  Sum: [
    smooth(tf.sum),
    reduction(tf.sum, ints(2, 3, 2)),
    reduction(tf.sum, bools(2, 3, 2)),
    small(tf.sum, floats),
    { inputs: [floats(0, 3)], fn: (x) => [tf.sum(x), tf.sum(x, 0)] },
    { inputs: [floats(3)], fn: (x) => tf.sum(tf.add(x, tf.ones([2, 3])), 0) },
  ],
  Softmax: [
    {
      inputs: [floats(5), floats(3, 4), floats(2, 3, 4)],
      fn: (...xs) => xs.map((x) => tf.softmax(x)),
      gradients: true,
    },
    { inputs: [exactly(-1e30, 100, 99), floats(0, 3)], fn: (x, none) => [tf.softmax(x), tf.softmax(none)] },
  ],
  Cumsum: [
    {
      inputs: [floats(5), floats(2, 3, 4)], // TensorFlow.js' gradient fails along any axis but the last
      fn: (x, y) => [
        tf.cumsum(x),
        tf.cumsum(y, 2, true),
        tf.cumsum(y, 2, false, true),
        tf.cumsum(y, 2, true, true),
      ],
      gradients: true,
    },
    {
      inputs: [floats(2, 3, 4), ints(4)],
      fn: (x, y) => [tf.cumsum(x, 0), tf.cumsum(x, 1, true), tf.cumsum(x, 1, false, true), tf.cumsum(y)],
    },
  ],
};
